/// A growing piece of memory that bytes are appended to without the checks of an array.
///
/// It frees its memory at the end of its life.
package struct ByteWriter: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// How many bytes there are.
  package private(set) var count = 0

  /// - Parameter capacity: how many bytes fit before it grows, at least 1.
  package init(capacity: Int = 512) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { start.deallocate() }

  /// The bytes, until the writer changes.
  package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// The bytes, to be changed in place, until the writer grows.
  package var mutableBytes: UnsafeMutableBufferPointer<UInt8> {
    mutating get { UnsafeMutableBufferPointer(start: start, count: count) }
  }

  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count += 1
  }

  @inline(__always)
  package mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    if count + bytes.count > capacity { grow(by: bytes.count) }
    (start + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  @inline(__always)
  package mutating func append(contentsOf bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  @inline(__always)
  package mutating func append(_ word: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  /// Appends the digits of a number.
  package mutating func append(decimal number: Int) {
    if number < 0 { append(0x2D) }
    ECMAScriptNumber.write(UInt64(number.magnitude), to: &self)
  }

  /// Puts a closing bracket in the place of the last comma, or behind an opening bracket.
  @inline(__always)
  package mutating func close(with bracket: UInt8) {
    if start[count - 1] == 0x2C { start[count - 1] = bracket } else { append(bracket) }
  }

  /// Room for some bytes that `fill` writes; it gives back how many.
  @inline(__always)
  mutating func append(atMost size: Int, fill: (UnsafeMutablePointer<UInt8>) -> Int) {
    if count + size > capacity { grow(by: size) }
    count += fill(start + count)
  }

  /// Forgets everything behind a place.
  package mutating func truncate(to place: Int) { count = place }

  private mutating func grow(by size: Int) {
    let larger = max(capacity * 2, count + size)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    memory.update(from: start, count: count)
    start.deallocate()
    start = memory
    capacity = larger
  }
}
