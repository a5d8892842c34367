import Documents
import Engine
import RunStore
package import Values

extension RunRow {
  /// The bytes of a row for a run as it stands.
  ///
  /// - Parameters:
  ///   - events: The events it waits for.
  ///   - eventsSeen: How far the events of the project were looked at for it.
  static func encode(
    _ run: RunSnapshot, awaiting events: [AwaitedEvent], eventsSeen: Int64
  ) -> [UInt8] {
    let tasks = run.tasks
    let labels = run.labels.compactMap { member in
      member.key.asString.map { ($0, member.value.shownText) }
    }
    var bytes: [UInt8] = []
    bytes.append(UInt8(RunStatus.allCases.firstIndex(of: run.status) ?? 0))
    bytes.append(run.isRehearsal ? 1 : 0)
    bytes.append(number: UInt16(clamping: labels.count))
    bytes.append(number: UInt16(clamping: events.count))
    bytes.append(number: UInt16(clamping: tasks.count))
    bytes.append(number: run.startedAt.milliseconds)
    bytes.append(number: eventsSeen)
    bytes.append(number: run.lastActivity.milliseconds)
    bytes.append(text: run.name)
    bytes.append(text: run.workflowID)
    bytes.append(text: run.reasons.first?.message ?? run.endWords ?? "")
    for (name, value) in labels.prefix(Int(UInt16.max)) {
      bytes.append(text: name)
      bytes.append(text: value)
    }
    for event in events.prefix(Int(UInt16.max)) {
      let member = event.demandedText
      bytes.append(text: event.name)
      bytes.append(text: member?.name ?? "")
      bytes.append(text: member?.text ?? "")
    }
    for task in tasks.prefix(Int(UInt16.max)) { append(task, of: run, to: &bytes) }
    return bytes
  }

  private static func append(_ task: StepView, of run: RunSnapshot, to bytes: inout [UInt8]) {
    let roles = task.responsible.prefix(Int(UInt8.max))
    let excluded = (task.waiting?.excluded ?? []).sorted().prefix(Int(UInt8.max))
    let status = task.isCheckpointUnmet ? .blocked : task.status
    bytes.append(UInt8(StepStatus.allCases.firstIndex(of: status) ?? 0))
    bytes.append(UInt8(roles.count))
    bytes.append(UInt8(clamping: task.escalatedTo.count))
    let unclaimed = task.waiting?.escalatedSinceClaim ?? []
    bytes.append(UInt8(clamping: unclaimed.count))
    bytes.append(task.isForAnybody ? 1 : 0)
    bytes.append(UInt8(excluded.count))
    // What somebody is on is for those alone who were asked later.
    let asked = task.claim == nil ? nil : unclaimed
    let holders = (task.isHeldInRun ? task.heldInRunBy(asked) : []).prefix(Int(UInt8.max) - 1)
    bytes.append(task.isHeldInRun ? UInt8(holders.count + 1) : 0)
    bytes.append(number: run.since(task).milliseconds)
    bytes.append(number: task.waiting?.dueAt?.milliseconds ?? Int64.max)
    bytes.append(text: task.address)
    bytes.append(text: task.title)
    bytes.append(text: task.see ?? "")
    bytes.append(text: task.claim?.by.id ?? "")
    for role in roles { bytes.append(text: role) }
    for person in excluded { bytes.append(text: person) }
    for holder in holders { bytes.append(text: holder) }
  }
}

extension AwaitedEvent {
  private static let longestText = 200

  /// A member that has to be a certain text, where there is one; a long text is not worth its place.
  var demandedText: (name: String, text: String)? {
    for member in demands {
      guard let name = member.key.asString, case .string(let text) = member.value,
        !name.isEmpty, text.utf8.count <= Self.longestText
      else { continue }
      return (name, text)
    }
    return nil
  }
}

extension RunSnapshot {
  /// Who had a run end that is over, and why: `by user root: the customer withdrew`.
  fileprivate var endWords: String? {
    guard status.isFinal, status != .succeeded, let by = begunEnd?.by, by != .machine else {
      return nil
    }
    let who = by.kind == .person ? "by \(by.id)" : "by \(by.kind.rawValue) \(by.id)"
    guard let message else { return who }
    return who + ": " + message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// The steps that wait for a person.
  package var tasks: [StepView] {
    guard !status.isFinal else { return [] }
    // Something came that cannot be opened: nobody but a person ends that wait.
    let mayBeLocked = status == .needsAttention
    return steps.filter { $0.waitsForPerson || mayBeLocked && $0.waiting?.locked() != nil }
  }

  /// Since when a step waits.
  package func since(_ task: StepView) -> Timestamp {
    if task.isCheckpointUnmet { return lastActivity }
    return task.waiting?.since ?? task.startedAt ?? lastActivity
  }
}

extension StepView {
  /// Whether a person has to do something about it.
  package var waitsForPerson: Bool {
    if isCheckpointUnmet { return true }
    return switch status {
    case .waiting where !heldFor.isEmpty: false
    case .waiting:
      switch waiting?.cause {
      case .answer, .approval, .byHand: true
      // Nobody but the world ends it, until it is escalated: then it is theirs to look after.
      case .event, .time, .first: !escalatedTo.isEmpty
      case nil: false
      }
    case .blocked, .inDoubt: true
    case .failed: isCurrent && !isPassedOver && !isHeldUp && followUp == nil
    default: false
    }
  }

  /// Whose it is: the step's own role, then those that it was escalated to.
  package var responsible: [String] {
    guard let waiting else { return [responsibleRole].compactMap(\.self) }
    return waiting.roles.isEmpty ? waiting.escalatedTo : waiting.roles
  }

  /// Whether anybody may do it, whomever it was escalated to.
  package var isForAnybody: Bool {
    guard let waiting else { return responsibleRole == nil }
    switch waiting.cause {
    case .answer, .approval, .byHand: return waiting.roles.isEmpty
    case .event, .time, .first: return responsible.isEmpty
    }
  }

  /// The roles that escalations brought in.
  package var escalatedTo: [String] { waiting?.escalatedTo ?? [] }
}

extension Value {
  /// Text as it is, everything else as JSON.
  var shownText: String {
    if case .string(let text) = self { return text }
    return JSONText.compact(self)
  }
}

extension [UInt8] {
  fileprivate mutating func append(text: String) {
    append(number: UInt32(clamping: text.utf8.count))
    append(contentsOf: text.utf8)
  }
}
