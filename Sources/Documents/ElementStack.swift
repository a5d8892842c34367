/// Elements of lists that are being read, those of inner lists on top: an inner list is taken off as an
/// array of exactly its size, and no element is copied on the way.
final class ElementStack<Element> {
  private var start: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 64) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit {
    start.deinitialize(count: count)
    start.deallocate()
  }

  func push(_ element: consuming Element) {
    if count == capacity { grow() }
    (start + count).initialize(to: element)
    count += 1
  }

  /// The element at a place, from the bottom.
  ///
  /// - Precondition: the place is below ``count``.
  subscript(place: Int) -> Element {
    _read {
      precondition(place < count, "a place beyond the top of the stack")
      yield start[place]
    }
  }

  /// Takes off everything from a place up.
  ///
  /// - Precondition: the place is not above ``count``.
  func pop(from place: Int) -> [Element] {
    precondition(place <= count, "a place beyond the top of the stack")
    let size = count - place
    let elements = [Element](unsafeUninitializedCapacity: size) { buffer, initialized in
      buffer.baseAddress?.moveInitialize(from: start + place, count: size)
      initialized = size
    }
    count = place
    return elements
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: start, count: count)
    start.deallocate()
    start = larger
    capacity *= 2
  }
}
