import Engine
import RunStore

/// Every run of a project, as lists show them.
///
/// Unchecked: everything in it is only read. What it hands out belongs to it.
package final class RunOverview: @unchecked Sendable {
  /// A run that the index does not have as it is, read from its own files.
  struct Live: Sendable {
    let run: [UInt8]
    let summary: [UInt8]
    let details: [UInt8]
  }

  private let view: RunIndexView
  /// What was read beside the index, each piece in memory of its own.
  private let live: [(run: RunRow.Text, summary: RunRow.Text, details: RunRow.Text)]
  /// Runs that cannot be read, and why.
  package let problems: [(run: String, error: RunnerError)]

  init(_ view: RunIndexView, live: [Live], problems: [(run: String, error: RunnerError)]) {
    self.view = view
    self.live = live.map { (Self.copy($0.run), Self.copy($0.summary), Self.copy($0.details)) }
    self.problems = problems
  }

  deinit {
    for one in live {
      for text in [one.run, one.summary, one.details] { text.deallocate() }
    }
  }

  private static func copy(_ bytes: [UInt8]) -> RunRow.Text {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    memory.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(memory)
  }

  /// How many runs there are.
  package var count: Int { view.count + live.count }

  /// A run, valid as long as the overview is; nil where its row cannot be understood.
  ///
  /// - Parameter position: below ``count``.
  package func row(at position: Int) -> RunRow? {
    guard position >= view.count else {
      return RunRow(run: view.run(at: position), bytes: view.summary(at: position))
    }
    let own = live[position - view.count]
    return RunRow(run: own.run, bytes: own.summary)
  }

  /// What ``RunService/describe`` made of a run, valid as long as the overview is; empty where it
  /// made nothing.
  package func details(at position: Int) -> RunRow.Text {
    guard position >= view.count else {
      return view.details(at: position) ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return live[position - view.count].details
  }

  /// The positions by the moment of the start, latest first.
  package var newestFirst: [Int] {
    var keys: [(at: Int64, position: Int)] = []
    keys.reserveCapacity(count)
    for position in 0..<count {
      keys.append((row(at: position)?.startedMilliseconds ?? 0, position))
    }
    keys.sort { one, other in
      one.at != other.at ? one.at > other.at : isLater(one.position, other.position)
    }
    return keys.map(\.position)
  }

  private func isLater(_ one: Int, _ other: Int) -> Bool {
    guard let left = row(at: one), let right = row(at: other) else { return false }
    return right.run.lexicographicallyPrecedes(left.run)
  }
}
