import Engine
package import RunStore
package import Values
package import Workflows

/// A run as people read it: who did what, when, by which version of which procedure.
///
/// Made from the journal alone; descriptions of the steps only add titles and targets. Sensitive
/// values are not in the journal, so none can be in a transcript: their names stand there with
/// `(sensitive)`.
package struct Transcript: Sendable {
  /// The run as a whole.
  package struct Head: Sendable {
    package var run = ""
    package var name = ""
    package var workflow = ""
    package var title = ""
    package var version = ""
    package var file = ""
    package var sha256 = ""
    /// To which versions it was moved since, oldest first.
    package var migrations: [TranscriptMigration] = []
    package var environment = ""
    package var isRehearsal = false
    package var labels: [Shown] = []
    /// Those of the start, and over them those that a migration gave.
    package var inputs: [Shown] = []
    package var outputs: [Shown] = []
    package var startedAt = Timestamp(seconds: 0)
    package var startedBy = ""
    package var status = "running"
    package var message: String?
    package var finishedAt: Timestamp?
    package var lastHash = ""
    package var records = 0
    /// What the ledger says of the run that its journal does not.
    package var ledger: LedgerFinding?
  }

  package private(set) var head = Head()
  package private(set) var entries: [TranscriptEntry] = []
  /// In the order of the procedure, as far as that is known, then in the order in which they began.
  package private(set) var steps: [TranscriptStep] = []
  /// What went wrong, each a sentence, in order.
  package private(set) var problems: [TranscriptEntry] = []

  /// - Parameters:
  ///   - descriptions: in the order of the procedure.
  ///   - differences: what differs between the versions of a migration, by its event's number.
  ///   - status: where the run stands now: a dead process could not journal its own end.
  ///   - ledger: what the ledger says of the run that its journal does not.
  package init(
    records: some Sequence<JournalRecord>, descriptions: some Collection<StepDescription> = [],
    differences: [Int: [WorkflowDifference]] = [:], status: String? = nil,
    ledger: LedgerFinding? = nil
  ) {
    head.ledger = ledger
    var known: [String: StepDescription] = [:]
    for description in descriptions { known[description.address] = description }
    var summary = StepSummary(descriptions: known)
    var home: Value?
    for record in records {
      apply(record)
      summary.apply(record)
      let title = record.step.map { known[$0]?.title ?? $0 }
      var migration: TranscriptMigration?
      if record.type == "run.migrated" {
        migration = TranscriptMigration(record, after: head, differences[record.seq] ?? [])
        move(by: record, migration)
      }
      let entry = TranscriptEntry(
        record, title: title, migration, isPassedOver: summary.isPassedOver(at: record.step),
        unprovenStarter: unprovenStarter, at: home, after: entries.last?.at)
      if record.type != "run.adopted_elsewhere" { home = record.data["home"] ?? home }
      entries.append(entry)
      if entry.weight == .problem { problems.append(entry) }
    }
    steps = summary.result(inOrderOf: descriptions, isOver: head.finishedAt != nil)
    if let status, head.finishedAt == nil { head.status = status }
  }

  /// Who started the run, where that one did not sign in.
  private var unprovenStarter: String?

  private mutating func apply(_ record: JournalRecord) {
    head.records += 1
    head.lastHash = record.hash
    let data = record.data
    switch record.type {
    case "run.created": begin(record)
    case "run.resumed": head.status = "running"
    case "run.interrupted": head.status = "interrupted"
    case "run.parked": head.status = data.text("status") ?? head.status
    case "run.finished":
      head.status = data.text("status") ?? head.status
      head.message = data.text("message")
      head.outputs = data.shown("outputs")
      head.finishedAt = record.moment
    default: break
    }
  }

  private mutating func move(by record: JournalRecord, _ migration: TranscriptMigration?) {
    if let migration { head.migrations.append(migration) }
    for input in record.data.shown("inputs") {
      if let position = head.inputs.firstIndex(where: { $0.name == input.name }) {
        head.inputs[position] = input
      } else {
        head.inputs.append(input)
      }
    }
  }

  private mutating func begin(_ record: JournalRecord) {
    let data = record.data
    let workflow = data["workflow"]?.asMap ?? ValueMap()
    head.run = data.text("run") ?? ""
    head.name = data.text("name") ?? head.run
    head.workflow = workflow.text("id") ?? ""
    head.title = workflow.text("name") ?? head.workflow
    head.version = workflow.text("version") ?? ""
    head.file = workflow.text("file") ?? ""
    head.sha256 = workflow.text("sha256") ?? ""
    head.environment = data.text("environment") ?? ""
    head.isRehearsal = data["rehearsal"]?.asBool ?? false
    head.labels = data.shown("labels", withSealed: false)
    head.inputs = data.shown("inputs")
    head.startedAt = record.moment
    head.startedBy = record.actor.sentence
    unprovenStarter = record.actor.kind == "user" ? record.actor.sentence : nil
  }
}

extension Transcript.Head {
  /// The inputs, those that a migration changed with what they were before.
  func inputs(in format: MomentFormat) -> [Shown] {
    inputs.flatMap { input in
      [input]
        + migrations.flatMap { migration in
          migration.inputs.filter { $0.before.name == input.name }.map {
            $0.before.named("\(input.name) until \(format.text(migration.at))")
          }
        }
    }
  }
}

/// A value with its name, as it may be shown.
package struct Shown: Sendable, Hashable {
  package let name: String
  /// Nil where the value is sensitive.
  package let value: Value?
  /// Whether it is a sentence of the engine, in which moments are as the journal has them.
  let isSentence: Bool

  package init(_ name: String, _ value: Value?) { self.init(name, value, isSentence: false) }

  /// A sentence of the engine with its name.
  init(_ name: String, sentence: Value?) { self.init(name, sentence, isSentence: true) }

  private init(_ name: String, _ value: Value?, isSentence: Bool) {
    self.name = name
    self.value = value
    self.isSentence = isSentence
  }

  /// The same value under another name.
  func named(_ name: String) -> Shown { Shown(name, value, isSentence: isSentence) }

  /// A text with its name.
  package init(_ name: String, text: String) { self.init(name, .string(text)) }

  /// A moment of the journal with its name; nil where there is none.
  init?(_ name: String, moment: Value?) {
    guard let text = moment?.asString else { return nil }
    self.init(name, Timestamp(journalText: text).map { .timestamp($0) } ?? .string(text))
  }
}

extension ValueMap {
  func text(_ name: String) -> String? { self[name]?.asString }

  /// The hashes of the files that were kept as evidence, each with what the file was.
  var evidence: [Shown] {
    Evidence.all(in: self).flatMap { evidence in
      [Shown("evidence", text: evidence.sha256)]
        + (evidence.description.map { [Shown("evidence file", text: $0)] } ?? [])
    }
  }

  /// The check that does not hold, and where to read on about it.
  var unmetCheck: [Shown] {
    (text("check").map { [Shown("did not hold", text: $0)] } ?? [])
      + (text("see").map { [Shown("see", text: $0)] } ?? [])
  }

  /// The members of a map under a name, and the names of those that are sealed beside it.
  func shown(_ name: String, withSealed: Bool = true) -> [Shown] {
    let clear = (self[name]?.asMap ?? ValueMap()).compactMap { member in
      member.key.asString.map { Shown($0, member.value) }
    }
    guard withSealed, let sealed = self["sealed"]?.asMap else { return clear }
    return clear + sealed.names.map { Shown($0, nil) }
  }
}

extension JournalRecord {
  /// ` by user root`, behind what was done; empty where the machine did it.
  var by: String { actor.kind == "machine" ? "" : " by \(actor.sentence)" }
}

extension JournalRecord.Actor {
  /// `user root`, `person ana`, or `baton` for the machine itself.
  var sentence: String { kind == "machine" ? id : "\(kind) \(id)" }
}
