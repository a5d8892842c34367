import SourceText
package import Values
package import Workflows

/// What moving a run to another version of its workflow means, difference by difference.
package struct MigrationPlan: Sendable {
  package let items: [MigrationItem]
  /// Approvals that were given and are void, since what they release has changed: they are asked
  /// again.
  package let voided: [String]
  /// Approvals that are being asked for: what was decided about them is void.
  package let asked: [String]
  /// Steps that have another id now and keep their outcome, as was decided: the new address of each
  /// old one.
  let renamed: [String: String]
  /// Those of the new addresses at which the run goes on, with what stays done inside.
  let toDoUnderNewIDs: [String]

  /// Whether nothing is in the way and everything is decided.
  package var isReady: Bool {
    items.allSatisfy { item in
      switch item.verdict {
      case .safe, .void: true
      case .decision(_, _, let chosen): chosen != nil
      case .impossible: false
      }
    }
  }

  package var isPossible: Bool {
    items.allSatisfy { if case .impossible = $0.verdict { false } else { true } }
  }

  /// What is to be decided.
  var keys: [String] {
    items.compactMap { item in
      if case .decision(_, let decision, _) = item.verdict { decision.key } else { nil }
    }
  }

  /// The choices by what is decided.
  var chosen: [String: String] {
    var chosen: [String: String] = [:]
    for case .decision(_, let decision, let choice?) in items.map(\.verdict) {
      chosen[decision.key] = choice
    }
    return chosen
  }
}

/// One difference, or one place of the run, and what moving means for it.
package struct MigrationItem: Sendable {
  package enum Verdict: Sendable {
    case safe(String)
    /// Nothing is in the way, but what somebody approved does not count any more.
    case void(String)
    /// Somebody has to choose; nil while nobody has.
    case decision(String, MigrationDecision, chosen: String?)
    case impossible(String)
  }

  /// nil for what follows from several differences.
  package let difference: WorkflowDifference?
  /// The address or name it is about.
  package let subject: String
  package let verdict: Verdict
}

/// What is to be chosen, and between what.
package struct MigrationDecision: Sendable, Hashable {
  /// What people name it by: the address of a step, `inputs.NAME`.
  package let key: String
  /// nil where a value is to be given.
  package let choices: [Choice]?

  package enum Choice: String, Sendable, CaseIterable {
    /// The new step is carried out although the run has passed its place.
    case doIt = "do"
    /// It is left out.
    case leaveOut = "leave_out"
    /// What was answered so far, or done, stays.
    case keep
    /// It is asked, or waited for, from the beginning.
    case again
  }
}

/// What was decided for a migration, with the values that the new inputs need.
package struct MigrationChoices: Sendable {
  package var decisions: [String: String]
  package var inputs: ValueMap

  package init(decisions: [String: String] = [:], inputs: ValueMap = ValueMap()) {
    self.decisions = decisions
    self.inputs = inputs
  }
}

/// A migration as the journal has it.
package struct Migration: Sendable, Hashable {
  package var workflowID: String
  package var workflowName: String
  package var workflowVersion: String
  package var workflowFile: String
  package var workflowSHA256: String
  /// Path in `definition/` to SHA-256, for every file pinned by it.
  package var definition: ValueMap
  /// What was decided, by the key of each decision.
  package var decisions: [String: String]
  /// Steps that are carried out although the run had passed their place.
  package var toDo: [String]
  /// Who had given the approvals that are void from here on, by their addresses.
  package var voided: [String: [String]]
  /// Steps that have another id from here on and keep what they came to: the new address of each old
  /// one.
  package var renamed: [String: String]
  /// Inputs that are new or changed.
  package var inputs: StoredValues
  package var reason: String?
  /// Whether the fold goes by where each step stands from here on; in journals of old it does not.
  package var goesByPlaces: Bool
  /// The rungs of which people are still to be told and that have other numbers from here on.
  package var rungs: [RenumberedRungs] = []

  var data: ValueMap {
    let workflow: ValueMap = [
      "id": .string(workflowID), "name": .string(workflowName),
      "version": .string(workflowVersion), "file": .string(workflowFile),
      "sha256": .string(workflowSHA256),
    ]
    let chosen = decisions.sorted { $0.key < $1.key }.map { ($0.key, Value.string($0.value)) }
    var data: ValueMap = ["workflow": .map(workflow), "definition": .map(definition)]
    if !chosen.isEmpty { data["decisions"] = .map(ValueMap(chosen)) }
    if !toDo.isEmpty { data["to_do"] = .list(toDo.map { .string($0) }) }
    if !voided.isEmpty {
      let people = voided.sorted { $0.key < $1.key }.map { address, people in
        (address, Value.list(people.map { .string($0) }))
      }
      data["voided"] = .map(ValueMap(people))
    }
    if !renamed.isEmpty {
      let addresses = renamed.sorted { $0.key < $1.key }.map { ($0.key, Value.string($0.value)) }
      data["renamed"] = .map(ValueMap(addresses))
    }
    if !rungs.isEmpty { data["rungs"] = .list(rungs.map(\.saved)) }
    return data.adding("inputs", inputs.isEmpty ? nil : inputs).adding("reason", reason)
      .adding("by_places", goesByPlaces ? true : nil)
  }

  init(_ reader: DataReader) throws(UnreadableEvent) {
    guard let workflow = reader.data["workflow"]?.asMap else { throw reader.unfit("workflow") }
    let inner = DataReader(type: reader.type, data: workflow)
    workflowID = try inner.text("id")
    workflowName = try inner.text("name")
    workflowVersion = try inner.text("version")
    workflowFile = try inner.text("file")
    workflowSHA256 = try inner.text("sha256")
    definition = reader.data["definition"]?.asMap ?? ValueMap()
    decisions = Self.texts(reader.data["decisions"])
    renamed = Self.texts(reader.data["renamed"])
    toDo = reader.data["to_do"]?.asList?.compactMap(\.asString) ?? []
    voided = [:]
    for member in reader.data["voided"]?.asMap ?? ValueMap() {
      guard let address = member.key.asString else { continue }
      voided[address] = member.value.asList?.compactMap(\.asString)
    }
    inputs = reader.values("inputs")
    reason = reader.optionalText("reason")
    goesByPlaces = reader.data["by_places"]?.asBool ?? false
    rungs = reader.data["rungs"]?.asList?.compactMap(RenumberedRungs.init(saved:)) ?? []
  }

  private static func texts(_ value: Value?) -> [String: String] {
    var texts: [String: String] = [:]
    for member in value?.asMap ?? ValueMap() {
      if let key = member.key.asString { texts[key] = member.value.asString }
    }
    return texts
  }

  init(
    to workflow: Workflow, definition: ValueMap, decisions: [String: String], toDo: [String],
    voided: [String: [String]], renamed: [String: String], inputs: StoredValues, reason: String?
  ) {
    workflowID = workflow.id
    workflowName = workflow.name
    workflowVersion = workflow.version ?? ""
    workflowFile = workflow.file.path
    workflowSHA256 = workflow.sha256
    self.definition = definition
    self.decisions = decisions
    self.toDo = toDo
    self.voided = voided
    self.renamed = renamed
    self.inputs = inputs
    self.reason = reason
    goesByPlaces = true
  }
}
