import RunStore

/// Folds the journal into what has become of each step.
struct StepSummary {
  private(set) var steps: [TranscriptStep] = []
  private var positions: [String: Int] = [:]
  /// Who has answered a question so far, in order, each once.
  private var answerers: [Int: [String]] = [:]
  private let descriptions: [String: StepDescription]

  init(descriptions: [String: StepDescription]) { self.descriptions = descriptions }

  mutating func apply(_ record: JournalRecord) {
    guard let address = record.step, !address.isEmpty else { return }
    let position = position(of: address, at: record)
    switch record.type {
    case "attempt.started":
      steps[position].attempts = max(steps[position].attempts + 1, record.attempt ?? 0)
      reopen(position, as: "running")
    case "step.started", "step.retried": reopen(position, as: "running")
    case "step.waiting":
      reopen(position, as: "waiting")
      answerers[position] = nil
    case "answer.given": answered(position, by: record.actor.sentence)
    case "step.blocked": reopen(position, as: "blocked")
    case "step.in_doubt": reopen(position, as: "in_doubt")
    case "step.failed": finish(position, as: "failed", record)
    case "step.skipped": finish(position, as: "skipped", record)
    case "step.succeeded":
      finish(position, as: "succeeded", record)
      steps[position].how = record.data.text("how")
    default: break
    }
  }

  private mutating func position(of address: String, at record: JournalRecord) -> Int {
    if let position = positions[address] { return position }
    let description = descriptions[address]
    steps.append(
      TranscriptStep(
        address: address, title: description?.title ?? address, role: description?.role,
        status: "running", startedAt: record.moment, target: description?.target))
    positions[address] = steps.count - 1
    return steps.count - 1
  }

  private mutating func answered(_ position: Int, by person: String) {
    guard answerers[position]?.contains(person) != true else { return }
    answerers[position, default: []].append(person)
  }

  private mutating func reopen(_ position: Int, as status: String) {
    steps[position].status = status
    steps[position].finishedAt = nil
  }

  private mutating func finish(_ position: Int, as status: String, _ record: JournalRecord) {
    steps[position].status = status
    steps[position].finishedAt = record.moment
    steps[position].by = doer(position, record)
    steps[position].reason = record.data.text("reason")
  }

  /// Who did a step: a question is closed by the machine, but answered by people.
  private func doer(_ position: Int, _ record: JournalRecord) -> String {
    guard record.actor.kind == "machine", record.data.text("how") == "person",
      let people = answerers[position]
    else { return record.actor.sentence }
    return people.joined(separator: ", ")
  }
}
