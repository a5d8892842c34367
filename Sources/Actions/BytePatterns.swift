/// Byte strings by their first byte, longest first.
struct BytePatterns: Sendable {
  private let byFirst: [[[UInt8]]]
  /// By its value, whether anything starts with a byte: most bytes of a text are told by that alone.
  private let isFirst: [Bool]

  /// - Parameter others: bytes that something else may start with.
  init(_ patterns: Set<[UInt8]>, others: [UInt8] = []) {
    var byFirst = [[[UInt8]]](repeating: [], count: 256)
    for pattern in patterns {
      if let first = pattern.first { byFirst[Int(first)].append(pattern) }
    }
    isFirst = (0..<256).map { !byFirst[$0].isEmpty || others.contains(UInt8($0)) }
    self.byFirst = byFirst.map { $0.sorted { $0.count > $1.count } }
  }

  /// The next position at which something may start.
  func nextCandidate(in bytes: [UInt8], from start: Int) -> Int? {
    isFirst.withUnsafeBufferPointer { isFirst in
      bytes.withUnsafeBufferPointer { bytes in
        var position = start
        while position < bytes.count {
          if isFirst[Int(bytes[position])] { return position }
          position += 1
        }
        return nil
      }
    }
  }

  /// The length of the longest that starts at a position.
  func match(_ bytes: [UInt8], at position: Int) -> Int? {
    for pattern in byFirst[Int(bytes[position])] where Self.matches(pattern, bytes, position) {
      return pattern.count
    }
    return nil
  }

  private static func matches(_ pattern: [UInt8], _ bytes: [UInt8], _ position: Int) -> Bool {
    guard position + pattern.count <= bytes.count else { return false }
    for offset in pattern.indices where pattern[offset] != bytes[position + offset] {
      return false
    }
    return true
  }
}
