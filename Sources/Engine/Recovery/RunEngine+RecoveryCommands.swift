import Values
import Workflows

extension RunEngine {
  func undo(reason: String?) throws(Refusal) -> [PendingEvent] {
    // Whoever asks for it again after its process died is told nothing new: it goes on.
    if case .undoing(.end, _) = state.phase, state.parked == nil { return [] }
    try refuseWhileUnsettled("what was done is taken back")
    return [undoing(reason)]
  }

  func rewind(
    to name: String, again: [String], reason: String?
  ) throws(Refusal) -> [PendingEvent] {
    let address = try checkpoint(named: name)
    try refuseWhileUnsettled("the run goes back")
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
    let address = try checkpoint(named: name)
    try refuseGoingBack(to: address, again)
    return preview(ofGoingBackTo: address, again)
  }

  private func refuseGoingBack(to address: String, _ again: [String]) throws(Refusal) {
    // Going on behind the checkpoint would pass over it: an approval that is asked for again.
    if let standing = standingBefore(address) {
      throw Refusal(
        "the run stands at `\(standing)` again, which comes before the checkpoint",
        hint: currentHint)
    }
    let later = laterSteps(than: address)
    for step in again where !later.contains(where: { $0.address == step }) {
      throw Refusal("`\(step)` does not come after the checkpoint, or has not been begun")
    }
    if let loop = later.first(where: { !canRedo($0, again: Set(again)) }) {
      throw Refusal(
        "`\(loop.address)` has steps that cannot be taken back, and a loop is done again as a whole",
        hint: "to do all of it again: --again \(loop.address)")
    }
  }

  func chooseByHand(_ address: String, reason: String?) throws(Refusal) -> [PendingEvent] {
    guard let step = step(at: address) else {
      throw Refusal("this run has no step `\(address)`", hint: currentHint)
    }
    guard case .action = step.kind else {
      throw Refusal("`\(address)` is not done by the machine: there is nothing to take over")
    }
    guard !state.recovery.open.values.contains(where: { $0.start.failed == address }) else {
      throw Refusal("the recovery steps of `\(address)` are under way", hint: currentHint)
    }
    switch state.steps[address]?.phase {
    case nil, .entered, .failed(acted: false), .blocked, .unavailable, .retrying: break
    case .inDoubt:
      throw Refusal(
        "`\(address)` is in doubt: settle that first",
        hint: commandToResolve(address))
    case .some(let phase):
      throw Refusal("`\(address)` cannot be taken over now: \(phase.sentence)")
    }
    return [PendingEvent(.recovery(.byHandChosen(reason: reason)), step: address)]
  }

  /// The address of the checkpoint that a person named.
  private func checkpoint(named name: String) throws(Refusal) -> String {
    let passed = state.checkpoints
    let found = passed.last { address in
      address == name || step(at: address)?.checkpoint == name
    }
    guard let found else {
      throw Refusal("the run has not passed a checkpoint `\(name)`", hint: passedCheckpoints)
    }
    guard location(of: found) != nil else {
      throw Refusal(
        "the workflow has no step `\(found)` any more since the run was moved to another version",
        hint: passedCheckpoints)
    }
    guard path(to: found) != nil else {
      throw Refusal(
        "`\(found)` lies inside a loop or a branch: a run goes back to a checkpoint outside of them"
      )
    }
    return found
  }

  private var passedCheckpoints: String {
    let known = Set(state.checkpoints.compactMap { step(at: $0)?.checkpoint }).sorted()
    return known.isEmpty
      ? "it has passed none" : "it has passed " + known.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// Going back needs to know what is there to go back from.
  private func refuseWhileUnsettled(_ what: String) throws(Refusal) {
    guard case .main = state.phase else {
      if case .undoing = state.phase {
        throw Refusal(
          "the run takes back what it did already",
          hint: "go on with that: baton resume \(state.header.run)", isForNow: true)
      }
      throw Refusal("the run is ending already")
    }
    if let doubt = doubts.first {
      let resolve = commandToResolve(doubt)
      guard case .inDoubt? = state.steps[doubt]?.phase else {
        throw Refusal(
          "nobody knows yet whether `\(doubt)` took effect: that is settled before \(what)",
          hint:
            "it is safe to try again: \(command("retry", doubt)); or look: \(resolve)"
        )
      }
      throw Refusal("`\(doubt)` is in doubt: that is settled before \(what)", hint: resolve)
    }
    for address in currentAddresses {
      if isUnsettled(address) {
        throw Refusal(
          "`\(address)` is being carried out: what came of it is known before \(what)",
          hint: "go on first: baton resume \(state.header.run)", isForNow: true)
      }
    }
  }
}
