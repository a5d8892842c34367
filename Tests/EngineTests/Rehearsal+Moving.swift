import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// Moving a run in memory to another version of its workflow.
extension Rehearsal {
  /// A later version of the workflow of a rehearsal.
  ///
  /// - Parameter called: the bodies of the workflows that it calls, by id.
  static func version(
    _ body: String, id: String = "test", called: [String: String] = [:],
    catalog: Catalog = Shop.catalog
  ) throws -> Workflow {
    let diagnostics = Diagnostics()
    @Sendable func head(_ id: String) -> String {
      "baton: 1\nid: \(id)\nname: A test\nversion: 2.0.0\n"
    }
    let file = SourceFile(path: "new.yaml", text: head(id) + body)
    let source = WorkflowSource(find: { id, _ in
      called[id].map { SourceFile(path: "\(id).yaml", text: head(id) + $0) }
    })
    let workflow = Workflow.load(
      file: file, catalog: catalog, workflows: source, into: diagnostics)
    return try #require(workflow, "\(diagnostics.sorted.map(\.message))")
  }

  func plan(
    to new: Workflow, _ decisions: [String: String] = [:], inputs: ValueMap = [:]
  ) throws -> MigrationPlan {
    try engine.migrationPlan(to: new, MigrationChoices(decisions: decisions, inputs: inputs))
  }

  func move(
    to new: Workflow, _ decisions: [String: String] = [:], inputs: ValueMap = [:]
  ) throws {
    let choices = MigrationChoices(decisions: decisions, inputs: inputs)
    let plan = try engine.migrationPlan(to: new, choices)
    try #require(plan.isReady, "\(plan.sentences)")
    let events = engine.migration(
      to: new, by: plan, choices, definition: [:], file: "new.yaml", reason: nil, now: now)
    engine.expect(new)
    for event in events { apply(event.kind, step: event.step) }
  }

  /// What a step waits for, and since when; nil where it does not wait.
  func waiting(at address: String) -> (Waiting, since: Timestamp)? {
    guard case .waiting(let waiting, let since)? = engine.state.steps[address]?.phase else {
      return nil
    }
    return (waiting, since)
  }

  /// The words in which somebody is asked at a step.
  func shown(at address: String) -> String? {
    switch waiting(at: address)?.0.cause {
    case .answer(let message, _, _): message
    case .approval(let shown): shown.message
    case .byHand(let message): message
    default: nil
    }
  }
}

extension MigrationPlan {
  /// The verdict and the sentence on each subject.
  var sentences: [String: String] {
    var found: [String: String] = [:]
    for item in items where item.difference?.subject != .workflow {
      found[item.subject] =
        switch item.verdict {
        case .safe(let message): "safe: \(message)"
        case .void(let message): "void: \(message)"
        case .impossible(let message): "impossible: \(message)"
        case .decision(let message, let decision, _):
          "decide \(decision.choices?.map(\.rawValue).joined(separator: " ") ?? "value"): \(message)"
        }
    }
    return found
  }
}
