import Values

/// Finding a text in another in linear time, byte by byte: UTF-8 never matches within a code point.
enum TextSearch {
  /// Where a part begins, at or after a position (Knuth, Morris, Pratt).
  static func first(_ part: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
    guard !part.isEmpty else { return start }
    guard start + part.count <= bytes.count else { return nil }
    let fallback = borders(of: part)
    var matched = 0
    for position in start..<bytes.count {
      while matched > 0, part[matched] != bytes[position] { matched = fallback[matched - 1] }
      if part[matched] == bytes[position] { matched += 1 }
      if matched == part.count { return position + 1 - part.count }
    }
    return nil
  }

  /// Where a part begins for the last time, at or before a position.
  static func last(_ part: [UInt8], in bytes: [UInt8], upTo last: Int) -> Int? {
    guard !part.isEmpty else { return min(last, bytes.count) }
    let wanted = Array(part.reversed())
    let fallback = borders(of: wanted)
    var matched = 0
    var position = min(bytes.count, last + part.count)
    while position > 0 {
      position -= 1
      while matched > 0, wanted[matched] != bytes[position] { matched = fallback[matched - 1] }
      if wanted[matched] == bytes[position] { matched += 1 }
      if matched == wanted.count { return position }
    }
    return nil
  }

  private static func borders(of part: [UInt8]) -> [Int] {
    var table = [Int](repeating: 0, count: part.count)
    var length = 0
    for index in 1..<max(1, part.count) {
      while length > 0, part[index] != part[length] { length = table[length - 1] }
      if part[index] == part[length] { length += 1 }
      table[index] = length
    }
    return table
  }

  /// The byte at which a code point begins; nil beyond the end (the end itself is allowed).
  static func byte(ofScalar index: Int64, in bytes: [UInt8]) -> Int? {
    guard index >= 0, index <= Int64(bytes.count) else { return nil }
    var left = index
    for (position, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
      if left == 0 { return position }
      left -= 1
    }
    return left == 0 ? bytes.count : nil
  }

  /// How many code points come before a byte.
  static func scalar(atByte position: Int, in bytes: [UInt8]) -> Int64 {
    var count: Int64 = 0
    for byte in bytes[..<position] where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
