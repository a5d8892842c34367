/// The offsets of one zone over time: what a TZif file says (RFC 8536).
struct ZoneRules: Sendable {
  private var transitions: [Int64] = []
  /// The offset from each transition on.
  private var offsets: [Int] = []
  private var initialOffset = 0
  /// Goes on where the transitions end.
  private var footer: PosixTimeZone?

  /// The offset from universal time in seconds.
  func offset(at second: Int64) -> Int {
    guard let last = transitions.last else {
      return footer?.offset(at: second) ?? initialOffset
    }
    if second >= last, let footer { return footer.offset(at: second) }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= second { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? initialOffset : offsets[low - 1]
  }

  /// Reads a file; nil where it is damaged or counts leap seconds.
  init?(zoneInfo bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0) else { return nil }
    guard first.version >= UInt8(ascii: "2") else {
      guard read(bytes, first, timeSize: 4) != nil else { return nil }
      return
    }
    let start = Header.size + first.dataSize(timeSize: 4)
    guard let second = Header(bytes, at: start),
      let end = read(bytes, second, timeSize: 8)
    else { return nil }
    guard end < bytes.count else { return }
    let tail = bytes[end...].drop { $0 == UInt8(ascii: "\n") }.prefix { $0 != UInt8(ascii: "\n") }
    footer = PosixTimeZone(String(decoding: tail, as: UTF8.self))
  }

  /// Takes one data block over, and gives the position after it.
  private mutating func read(_ bytes: [UInt8], _ header: Header, timeSize: Int) -> Int? {
    let end = header.start + Header.size + header.dataSize(timeSize: timeSize)
    guard end <= bytes.count, header.typeCount > 0, header.leapCount == 0 else { return nil }
    let times = header.start + Header.size
    let indices = times + header.timeCount * timeSize
    let types = indices + header.timeCount
    func typeOffset(_ index: Int) -> Int? {
      guard index < header.typeCount else { return nil }
      return Int(Int32(truncatingIfNeeded: bigEndian(bytes, at: types + index * 6, size: 4)))
    }
    guard let initial = typeOffset(0) else { return nil }
    initialOffset = initial
    for index in 0..<header.timeCount {
      guard let offset = typeOffset(Int(bytes[indices + index])), abs(offset) < 200_000
      else { return nil }
      let raw = bigEndian(bytes, at: times + index * timeSize, size: timeSize)
      let time = timeSize == 4 ? Int64(Int32(truncatingIfNeeded: raw)) : raw
      guard transitions.last.map({ $0 < time }) ?? true else { return nil }
      transitions.append(time)
      offsets.append(offset)
    }
    return end
  }
}

private struct Header {
  static let size = 44

  let start: Int
  let version: UInt8
  let leapCount: Int
  let timeCount: Int
  let typeCount: Int
  private let standardCount: Int
  private let universalCount: Int
  private let characterCount: Int

  init?(_ bytes: [UInt8], at start: Int) {
    guard start >= 0, bytes.count >= start + Self.size,
      bytes[start..<start + 4].elementsEqual("TZif".utf8)
    else { return nil }
    self.start = start
    version = bytes[start + 4]
    func count(_ index: Int) -> Int { Int(bigEndian(bytes, at: start + 20 + index * 4, size: 4)) }
    universalCount = count(0)
    standardCount = count(1)
    leapCount = count(2)
    timeCount = count(3)
    typeCount = count(4)
    characterCount = count(5)
  }

  func dataSize(timeSize: Int) -> Int {
    timeCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4)
      + standardCount + universalCount
  }
}

private func bigEndian(_ bytes: [UInt8], at start: Int, size: Int) -> Int64 {
  bytes[start..<start + size].reduce(0) { $0 << 8 | Int64($1) }
}
