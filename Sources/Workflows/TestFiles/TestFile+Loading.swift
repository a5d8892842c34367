import Documents
import Fields
package import SourceText
import TimeZones
import Values

extension TestFile {
  /// Reads and checks a file of tests.
  ///
  /// - Parameters:
  ///   - catalog: What the steps of the workflow may call and wait for.
  ///   - workflows: Where the workflow is found.
  /// - Returns: nil where anything is wrong, in the workflow too; the findings say what.
  package static func load(
    _ file: SourceFile, catalog: Catalog, workflows: WorkflowSource,
    into diagnostics: Diagnostics
  ) -> TestFile? {
    let errors = diagnostics.errorCount
    guard let root = DocumentReader.read(file, into: diagnostics) else { return nil }
    let decoder = FileDecoder(file, diagnostics, isAdvised: true)
    defer { FileAdvice.look(at: root, decoder) }
    guard !decoder.isOther(root, than: .tests), decoder.members(root, TestKeys.file) != nil,
      let workflow = workflow(root, decoder, catalog, workflows)
    else { return nil }
    return tests(root, decoder, WorkflowVersions(workflow, catalog, workflows), errors)
  }

  /// Reads a file of tests of a workflow that is at hand.
  ///
  /// - Parameter versions: other versions of it, by the paths that tests call them by.
  /// - Returns: nil where anything is wrong; the findings say what.
  package static func decode(
    _ file: SourceFile, of workflow: Workflow, versions: [String: Workflow],
    into diagnostics: Diagnostics
  ) -> TestFile? {
    let errors = diagnostics.errorCount
    guard let root = DocumentReader.read(file, into: diagnostics) else { return nil }
    let decoder = FileDecoder(file, diagnostics)
    guard decoder.members(root, TestKeys.file) != nil else { return nil }
    return tests(root, decoder, WorkflowVersions(workflow, known: versions), errors)
  }

  private static func tests(
    _ root: Node, _ decoder: FileDecoder, _ versions: WorkflowVersions, _ errors: Int
  ) -> TestFile? {
    guard let list = root["tests"] else {
      decoder.missing(
        "tests", in: "a file of tests",
        at: SourceSpan(start: root.span.start, end: root.span.start),
        help: "`tests:` is a list; each has a `name`, `inputs` and what to `expect`")
      return nil
    }
    decoder.requireSome(list, "tests", "test")
    let nodes = decoder.list(list, "`tests`") ?? []
    let shared = root["defaults"]
    if let shared { _ = decoder.members(shared, TestKeys.defaults) }
    let tests = nodes.compactMap { node in
      TestDecoder(decoder, versions, defaults: shared).decode(node)
    }
    checkNames(tests, decoder)
    guard decoder.diagnostics.errorCount == errors else { return nil }
    return TestFile(file: decoder.file, workflow: versions.present, tests: tests)
  }

  private static func checkNames(_ tests: [WorkflowTest], _ decoder: FileDecoder) {
    var known: Set<String> = []
    for test in tests where !known.insert(test.name).inserted {
      decoder.report(
        .duplicateName, "two tests have the name `\(test.name)`", at: test.span,
        help: "results are told apart by their names")
    }
  }

  private static func workflow(
    _ root: Node, _ decoder: FileDecoder, _ catalog: Catalog, _ workflows: WorkflowSource
  ) -> Workflow? {
    let node = root["workflow"]
    let reference = node.map { decoder.text($0, "workflow") } ?? decoder.file.path.tested
    let place = node?.span ?? SourceSpan(start: root.span.start, end: root.span.start)
    guard let reference else { return nil }
    guard let file = workflows.find(reference, decoder.file) else {
      let names = workflows.names()
      decoder.report(
        .unknownWorkflow, "unknown workflow `\(reference)`", at: place,
        label: names.isEmpty ? nil : "there are \(names.sorted().shortList)",
        help: decoder.suggestion(reference, names))
      return nil
    }
    return Workflow.load(
      file: file, catalog: catalog, workflows: workflows, into: decoder.diagnostics)
  }
}

extension String {
  /// The id of the workflow that a file of tests stands beside, from its name.
  fileprivate var tested: String? {
    let name = split(separator: "/").last.map(String.init) ?? self
    guard let end = name.firstRange(of: ".test.") else { return nil }
    return String(name[..<end.lowerBound])
  }
}

/// Which keys the maps of a file of tests may have.
package enum TestKeys {
  static let file = KeySet("a file of tests", ["workflow", "defaults", "tests"])
  private static let script = [
    "inputs", "environment", "started_at", "started_by", "by_hand", "actions", "events", "answers",
    "unattended",
  ]
  static let defaults = KeySet("`defaults`", script)
  static let test = KeySet(
    "a test", ["name", "run", "started_with", "commands", "expect"] + script)
  static let action = KeySet(
    "an answer", ["outputs", "error", "lost", "unavailable", "takes"])
  static let error = KeySet("`error`", ["code", "message", "retry", "details"])
  static let event = KeySet("an event", ["event", "data", "after", "at"])
  static let absence = KeySet("a time in which nobody is there", ["after", "at", "for", "until"])
  static let answer = KeySet("an answer", ["with", "after", "at", "by", "refused"])
  static let decision = KeySet(
    "an answer to an `approve`", ["approve", "reject", "comment", "after", "at", "by", "refused"])
  static let verbs = [
    "resume", "retry", "done", "skip", "resolve", "by_hand", "rewind", "undo", "cancel", "migrate",
  ]
  /// Those that are about the run as a whole: they can be given while a step is waiting.
  static let verbsOfRun = ["rewind", "undo", "cancel", "migrate"]
  static let command = KeySet(
    "a command",
    verbs + [
      "with", "happened", "again", "decide", "while", "reason", "after", "at", "by", "refused",
    ])
  /// What can be chosen about a difference where a run is moved.
  package static let choices = ["do", "leave_out", "keep", "again"]
  /// What a run may have come to by the end of a test.
  package static let runStatuses = [
    "succeeded", "failed", "cancelled", "undone", "waiting", "needs_attention",
  ]
  /// What a step may have come to.
  package static let stepStatuses = ComparisonCheck.stepWords
  static let expectation = KeySet(
    "`expect`", ["status", "path", "outputs", "steps", "calls", "message", "duration"])
  static let step = KeySet("what is expected of a step", ["status", "outputs", "error"])
  static let duration = KeySet("`duration`", ["at_least", "at_most"])
}
