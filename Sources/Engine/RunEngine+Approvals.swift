import Fields
import Values
import Workflows

extension RunEngine {
  // MARK: Deciding

  /// What a person's decision changes.
  ///
  /// - Parameter shown: the hash of what the person saw; nil takes what is shown now.
  func decide(
    _ address: String, approves: Bool, comment: String?, shown: String?, _ command: Command
  ) throws(Refusal) -> [PendingEvent] {
    let (step, record) = try self.record(at: address)
    guard case .approve = step.kind else {
      throw Refusal(
        "`\(address)` is not an approval", hint: hint(forDeciding: step, at: address))
    }
    guard case .waiting(let waiting, _) = record.phase, case .approval(let asked) = waiting.cause
    else { return try refuseLateDecision(address, approves, comment, record, command.actor) }
    if let shown, shown != asked.sha256 {
      throw Refusal(
        "what `\(address)` asks to approve has changed since it was shown",
        hint: "look again: baton status \(state.header.run)")
    }
    try requireRole(for: step, at: address, record, command)
    if approves { try requireProof(of: asked, address, command.actor) }
    if let earlier = record.people.decisions.first(where: { $0.by == command.actor }) {
      guard earlier.decided.approves != approves else {
        guard adds(comment, to: earlier) else { return [] }
        let more = Decided(approves: approves, comment: comment, shown: asked.sha256)
        return [PendingEvent(.people(.decided(more)), step: address)]
      }
      throw Refusal(
        "\(command.actor.id) has \(earlier.decided.approves ? "approved" : "rejected")"
          + " `\(address)` already, at \(earlier.at.journalText)")
    }
    let decided = Decided(approves: approves, comment: comment, shown: asked.sha256)
    return [PendingEvent(.people(.decided(decided)), step: address)]
  }

  private func hint(forDeciding step: Step, at address: String) -> String? {
    guard case .ask = step.kind else { return nil }
    return "answer it: " + command("answer", address)
  }

  /// Where others must not be able to have done it alone, only who signed in counts.
  private func requireProof(
    of asked: ApprovalShown, _ address: String, _ actor: Actor
  ) throws(Refusal) {
    guard asked.notStarter || asked.approvals > 1 else { return }
    guard actor.kind == .person else {
      throw Refusal(
        "`\(address)` is approved by people who signed in: a user of the machine proves nothing",
        hint: "`baton people token NAME` makes a token; set it as BATON_TOKEN")
    }
    if asked.notStarter, actor.id == state.startedBy.id {
      throw Refusal(
        "\(actor.id) started this run and cannot approve `\(address)`",
        hint: "somebody else has to approve it")
    }
  }

  private func refuseLateDecision(
    _ address: String, _ approves: Bool, _ comment: String?, _ record: StepRecord, _ actor: Actor
  ) throws(Refusal) -> [PendingEvent] {
    // What some had decided when it ended in another way decided nothing.
    guard let first = record.people.decisions.last, record.isDecided else {
      try refuseAfterExpiry(address, record)
      throw Refusal(
        "`\(address)` is not waiting for a decision: it is \(record.phase.status.rawValue)")
    }
    let mine = record.people.decisions.first { $0.by == actor }
    if let mine, mine.decided.approves == approves {
      guard adds(comment, to: mine) else { return [] }
      throw Refusal(
        "\(actor.id) has \(approves ? "approved" : "rejected") `\(address)` already, at"
          + " \(mine.at.journalText), and it is over: a comment is no part of it any more",
        hint: "keep it as a note: baton note \(state.header.run)"
          + " \(CommandWord.quoted(comment ?? ""))")
    }
    throw Refusal(
      "`\(address)` was \(first.decided.approves ? "approved" : "rejected") by \(first.by.id)"
        + " at \(first.at.journalText)")
  }

  /// Whether a comment says something that a decision does not say yet.
  private func adds(_ comment: String?, to earlier: PeopleRecord.Decision) -> Bool {
    guard let comment, !comment.isEmpty else { return false }
    let said = earlier.decided.comment ?? ""
    return comment != said && !said.split(separator: "\n").contains { $0 == comment }
  }

  // MARK: Who may

  /// Somebody who signed in does what their roles allow; the user of the machine may do everything.
  func requireRole(
    for step: Step, at address: String, _ record: StepRecord, _ command: Command
  ) throws(Refusal) {
    guard let standing = command.standing else { return }
    let roles = record.people.roles(with: step.role)
    guard !roles.isEmpty else { return }
    for role in roles {
      if standing.roles.contains(role) { return }
      if let holder = holder(ofRole: role, at: address), standing.names.contains(holder.name) {
        return
      }
    }
    let own = standing.roles.sorted().joined(separator: ", ")
    throw Refusal(
      "`\(address)` is for \(roles.joined(separator: " or ")), and \(command.actor.id) "
        + (own.isEmpty ? "has no role" : "has the roles \(own)"))
  }

  /// Approvals have one door: what could stand for one is refused, and so is what passes over one with the step
  /// around it.
  func refuseInstead(
    of step: Step, _ address: String, _ record: StepRecord, _ verb: String
  ) throws(Refusal) {
    guard case .approve = step.kind else {
      guard let approval = approvalToCome(inside: step, at: address) else { return }
      throw Refusal(
        "`\(address)` holds the approval `\(approval)`, which nobody has given: nobody can \(verb)",
        hint: wayOn(fromApproval: approval) ?? wayOn(from: address, record))
    }
    throw Refusal(
      "`\(address)` is an approval: nobody can \(verb)", hint: wayOn(fromApproval: address))
  }

  /// What there is to do about an approval at which the run stands; nil where it does not.
  func wayOn(fromApproval address: String) -> String? {
    guard state.isCurrent(address) || listAhead(at: address) != nil else { return nil }
    return switch state.steps[address]?.phase {
    case .waiting: "decide it: \(command("approve", address)), or \(command("reject", address))"
    case .failed: "ask for it again: \(command("retry", address))"
    default: nil
    }
  }

  /// What is left to do about a step that is neither done by hand nor passed over.
  private func wayOn(from address: String, _ record: StepRecord) -> String? {
    if case .inside = record.phase { return currentHint }
    let beginsAnew = record.group?.ending != nil || record.isPartlyTakenBack
    let way =
      switch record.phase {
      case .failed:
        "have it tried again: " + command("retry", address, beginsAnew ? "--again" : "")
      default: "go on once it can begin: baton resume \(state.header.run)"
      }
    return "\(way); or end the run: baton cancel \(state.header.run) --reason 'WHY'"
  }

  // MARK: Outcome

  /// The decision of all: the first rejection, or enough approvals of what is shown.
  func decided(_ shown: ApprovalShown, _ place: Place) -> Fulfilment? {
    let valid = shown.valid(place.record.people.decisions)
    let decision: Decision
    if let rejection = valid.first(where: { !$0.decided.approves }) {
      decision = place.record(.stepFailed(Failure(rejection)))
    } else if valid.count >= shown.approvals {
      decision = approve(valid, place)
    } else {
      return nil
    }
    return Fulfilment(at: Timestamp(seconds: .min), decision: decision)
  }

  private func approve(_ decisions: [PeopleRecord.Decision], _ place: Place) -> Decision {
    var outputs: ValueMap = ["by": .string(decisions.map(\.by.id).joined(separator: ", "))]
    let comments = decisions.compactMap(\.decided.comment)
    outputs["comment"] = .string(comments.joined(separator: "\n"))
    do throws(ExpressionFailure) {
      if let decision = try unmetAfterAnswer(outputs, place) { return decision }
    } catch {
      return place.fail(error)
    }
    return place.record(
      .stepSucceeded(
        outputs: StoredValues(clear: outputs), manner: .person, reason: nil, evidence: []))
  }

  /// Those whose decision counts already, and who started the run where that one cannot approve.
  package func peopleWhoCannotApprove(_ asked: ApprovalShown, _ record: StepRecord) -> Set<String> {
    Set(asked.valid(record.people.decisions).map(\.by.id))
      .union(asked.notStarter ? [state.startedBy.id] : [])
  }

  /// Who started the run without signing in, where the approval must be somebody else's: an account of the
  /// machine may be anybody, those who approve among them.
  package func starterWhoDidNotSignIn(for asked: ApprovalShown) -> Actor? {
    asked.notStarter && state.startedBy.kind == .user ? state.startedBy : nil
  }

  // MARK: Claims

  /// Whoever cannot decide or answer takes nothing from those who can.
  func claim(_ address: String, as claimed: Command) throws(Refusal) -> [PendingEvent] {
    let (step, record) = try current(at: address)
    let actor = claimed.actor
    if case .waiting(let waiting, _) = record.phase {
      try requireRole(for: step, at: address, record, claimed)
      if case .approval(let shown) = waiting.cause,
        peopleWhoCannotApprove(shown, record).contains(actor.id)
      {
        throw Refusal(
          "`\(address)` waits for others: \(actor.id) has approved it, or started the run and must not"
        )
      }
    }
    guard let claim = record.people.claim else {
      return [PendingEvent(.people(.claimed), step: address)]
    }
    guard claim.by == actor else {
      throw Refusal(
        "\(claim.by.id) is on `\(address)` since \(claim.at.journalText)",
        hint: command("release", address) + ", then claim it")
    }
    return []
  }

  func release(_ address: String) throws(Refusal) -> [PendingEvent] {
    let (_, record) = try current(at: address)
    return record.people.claim == nil ? [] : [PendingEvent(.people(.released), step: address)]
  }
}

extension ApprovalShown {
  /// Those of some decisions that are about what is shown.
  package func valid(_ decisions: [PeopleRecord.Decision]) -> [PeopleRecord.Decision] {
    decisions.filter { $0.decided.shown == sha256 }
  }
}

extension StepRecord {
  /// Whether an approval came to its end by what was decided.
  fileprivate var isDecided: Bool {
    switch phase.status {
    case .succeeded: true
    case .failed: failure?.code == Failure.rejected
    default: false
    }
  }
}

extension Failure {
  fileprivate init(_ rejection: PeopleRecord.Decision) {
    let comment = rejection.decided.comment.map { ": \($0)" } ?? ""
    var details: ValueMap = ["by": .string(rejection.by.id)]
    details["comment"] = rejection.decided.comment.map { .string($0) }
    self.init(
      code: Self.rejected, message: "\(rejection.by.id) rejected it\(comment)", details: details)
  }
}
