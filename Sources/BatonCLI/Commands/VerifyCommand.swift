import CommandLineKit
import RunStore
import Values

/// `baton verify RUN | --all`.
enum VerifyCommand: BatonCommand {
  static let name = "verify"
  private static let run = CommandArgument(
    "RUN", SharedOptions.run.help, .optional, completion: SharedOptions.run.completion)
  private static let all = CommandOption.flag("all", "every run, and the ledger")
  private static let ledgerHead = CommandOption.value(
    "ledger-head", "HASH", "a head of the ledger that was kept: one of its lines must still have it"
  )

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "checks that the record of a run is as it was written",
      discussion: [
        "Recomputes every hash of the journal, and compares the pinned definition, the evidence, "
          + "the saved state and the ledger. Names the first bad record; the exit code is 8 where "
          + "there is one, and 7 where nothing is damaged but something could not be read.",
        "With --all it prints the head of the ledger: kept elsewhere, and held against the ledger "
          + "later with --ledger-head, it also shows what somebody who can write every file here "
          + "takes away.",
      ],
      arguments: [run], options: [all, ledgerHead],
      examples: [
        .init("baton verify k7f3q9", "checks one run"),
        .init("baton verify --all", "checks every run and the ledger"),
        .init(
          "baton verify --all --ledger-head 2f56e1e119c27d375eb60a25b3bf89ac221540ce07b1c30161023c72b7a8ca61",
          "also that all is still there of which this was the head"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let door = try call.door()
      let name = call.arguments.value(run)
      guard (name != nil) != call.arguments.has(all) else {
        throw .usage("name a run, or say --all")
      }
      let kept = try keptHead(call, isProject: name == nil)
      if let name {
        let report = try door.verify(name)
        show(report, call)
        return exitCode(report.isDamaged, report.isIntact)
      }
      let report = try door.verifyAll(keptHead: kept)
      show(report, call)
      return exitCode(report.isDamaged, report.isIntact)
    }
  }

  private static func keptHead(
    _ call: CommandCall, isProject: Bool
  ) throws(CommandFailure) -> String? {
    guard let head = call.arguments.value(ledgerHead) else { return nil }
    guard isProject else {
      throw .usage("`--ledger-head` goes with --all: one run alone does not show what is gone")
    }
    guard head.utf8.count == 64, head.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else {
      throw .usage("`\(head)` is no head: that is 64 digits and letters from a to f")
    }
    return head
  }

  private static func exitCode(_ isDamaged: Bool, _ isIntact: Bool) -> ExitCode {
    if isDamaged { return .damaged }
    return isIntact ? .done : .conflict
  }

  private static func show(_ report: VerificationReport, _ call: CommandCall) {
    if call.isJSON { return call.console.write(json: .map(report.json)) }
    if !call.isQuiet || !report.isIntact { write(report, call) }
  }

  private static func show(_ report: ProjectVerificationReport, _ call: CommandCall) {
    if call.isJSON { return call.console.write(json: report.json) }
    for run in report.runs where !call.isQuiet || !run.isIntact { write(run, call) }
    for problem in report.problems {
      call.console.output.line(call.console.output.style.red("✗ ") + problem.text)
    }
    for problem in report.unchecked {
      call.console.output.line(call.console.output.style.yellow("? ") + problem.text)
    }
    show(report.notes, call)
    guard !call.isQuiet else { return }
    let head = report.ledgerHead.map { ", head \($0)" } ?? ""
    let (intact, left) = (report.ledgerLines, report.ledgerLinesLeft)
    let lines =
      left == 0 ? "\(intact) lines" : "the first \(intact) of \(intact + left) lines are intact"
    call.console.output.line("ledger: \(lines)\(head)")
    guard report.keptHead != nil, let kept = report.keptHeadLines else { return }
    let since = intact - kept
    let news =
      switch since {
      case 0: "no line has"
      case 1: "1 line has"
      default: "\(since) lines have"
      }
    call.console.output.line(
      "the kept head is that of line \(kept): nothing up to it was changed, and \(news) come since")
  }

  private static func write(_ report: VerificationReport, _ call: CommandCall) {
    let output = call.console.output
    let head = report.head.map { ", head \($0)" } ?? ""
    if report.isIntact {
      output.line(
        "\(output.style.green("✓")) run \(report.run) is intact: \(report.records) events\(head)")
    } else if report.isDamaged {
      output.line("\(output.style.red("✗")) run \(report.run) is damaged")
    } else {
      output.line("\(output.style.yellow("?")) run \(report.run) could not be checked")
    }
    for problem in report.problems { output.line("  " + problem.text) }
    for problem in report.unchecked { output.line("  not checked: " + problem.text) }
    show(report.notes, call)
  }

  private static func show(_ notes: [String], _ call: CommandCall) {
    for note in notes { call.console.show(note: TextLayout.harmless(note)) }
  }
}

extension VerificationReport.Problem {
  /// `journal, record 3: …`.
  fileprivate var text: String {
    let place = record.map { ", record \($0)" } ?? ""
    return TextLayout.harmless("\(subject.rawValue)\(place): \(sentence)")
  }

  fileprivate var json: Value {
    var map: ValueMap = ["subject": .string(subject.rawValue), "message": .string(sentence)]
    map["record"] = record.map { .int(Int64($0)) }
    return .map(map)
  }
}

extension VerificationReport {
  fileprivate var json: ValueMap {
    var map: ValueMap = [
      "format": "baton-verification/1", "run": .string(run), "intact": .bool(isIntact),
      "events": .int(Int64(records)), "problems": .list(problems.map(\.json)),
      "notes": .list(notes.map { .string($0) }),
    ]
    if !unchecked.isEmpty { map["unchecked"] = .list(unchecked.map(\.json)) }
    map["head"] = head.map { .string($0) }
    return map
  }
}

extension ProjectVerificationReport {
  fileprivate var json: Value {
    var map: ValueMap = [
      "format": "baton-verification/1", "intact": .bool(isIntact),
      "runs": .list(runs.map { .map($0.json) }), "problems": .list(problems.map(\.json)),
      "notes": .list(notes.map { .string($0) }), "ledger_lines": .int(Int64(ledgerLines)),
    ]
    if !unchecked.isEmpty { map["unchecked"] = .list(unchecked.map(\.json)) }
    if ledgerLinesLeft > 0 { map["ledger_lines_left"] = .int(Int64(ledgerLinesLeft)) }
    map["ledger_head"] = ledgerHead.map { .string($0) }
    map["kept_head"] = keptHead.map { .string($0) }
    map["kept_head_line"] = keptHeadLines.map { .int(Int64($0)) }
    return .map(map)
  }
}
