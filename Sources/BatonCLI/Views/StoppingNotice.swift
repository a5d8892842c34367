import CommandLineKit
import Synchronization

/// Says at once that a request to stop was heard, while several runs are gone on with: what is under way
/// may take its time to end.
enum StoppingNotice {
  /// Looks for the request until it is cancelled, which is when all runs have come to rest.
  ///
  /// - Parameter words: What is waited for, at the moment of the request; nil where that is nothing.
  @concurrent static func tell(_ call: CommandCall, _ words: @Sendable () -> String?) async {
    guard !call.isQuiet else { return }
    let glance: UInt64 = 100_000_000
    do {
      while !Interruption.isRequested { try await Task.sleep(nanoseconds: glance) }
    } catch {
      return
    }
    guard let words = words() else { return }
    call.console.errors.line(
      "  \(call.console.errors.style.yellow("!")) \(words); Ctrl-C again aborts it")
  }
}

/// The runs that are gone on with, which a request to stop waits for.
final class RunsUnderWay: Sendable {
  private let runs = Mutex<Set<String>>([])

  func note(_ run: String, isUnderWay: Bool) {
    runs.withLock { runs in
      if isUnderWay { runs.insert(run) } else { runs.remove(run) }
    }
  }

  /// What is waited for; nil where that is nothing.
  func stopping(saying what: String) -> String? {
    let runs = runs.withLock { $0 }
    guard let one = runs.first else { return nil }
    return runs.count == 1
      ? "\(what); run \(one) parks once what is under way in it has ended"
      : "\(what); \(runs.count) runs park once what is under way in them has ended"
  }
}
