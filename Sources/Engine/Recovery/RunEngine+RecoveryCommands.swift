import Values
import Workflows

extension RunEngine {
  func undo(reason: String?, now: Timestamp) throws(Refusal) -> [PendingEvent] {
    // Whoever asks for it again after its process died is told nothing new: it goes on.
    if case .undoing(.end, _) = state.phase, state.parked == nil { return [] }
    try refuseWhileUnsettled("what was done is taken back", now: now)
    return [undoing(reason)]
  }

  func rewind(
    to name: String, again: [String], reason: String?, now: Timestamp
  ) throws(Refusal) -> [PendingEvent] {
    let address = try checkpoint(named: name)
    try refuseWhileUnsettled("the run goes back", now: now)
    try refuseGoingBack(to: address, again)
    return [
      PendingEvent(
        .recovery(
          .rewinding(to: address, again: again, message: reason, keepsManual: true)))
    ]
  }

  /// What `rewind` would do now.
  package func rewindPreview(
    to name: String, again: [String]
  ) throws(Refusal) -> RewindPreview {
    try refuseOutsideProcedure()
    let address = try checkpoint(named: name)
    let back = try refuseGoingBack(to: address, again)
    return preview(ofGoingBackTo: address, again, back)
  }

  /// - Returns: the run as it will be once everything is taken back that can be.
  @discardableResult
  private func refuseGoingBack(
    to address: String, _ again: [String]
  ) throws(Refusal) -> RunEngine {
    if let approval = askedAgain(before: address) {
      throw Refusal(
        "`\(approval)` is asked again, and does not come after the checkpoint",
        hint: wayOn(fromApproval: approval) ?? currentHint)
    }
    // Going on behind the checkpoint would pass over it: an approval that is asked for again.
    if let standing = standingBefore(address) {
      throw Refusal(
        "the run stands at `\(standing)` again, which comes before the checkpoint",
        hint: currentHint)
    }
    try refuseInMiddleOfWhole(address)
    let back = takenBack(to: address, again)
    let ways = back.waysBack(to: address, again: Set(again))
    for step in again where !ways.contains(where: { $0.later.address == step }) {
      if let loop = ways.first(where: { step.hasPrefix($0.later.address + "[") }) {
        throw Refusal(
          "`\(step)` is a step of a loop, which is done again as a whole",
          hint: "to do all of it again: --again \(loop.later.address)")
      }
      try refuseNoStep(step)
      throw Refusal("`\(step)` does not come after the checkpoint, or has not been begun")
    }
    if let torn = ways.first(where: { $0.outcome == .torn }) {
      let (address, step) = (torn.later.address, torn.later.step)
      let message =
        if back.isDoneByHandAsAWhole(step, at: address) {
          "`\(address)` was done by hand as a whole, and some of it would be taken back or done again"
        } else {
          "`\(address)` has steps that cannot be taken back, and "
            + (step.isLoop ? "a loop is done again" : "it is taken back") + " as a whole"
        }
      throw Refusal(message, hint: "to do all of it again: --again \(address)")
    }
    if let lost = back.takenBackForGood {
      throw Refusal(
        "`\(lost)` would be taken back and not done again: it does not come after the checkpoint"
          + " any more")
    }
    return back
  }

  /// An approval that is asked again and that going back to a checkpoint would leave behind; nil where there
  /// is none.
  private func askedAgain(before checkpoint: String) -> String? {
    guard !state.askedAgain.isEmpty else { return nil }
    let later = Set(laterSteps(than: checkpoint).map(\.address))
    return state.askedAgain.lazy.compactMap { self.state.frames[$0]?.currentAddress }
      .first { !later.contains($0) }
  }

  /// A step of the procedure that was taken back on the way to the checkpoint, and that the run does not come
  /// to again: another version has it elsewhere; nil where there is none.
  private var takenBackForGood: String? {
    guard state.migrations > 0 else { return nil }
    var engine = self
    engine.apply(Event(.recovery(.rewound(.newest)), at: state.lastAt))
    return state.recovery.takingBack.lazy.map { state.undo.entries[$0].step }.first { step in
      guard case .undone? = engine.state.steps[step]?.phase, let path = path(to: step) else {
        return false
      }
      return isOfProcedure(path)
    }
  }

  func chooseByHand(
    _ address: String, reason: String?, now: Timestamp
  ) throws(Refusal) -> [PendingEvent] {
    try refuseNeverToCome(address)
    guard let step = step(at: address) else {
      throw Refusal("this run has no step `\(address)`", hint: currentHint)
    }
    guard case .action = step.kind else {
      throw Refusal("`\(address)` is not done by the machine: there is nothing to take over")
    }
    guard !state.recovery.open.values.contains(where: { $0.start.failed == address }) else {
      throw Refusal("the recovery steps of `\(address)` are under way", hint: currentHint)
    }
    try refuseInDoubt(address, now: now)
    switch state.steps[address]?.phase {
    case nil, .entered, .failed(acted: false), .blocked, .unavailable, .retrying: break
    case .some(let phase):
      throw Refusal("`\(address)` cannot be taken over now: \(phase.sentence)")
    }
    return [PendingEvent(.recovery(.byHandChosen(reason: reason)), step: address)]
  }

  /// The address of the checkpoint that a person named.
  private func checkpoint(named name: String) throws(Refusal) -> String {
    guard let found = try addressOfCheckpoint(named: name) else {
      throw Refusal("the run has not passed a checkpoint `\(name)`", hint: passedCheckpoints)
    }
    guard location(of: found) != nil else {
      throw Refusal(
        "the workflow has no step `\(found)` any more since the run was moved to another version",
        hint: passedCheckpoints)
    }
    guard let path = path(to: found) else {
      throw Refusal(
        "`\(found)` lies inside a loop or a branch: a run goes back to a checkpoint outside of them"
      )
    }
    if let around = path.dropLast().first(where: { state.steps[$0.address]?.group == nil }) {
      throw Refusal(
        "`\(around.address)`, around the checkpoint, was not carried out: a run goes back to none there",
        hint: passedCheckpoints)
    }
    guard isOfProcedure(path) else {
      throw Refusal(
        "`\(found)` is a recovery step, or lies in `finally`: a run goes back to no checkpoint there"
      )
    }
    return found
  }

  private var passedCheckpoints: String {
    let known = Set(state.checkpoints.compactMap { step(at: $0)?.checkpoint }).sorted()
    return known.isEmpty
      ? "it has passed none" : "it has passed " + known.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// The step that has a checkpoint which the run has passed: one at that very address, else the only one
  /// that has the name.
  private func addressOfCheckpoint(named name: String) throws(Refusal) -> String? {
    let passed = state.checkpoints
    if passed.contains(name) { return name }
    let named = passed.filter { step(at: $0)?.checkpoint == name }
    let reachable = Set(named.filter { path(to: $0).map(isOfProcedure) ?? false })
    guard reachable.count > 1 else { return reachable.first ?? named.last }
    let places = reachable.sorted()
    throw Refusal(
      "several steps have a checkpoint `\(name)`: "
        + places.map { "`\($0)`" }.joined(separator: ", "),
      hint: "say which of them: --to \(places[0])")
  }

  private func refuseOutsideProcedure() throws(Refusal) {
    switch state.phase {
    case .main: return
    case .undoing:
      let message = "the run takes back what it did already"
      if let hint = hintToSettleUndo { throw Refusal(message, hint: hint) }
      throw Refusal(
        message, hint: "go on with that: baton resume \(state.header.run)", isForNow: true)
    case .finishing: throw Refusal("the run is ending already")
    case .ended: throw Refusal("the run is over")
    }
  }

  /// What a person does about the step at which taking back is stuck; nil where it goes on by itself.
  private var hintToSettleUndo: String? {
    guard let address = currentAddresses.first, let phase = state.steps[address]?.phase else {
      return nil
    }
    return switch phase {
    case .failed: "settle `\(address)` first, by retry, done or skip: \(command("retry", address))"
    case .waiting: "`\(address)` is done by hand first: \(commandForHand(address))"
    case .inDoubt: currentHint
    default: nil
    }
  }

  /// Going back needs to know what is there to go back from.
  private func refuseWhileUnsettled(_ what: String, now: Timestamp) throws(Refusal) {
    try refuseOutsideProcedure()
    try refuseWithDoubts("that is settled before \(what)", now: now)
    for address in currentAddresses {
      if isUnsettled(address) {
        throw Refusal(
          "`\(address)` is being carried out: what came of it is known before \(what)",
          hint: "go on first: baton resume \(state.header.run)", isForNow: true)
      }
    }
  }
}
