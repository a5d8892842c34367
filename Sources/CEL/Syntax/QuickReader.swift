/// What reads the bytes of a plain expression from the front to the back, in one pass.
protocol QuickReader {
  var bytes: UnsafeBufferPointer<UInt8> { get }
  /// What comes next.
  var place: Int { get set }
}

extension QuickReader {
  mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: place += 1
      default: return
      }
    }
  }

  /// Steps over a byte, with the space before it; false where another one stands here.
  mutating func accept(_ byte: UInt8) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  /// Steps over what can be a name.
  mutating func word() -> Range<Int> {
    let start = place
    while place < bytes.count, bytes[place].continuesName { place += 1 }
    return start..<place
  }
}
