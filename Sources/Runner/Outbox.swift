import Engine

/// Messages that are to go out, of each step one after the other: the outcome of one is on disk before the next
/// begins, so that after a crash it is the first one who is left.
struct Outbox {
  private struct Queue {
    let address: String
    var messages: [Message]
    var isUnderWay = false
    /// How often nobody answered in time, of those about the same rung.
    var timeouts = 0
  }

  /// How many steps people are told of at once.
  private static let limit = 32
  /// So often nobody answers in time before the others are not told of the rung: one that cannot be sent holds
  /// up the end of the run no longer.
  private static let mostTimeouts = 2

  private var queues: [Queue] = []

  var isEmpty: Bool { queues.isEmpty }
  var isUnderWay: Bool { queues.contains(where: \.isUnderWay) }

  /// Whether there is room for messages about another rung.
  func hasRoom(for telling: Telling) -> Bool {
    queues.count < Self.limit || queues.contains { $0.address == telling.address }
  }

  func holds(_ telling: Telling) -> Bool {
    queues.contains { queue in
      queue.address == telling.address
        && queue.messages.contains { $0.telling.isSame(as: telling) }
    }
  }

  mutating func add(_ messages: [Message], of telling: Telling) {
    if let index = index(of: telling) {
      queues[index].messages += messages
    } else if !messages.isEmpty {
      queues.append(Queue(address: telling.address, messages: messages))
    }
  }

  /// The next message that none is under way before, which it is from now on.
  mutating func next() -> Message? {
    guard let index = queues.firstIndex(where: { !$0.isUnderWay }) else { return nil }
    queues[index].isUnderWay = true
    return queues[index].messages.first
  }

  /// Whether too many about the same rung were sent in vain.
  func isHopeless(_ message: Message) -> Bool {
    index(of: message.telling).map { queues[$0].timeouts >= Self.mostTimeouts } ?? false
  }

  /// Takes out a message that was under way.
  mutating func remove(_ message: Message, timeouts: Int) {
    guard let index = index(of: message.telling) else { return }
    queues[index].isUnderWay = false
    queues[index].messages.removeFirst()
    guard let next = queues[index].messages.first else {
      queues.remove(at: index)
      return
    }
    let isSame = next.telling.isSame(as: message.telling)
    queues[index].timeouts = isSame ? queues[index].timeouts + timeouts : 0
  }

  /// What was under way belonged to tasks that are over.
  mutating func forgetWhatIsUnderWay() {
    for index in queues.indices { queues[index].isUnderWay = false }
  }

  private func index(of telling: Telling) -> Int? {
    queues.firstIndex { $0.address == telling.address }
  }
}
