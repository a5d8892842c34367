import Engine
import RunStore

/// Every run of a project, as lists show them.
///
/// Unchecked: everything in it is only read.
package final class RunOverview: @unchecked Sendable {
  /// A run that the index does not have as it is, read from its own files.
  struct Live: Sendable {
    let run: [UInt8]
    let summary: [UInt8]
    let details: [UInt8]
  }

  private let view: RunIndexView
  private let live: [Live]
  /// Runs that cannot be read, and why.
  package let problems: [(run: String, error: RunnerError)]

  init(_ view: RunIndexView, live: [Live], problems: [(run: String, error: RunnerError)]) {
    self.view = view
    self.live = live
    self.problems = problems
  }

  /// How many runs there are.
  package var count: Int { view.count + live.count }

  /// Hands over a run; what it is given is valid inside only.
  ///
  /// - Parameter position: below ``count``.
  package func withRow<Result>(at position: Int, _ body: (RunRow) -> Result) -> Result? {
    if position < view.count {
      let row = RunRow(run: view.run(at: position), bytes: view.summary(at: position))
      return row.map(body)
    }
    let own = live[position - view.count]
    return own.run.withUnsafeBytes { run in
      own.summary.withUnsafeBytes { RunRow(run: run, bytes: $0).map(body) }
    }
  }

  /// Hands over what ``RunService/describe`` made of a run; empty where it made nothing.
  package func withDetails<Result>(
    at position: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    if position < view.count {
      return body(view.details(at: position) ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }
    return live[position - view.count].details.withUnsafeBytes(body)
  }

  /// The positions by the moment of the start, latest first.
  package var newestFirst: [Int] {
    var keys: [(at: Int64, position: Int)] = []
    keys.reserveCapacity(count)
    for position in 0..<count {
      keys.append((withRow(at: position) { $0.startedMilliseconds } ?? 0, position))
    }
    keys.sort { one, other in
      one.at != other.at ? one.at > other.at : isLater(one.position, other.position)
    }
    return keys.map(\.position)
  }

  private func isLater(_ one: Int, _ other: Int) -> Bool {
    withRow(at: one) { left in
      withRow(at: other) { right in right.run.lexicographicallyPrecedes(left.run) } ?? false
    } ?? false
  }
}
