import Glibc

extension DocumentTree {
  /// Rows in memory that grows in place where it can, and is handed on without a copy.
  struct RowBuffer: ~Copyable {
    private var start: UnsafeMutablePointer<Row>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
      self.capacity = max(capacity, 4)
      start = Self.resize(nil, to: self.capacity)
    }

    deinit { free(start) }

    /// Where they begin.
    var address: UnsafePointer<Row> { UnsafePointer(start) }

    subscript(index: Int) -> Row {
      precondition(index >= 0 && index < count, "a row outside the tree")
      return start[index]
    }

    mutating func append(_ row: Row) {
      if count == capacity { grow(to: 2 * capacity) }
      start[count] = row
      count += 1
    }

    /// Moves the rows of another buffer from a place on to the end of this one.
    mutating func take(from place: Int, of other: inout RowBuffer) {
      let moved = other.count - place
      if count + moved > capacity { grow(to: max(2 * capacity, count + moved)) }
      (start + count).update(from: other.start + place, count: moved)
      count += moved
      other.count = place
    }

    mutating func drop(to count: Int) {
      precondition(count >= 0 && count <= self.count, "more rows than there are")
      self.count = count
    }

    /// Gives back what no row lies in.
    mutating func trim() { grow(to: max(count, 4)) }

    private mutating func grow(to capacity: Int) {
      start = Self.resize(start, to: capacity)
      self.capacity = capacity
    }

    private static func resize(
      _ start: UnsafeMutablePointer<Row>?, to capacity: Int
    ) -> UnsafeMutablePointer<Row> {
      guard let memory = realloc(start, capacity * MemoryLayout<Row>.stride) else {
        preconditionFailure("no memory for \(capacity) rows")
      }
      return memory.assumingMemoryBound(to: Row.self)
    }
  }
}
