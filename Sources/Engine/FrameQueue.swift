/// Frames in the order in which they came, each once.
struct FrameQueue: Sendable {
  /// Those before `head` are out of it.
  private var frames: [Int] = []
  private var head = 0
  private var members: Set<Int> = []

  var isEmpty: Bool { head == frames.count }
  var first: Int? { isEmpty ? nil : frames[head] }

  mutating func append(_ frame: Int) {
    guard members.insert(frame).inserted else { return }
    frames.append(frame)
  }

  /// Puts frames before all others.
  mutating func prepend(_ first: [Int]) {
    let moved = Set(first)
    frames = first + frames[head...].filter { !moved.contains($0) }
    head = 0
    members.formUnion(moved)
  }

  @discardableResult
  mutating func popFirst() -> Int? {
    guard let frame = first else { return nil }
    members.remove(frame)
    head += 1
    startOverIfEmpty()
    return frame
  }

  /// Complexity: constant for the first and for one that is not there, linear for any other.
  mutating func remove(_ frame: Int) {
    guard members.remove(frame) != nil else { return }
    if first == frame {
      head += 1
    } else if let position = frames[head...].firstIndex(of: frame) {
      frames.remove(at: position)
    }
    startOverIfEmpty()
  }

  private mutating func startOverIfEmpty() {
    guard isEmpty else { return }
    frames.removeAll(keepingCapacity: true)
    head = 0
  }
}
