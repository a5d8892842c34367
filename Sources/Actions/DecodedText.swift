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
    let (sign, otherSign) = encoding.signs
    var position = 0
    while position < bytes.count {
      if bytes[position] == sign || bytes[position] == otherSign,
        encoding.escape(in: bytes, at: position) != nil
      {
        return without(encoding, from: position)
      }
      position += 1
    }
    return nil
  }

  /// - Parameter first: where the first escape starts.
  private func without(_ encoding: TextEncoding, from first: Int) -> DecodedText {
    let (sign, otherSign) = encoding.signs
    var result = DecodedText(capacity: bytes.count)
    result.bytes += bytes[..<first]
    var position = first
    while position < bytes.count {
      let byte = bytes[position]
      if byte == sign || byte == otherSign,
        let escape = encoding.escape(in: bytes, at: position)
      {
        result.add(escape, from: position)
        position += escape.length
      } else {
        result.bytes.append(byte)
        position += 1
      }
    }
    return result
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
