/// A text as it reads once an encoding is taken off it, and from where in the text its bytes come.
struct DecodedText {
  private(set) var bytes: [UInt8]
  /// In the order of the text.
  private var escapes: [ReadEscape] = []

  /// A text as it stands.
  init(_ text: String) { bytes = Array(text.utf8) }

  private init(capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// The same with an encoding taken off; nil where nothing in it is encoded so.
  func without(_ encoding: TextEncoding) -> DecodedText? {
    var result: DecodedText?
    // Where what is taken over as it is begins.
    var start = 0
    var position = 0
    while let sign = nextSign(of: encoding, from: position) {
      guard let escape = encoding.escape(in: bytes, at: sign) else {
        position = sign + 1
        continue
      }
      if result == nil { result = DecodedText(capacity: bytes.count) }
      result?.bytes += bytes[start..<sign]
      result?.add(escape, from: sign)
      position = sign + escape.length
      start = position
    }
    result?.bytes += bytes[start...]
    return result
  }

  private func nextSign(of encoding: TextEncoding, from start: Int) -> Int? {
    let (sign, otherSign) = encoding.signs
    return bytes.withUnsafeBufferPointer { bytes in
      var position = start
      while position < bytes.count {
        if bytes[position] == sign || bytes[position] == otherSign { return position }
        position += 1
      }
      return nil
    }
  }

  private mutating func add(_ escape: TextEncoding.Escape, from start: Int) {
    escapes.append(
      ReadEscape(
        position: bytes.count, count: escape.meaning.count, start: start,
        end: start + escape.length))
    bytes += escape.meaning
  }

  /// Where some of the bytes come from in the text that the encoding was taken off.
  func place(of range: Range<Int>) -> Range<Int> {
    place(of: range.lowerBound).lowerBound..<place(of: range.upperBound - 1).upperBound
  }

  private func place(of position: Int) -> Range<Int> {
    // Behind the last escape that starts at the byte or before it.
    var low = 0
    var high = escapes.count
    while low < high {
      let middle = (low + high) / 2
      if escapes[middle].position <= position { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return position..<position + 1 }
    let escape = escapes[low - 1]
    let behind = position - escape.position - escape.count
    return behind < 0
      ? escape.start..<escape.end : escape.end + behind..<escape.end + behind + 1
  }
}

/// An escape that was read: where its meaning stands now, and where it stood itself.
private struct ReadEscape {
  let position: Int
  let count: Int
  let start: Int
  let end: Int
}
