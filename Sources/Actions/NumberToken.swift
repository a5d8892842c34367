/// A number in a text, without its sign: `84250.5`, `84250.50`, `8.42505E4`, `.5`.
struct NumberToken {
  /// What one may start with.
  static let first = Array("0123456789.".utf8)

  let value: Double
  /// In bytes.
  let length: Int

  /// nil where no number starts.
  init?(_ bytes: [UInt8], at start: Int) {
    var end = start
    func skipDigits() -> Bool {
      let first = end
      while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
      return end > first
    }
    let hasWhole = skipDigits()
    var position = end
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      end += 1
      if skipDigits() { position = end }
    }
    guard hasWhole || position > start else { return nil }
    end = position
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
      end += 1
      if end < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[end]) {
        end += 1
      }
      if skipDigits() { position = end }
    }
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      return nil
    }
    self.value = value
    length = position - start
  }

  /// A text that is a number and nothing else, with or without a sign.
  init?(whole text: String) {
    let bytes = Array(text.utf8)
    let start = bytes.first == UInt8(ascii: "-") ? 1 : 0
    guard let token = NumberToken(bytes, at: start), start + token.length == bytes.count else {
      return nil
    }
    self = token
  }
}
