import RunStore
package import Values
import Workflows

/// How a run was moved to another version of its workflow.
package struct TranscriptMigration: Sendable, Hashable {
  package let at: Timestamp
  package let by: String
  /// The version that it left.
  package let from: String
  package let version: String
  package let file: String
  package let sha256: String
  /// What differs between the two, each a phrase; empty where that cannot be read any more.
  package let differences: [String]
  /// The inputs that the run had before and that got another value.
  package let inputs: [ChangedInput]

  /// An input before and after; without a value where that is sensitive.
  package struct ChangedInput: Sendable, Hashable {
    package let before: Shown
    package let after: Shown
  }

  init(
    _ record: JournalRecord, after head: Transcript.Head, _ differences: [WorkflowDifference]
  ) {
    let workflow = record.data["workflow"]?.asMap ?? ValueMap()
    at = record.moment
    by = record.actor.sentence
    from = head.migrations.last?.version ?? head.version
    version = workflow.text("version") ?? ""
    file = workflow.text("file") ?? ""
    sha256 = workflow.text("sha256") ?? ""
    self.differences = differences.map { "\($0.subjectWords): \($0.changeWords)" }
    inputs = record.data.shown("inputs").compactMap { after in
      guard let before = head.inputs.first(where: { $0.name == after.name }),
        before.value == nil || before.value != after.value
      else { return nil }
      return ChangedInput(before: before, after: after)
    }
  }

  /// The version as it is shown.
  var shownVersion: String { Self.shown(version) }

  /// A workflow need not have a version.
  static func shown(_ version: String) -> String { version.isEmpty ? "(none)" : version }
}
