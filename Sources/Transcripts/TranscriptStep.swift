package import Engine
package import Values

/// What a transcript says about one step that the journal does not: its title, who is responsible,
/// and the time it should take, which the definition knows that the run is pinned to; and where the
/// step stands, which follows from all of the journal together.
package struct StepDescription: Sendable, Hashable {
  package let address: String
  package let title: String
  package let role: String?
  package let target: TimeSpan?
  /// nil for a step in a round or iteration that is over.
  package let status: StepStatus?
  /// In how many steps it stands.
  package let depth: Int

  package init(
    address: String, title: String, role: String? = nil, target: TimeSpan? = nil,
    status: StepStatus? = nil, depth: Int = 0
  ) {
    self.address = address
    self.title = title
    self.role = role
    self.target = target
    self.status = status
    self.depth = depth
  }
}

/// What has become of one step, summed up from the journal.
package struct TranscriptStep: Sendable, Hashable {
  package let address: String
  package var title: String
  package var role: String?
  package var status: String
  /// `machine`, `person`, `by_hand` or `override`, once the step has ended.
  package var how: String?
  package var by: String?
  package var reason: String?
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?
  package var attempts = 0
  package var target: TimeSpan?
  /// In how many steps it stands.
  package var depth = 0

  /// How long it took, once it has ended.
  package var duration: TimeSpan? { finishedAt.flatMap { $0.since(startedAt) } }

  /// Whether the step kept within its target; nil without a target, and while it has not ended.
  package var isWithinTarget: Bool? {
    guard let target, let duration, status == "succeeded" else { return nil }
    return duration <= target
  }
}
