import Engine
import RunStore

/// Every run of a project, as lists show them, the latest first.
///
/// Unchecked: everything in it is only read, but for what ``details(at:)`` remembers, which is for one
/// thread. What it hands out belongs to it.
package final class RunOverview: @unchecked Sendable {
  /// What was read beside the index, each piece in memory of its own.
  private struct Live {
    let run: RunRow.Text
    let summary: RunRow.Text
    let details: RunRow.Text
    let order: Int64

    init(_ entry: RunIndexEntry) {
      run = RunOverview.copy(Array(entry.run.utf8))
      summary = RunOverview.copy(entry.content.summary)
      details = RunOverview.copy(entry.content.details)
      order = entry.content.order
    }
  }

  private let view: RunIndexView
  private let live: [Live]
  /// Positions in the view, and those of what was read behind its end; empty where all are in the
  /// view.
  private let order: [Int32]
  private let read: (String) -> RunIndexEntry?
  /// Details that were read anew, since those of the index are damaged.
  private var mended: [Live] = []
  /// By the place in the view: whether the details are known to be as they were written.
  private var isChecked: [Bool] = []
  /// Runs that cannot be read, and why.
  package let problems: [(run: String, error: RunnerError)]

  /// - Parameter read: Reads a run itself, where its details are damaged.
  init(
    _ view: RunIndexView, _ found: [RunService.ReadRun],
    read: @escaping (String) -> RunIndexEntry?
  ) {
    self.view = view
    self.read = read
    var live: [Live] = []
    var problems: [(run: String, error: RunnerError)] = []
    for one in found {
      switch one.result {
      case .success(let found): live.append(Live(found.entry))
      case .failure(let error): problems.append((one.run, error))
      }
    }
    self.live = live
    self.problems = problems
    order = Self.merged(view, live)
  }

  deinit {
    for one in live + mended {
      for text in [one.run, one.summary, one.details] { text.deallocate() }
    }
  }

  private static func copy(_ bytes: [UInt8]) -> RunRow.Text {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    memory.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(memory)
  }

  /// The latest first, of those that started at once the one with the largest id.
  private static func merged(_ view: RunIndexView, _ live: [Live]) -> [Int32] {
    guard !live.isEmpty else { return [] }
    let added = live.indices.sorted { isLater(key(live[$0]), key(live[$1])) }
    var order: [Int32] = []
    order.reserveCapacity(view.count + live.count)
    var next = 0
    for position in 0..<view.count {
      while next < added.count,
        isLater(key(live[added[next]]), (view.order(at: position), view.run(at: position)))
      {
        order.append(Int32(view.count + added[next]))
        next += 1
      }
      order.append(Int32(position))
    }
    return order + added[next...].map { Int32(view.count + $0) }
  }

  private static func key(_ one: Live) -> (order: Int64, run: RunRow.Text) { (one.order, one.run) }

  private static func isLater(
    _ one: (order: Int64, run: RunRow.Text), _ other: (order: Int64, run: RunRow.Text)
  ) -> Bool {
    one.order != other.order
      ? one.order > other.order : other.run.lexicographicallyPrecedes(one.run)
  }

  /// How many runs there are.
  package var count: Int { view.count + live.count }

  @inline(__always)
  private func place(_ position: Int) -> Int { order.isEmpty ? position : Int(order[position]) }

  /// A run, valid as long as the overview is; nil where its row cannot be understood.
  ///
  /// - Parameter position: below ``count``.
  package func row(at position: Int) -> RunRow? {
    let place = place(position)
    guard place >= view.count else {
      let row = view.row(at: place)
      return RunRow(run: row.run, bytes: row.summary)
    }
    let own = live[place - view.count]
    return RunRow(run: own.run, bytes: own.summary)
  }

  /// What ``RunService/describe`` made of a run, valid as long as the overview is; empty where it
  /// made nothing.
  package func details(at position: Int) -> RunRow.Text {
    let place = place(position)
    guard place < view.count else { return live[place - view.count].details }
    if isChecked.isEmpty { isChecked = Array(repeating: false, count: view.count) }
    if let details = view.details(at: place, checked: isChecked[place]) {
      isChecked[place] = true
      return details
    }
    guard let entry = read(String(decoding: view.run(at: place), as: UTF8.self)) else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    mended.append(Live(entry))
    return mended[mended.count - 1].details
  }

  /// Gives back the memory of the details that were handed out: they are many, and wanted once.
  package func giveBackDetails() { view.giveBackDetails() }
}
