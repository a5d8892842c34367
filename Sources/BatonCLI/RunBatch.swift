import CommandLineKit
import Documents
import Engine
import Fields
import Runner
import Synchronization
import Values
import Workflows

/// Many runs of one workflow in one process, some of them at a time: `baton run --batch`.
struct RunBatch {
  static let defaultWidth = 8
  /// Each run keeps a thread while it waits for the disk or for a program.
  static let widest = 64
  /// How many unfit lines are named.
  private static let named = 10
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// What is kept of a run: there may be very many.
  private struct Ended: Sendable {
    let runID: String
    let name: String
    let status: RunStatus
    /// Where it is asked for.
    let json: Value?
  }

  /// What a line of the file asks for.
  struct Line: Sendable {
    let number: Int
    let inputs: ValueMap
  }

  let call: CommandCall
  let workflow: Workflow
  let manner: StartManner
  /// How many runs are under way at a time.
  let width: Int

  /// The inputs of each run: a line of JSON each, over those that all have in common.
  ///
  /// - Throws: usage with the number of each line that is unfit, before anything is started.
  func lines(of path: String, common: GivenValues) throws(CommandFailure) -> [Line] {
    var all: [Line] = []
    var unfit: [(number: Int, failure: CommandFailure)] = []
    var bytes = try FileAccess.read(path, console: call.console, limit: .max)
    // Other programs may put it before what they write.
    if bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where !line.allSatisfy({ $0 <= 0x20 }) {
      do {
        all.append(Line(number: number + 1, inputs: try complete(Array(line), common)))
      } catch {
        unfit.append((number + 1, error))
      }
    }
    if let failure = refusal(of: unfit, path) { throw failure }
    guard !all.isEmpty else { throw .usage("`\(path)` holds no line with inputs") }
    return all
  }

  /// Names the lines that are unfit; of many the first.
  private func refusal(
    of unfit: [(number: Int, failure: CommandFailure)], _ path: String
  ) -> CommandFailure? {
    guard let first = unfit.first else { return nil }
    guard unfit.count > 1 else {
      return CommandFailure(
        first.failure.code, "line \(first.number) of `\(path)`: \(first.failure.message)",
        help: first.failure.help)
    }
    var message = "\(unfit.count) lines of `\(path)` are unfit:"
    for (number, failure) in unfit.prefix(Self.named) {
      message += "\n  line \(number): \(failure.message)"
    }
    if unfit.count > Self.named { message += "\n  … and \(unfit.count - Self.named) more" }
    return CommandFailure(first.failure.code, message)
  }

  private func complete(_ line: [UInt8], _ common: GivenValues) throws(CommandFailure) -> ValueMap {
    let value: Value
    do throws(JSONError) {
      value = try JSONReader.value(from: line)
    } catch {
      throw .usage("it is not JSON: \(error.message)")
    }
    guard case .map(let own) = value else { throw .usage("it is no object of names and values") }
    var given = common
    for member in own { given.set(member.key.asString ?? member.key.shown, member.value) }
    switch workflow.inputs.complete(try given.typed(by: workflow.inputs)) {
    case .success(let complete): return complete
    case .failure(let problems): throw .usage("\(problems)")
    }
  }

  /// Starts a run for each of the lines and carries all of them as far as they go.
  func carry(_ lines: [Line]) async throws(CommandFailure) -> ExitCode {
    let door = try call.door()
    let underWay = Count()
    async let _: Void = StoppingNotice.tell(call) { Self.stopping(underWay.value) }
    let results = await carry(lines, door, underWay)
    return report(results, of: lines)
  }

  /// - Returns: what came of the lines that were begun, which are the first.
  private func carry(
    _ lines: [Line], _ door: RunDoor, _ underWay: Count
  ) async -> [Result<Ended, CommandFailure>] {
    let (workflow, manner, isJSON) = (workflow, manner, call.isJSON)
    let carry = { @Sendable (line: Line) in
      underWay.add(1)
      defer { underWay.add(-1) }
      return await Self.start(line, of: workflow, manner, door, isJSON: isJSON)
    }
    return await BoundedConcurrency.map(
      lines, width: width, until: { Interruption.isRequested }, ended: tell, carry)
  }

  private static func stopping(_ count: Int) -> String? {
    guard count > 0 else { return nil }
    let runs = count == 1 ? "1 run parks" : "\(count) runs park"
    return "no more runs are started; \(runs) once what is under way in them has ended"
  }

  private static func start(
    _ line: Line, of workflow: Workflow, _ manner: StartManner, _ door: RunDoor, isJSON: Bool
  ) async -> Result<Ended, CommandFailure> {
    do throws(CommandFailure) {
      let run = try await door.start(
        workflow, inputs: line.inputs, manner: manner, isAnnounced: false)
      return .success(
        Ended(
          runID: run.runID, name: run.name, status: run.status,
          json: isJSON ? run.summaryJSON : nil))
    } catch {
      return .failure(error)
    }
  }

  /// A line for people as each run ends or parks.
  private func tell(_ result: Result<Ended, CommandFailure>) {
    switch result {
    case .success(let run):
      guard !call.isJSON, !call.isQuiet else { return }
      let words = run.status.words(call.console.output.style)
      let name = run.name == run.runID ? "" : " (\(TextLayout.line(run.name)))"
      let kind = RunSnapshot.kindWord(isRehearsal: manner.isRehearsal)
      call.console.output.line("\(kind) \(run.runID)\(name): \(words)")
    case .failure(let failure):
      call.console.show(error: failure.message, help: failure.help)
    }
  }

  private func report(
    _ results: [Result<Ended, CommandFailure>], of lines: [Line]
  ) -> ExitCode {
    let runs = results.compactMap { try? $0.get() }
    let left = lines.dropFirst(results.count)
    if call.isJSON {
      var map: ValueMap = ["format": "baton-batch/1", "runs": .list(runs.compactMap(\.json))]
      if let first = left.first {
        map["not_started"] = [
          "count": .int(Int64(left.count)), "from_line": .int(Int64(first.number)),
        ]
      }
      call.console.write(json: .map(map))
    } else if call.isQuiet {
      for run in runs { call.console.output.line(run.runID) }
    } else {
      var words: [String] = []
      for status in RunStatus.allCases {
        let number = runs.count { $0.status == status }
        if number > 0 { words.append("\(number) \(status.plainWords)") }
      }
      let refused = results.count - runs.count
      if refused > 0 { words.append("\(refused) could not be carried out") }
      if let first = left.first {
        words.append("\(left.count) not begun (from line \(first.number) of the file on)")
      }
      let kind = manner.isRehearsal ? "rehearsals" : "runs"
      call.console.errors.line("\(lines.count) \(kind): " + words.joined(separator: ", "))
    }
    if Interruption.isRequested { return .interrupted }
    return worst(of: results)
  }

  /// What failed counts before what needs somebody, that before what waits.
  private func worst(of results: [Result<Ended, CommandFailure>]) -> ExitCode {
    let codes = results.map { result in
      switch result {
      case .success(let run): ExitCode(run.status)
      case .failure(let failure): failure.code
      }
    }
    let harmless: [ExitCode] = [.failed, .needsAttention, .interrupted, .waiting, .done]
    return codes.first { !harmless.contains($0) } ?? harmless.first(where: codes.contains) ?? .done
  }
}

/// A number that several look at.
private final class Count: Sendable {
  private let number = Mutex(0)

  var value: Int { number.withLock { $0 } }

  func add(_ difference: Int) { number.withLock { $0 += difference } }
}
