package import Engine
package import Values

/// What a transcript says about one step that the journal does not: its title, who is responsible,
/// and the time it should take, which the definition knows that the run is pinned to; and where the
/// step stands and since when, which follows from all of the journal together.
package struct StepDescription: Sendable, Hashable {
  package let address: String
  package let title: String
  package let role: String?
  package let target: StepTarget?
  /// The targets by the versions of the workflow before, oldest first.
  package let earlierTargets: [EarlierTarget]
  /// nil for a step in a round or iteration that is over.
  package let status: StepStatus?
  /// When it began, since the run last went back behind it; nil where that is not known.
  package let startedAt: Timestamp?
  /// When it was over; nil where it is not, or where that is not known.
  package let finishedAt: Timestamp?
  /// In how many steps it stands.
  package let depth: Int
  /// Whether it holds other steps together and does nothing itself.
  package let isContainer: Bool
  /// What has become of its items, of a loop over a list that the run still knows of.
  package let items: LoopItems?
  /// The addresses of the sections, choices and parallels that it stands in: its own does not show them.
  package let sections: [String]

  package init(
    address: String, title: String, role: String? = nil, target: StepTarget? = nil,
    earlierTargets: [EarlierTarget] = [], status: StepStatus? = nil, startedAt: Timestamp? = nil,
    finishedAt: Timestamp? = nil, depth: Int = 0, isContainer: Bool = false,
    items: LoopItems? = nil, sections: [String] = []
  ) {
    self.address = address
    self.title = title
    self.role = role
    self.target = target
    self.earlierTargets = earlierTargets
    self.status = status
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.depth = depth
    self.isContainer = isContainer
    self.items = items
    self.sections = sections
  }
}

/// A doubt, and who said what had happened.
package struct SettledDoubt: Sendable, Hashable {
  let at: Timestamp
  package let by: String
  package let happened: Bool
  package let reason: String?
  /// The files that were kept as evidence of it.
  package var evidence: [Evidence] = []

  /// `doubt settled by user root, it happened: it is in the console`.
  package var sentence: String {
    "doubt settled by \(by), it \(happened ? "happened" : "did not happen")"
      + (reason.map { ": \($0)" } ?? "")
      + evidence.map { ", evidence \($0.sentence)" }.joined()
  }
}

/// What has become of one step, summed up from the journal.
package struct TranscriptStep: Sendable, Hashable {
  package internal(set) var address: String
  package var title: String
  package var role: String?
  package var status: String
  /// `machine`, `person`, `by_hand` or `override`, once the step has ended.
  package var how: String?
  package var by: String?
  package var reason: String?
  /// What a person or a probe said of attempts that nobody knew the outcome of, oldest first.
  package var settled: [SettledDoubt] = []
  /// The files that were kept as evidence.
  package var evidence: [Evidence] = []
  /// What has become of the items, of a loop over a list.
  package var items: LoopItems?
  /// nil where the run went back behind the step and has not come to it again.
  package var startedAt: Timestamp?
  package var finishedAt: Timestamp?
  package var attempts = 0
  /// How often it succeeded: a recovery step, or one that a run went back behind, may do so more than once.
  package var times = 0
  package var target: StepTarget?
  /// In how many steps it stands.
  package var depth = 0
  /// Whether it holds other steps together and does nothing itself.
  package var isContainer = false
  /// Whether it failed and the run went on without it.
  var isPassedOver = false

  /// How it was done and by whom, where that is not to be asked of the steps inside it.
  var doing: (how: String?, by: String?) {
    isContainer && how == "machine" ? (nil, nil) : (how, by)
  }

  /// Why it was passed over, or done in another way than the procedure says.
  var why: String? { how == "machine" ? reason.map(SkipReason.words) : reason }

  /// What else there is to say of how it was done: what became of its items, who settled a doubt, and
  /// what there is to show for it.
  var remarks: [String] {
    [items?.words].compactMap(\.self) + settled.map(\.sentence)
      + evidence.map { "evidence \($0.sentence)" }
  }

  /// How often it was tried, and succeeded; nothing where that was once.
  var tries: [String] {
    guard attempts > 1 else { return [] }
    let done = times > 1 ? ["done \(times) times"] : []
    return attempts > times || times < 2 ? done + ["\(attempts) attempts"] : done
  }

  /// Whether it is done because somebody said that it had happened, as the remarks say already.
  var isDoneAsSettled: Bool {
    guard let last = settled.last else { return false }
    return how == Manner.person.rawValue && last.happened && last.by == by
  }

  /// The status in words. While nothing executes the run, nothing of it is running.
  func words(whileRunIs status: String) -> String {
    let isAtRest =
      self.status == StepStatus.running.rawValue && status != RunStatus.running.rawValue
    return isAtRest ? "begun" : self.status.split(separator: "_").joined(separator: " ")
  }

  /// How long it took, once it has ended.
  package var duration: TimeSpan? {
    startedAt.flatMap { start in finishedAt.flatMap { $0.since(start) } }
  }

  /// Whether the step kept within its target; nil without a target, and while it has not ended.
  package var isWithinTarget: Bool? {
    guard let target, let startedAt, let finishedAt, status == "succeeded" else { return nil }
    return target.isMet(from: startedAt, to: finishedAt)
  }
}
