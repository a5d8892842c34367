import Values
import Workflows

/// The steps that people name in commands, by their addresses.
extension RunEngine {
  func record(at address: String) throws(Refusal) -> (Step, StepRecord) {
    guard let step = step(at: address) else {
      try refuseNoStep(address)
      throw Refusal("this run has no step `\(address)`", hint: currentHint)
    }
    guard let record = state.steps[address] else {
      try refuseNeverToCome(address)
      throw Refusal("the run has not come to `\(address)` yet", hint: currentHint)
    }
    return (step, record)
  }

  /// - Parameter mayBeHeld: Whether something is decided though it waits for an approval that is asked again.
  func current(
    at address: String, mayBeHeld: Bool = false
  ) throws(Refusal) -> (Step, StepRecord) {
    let found = try record(at: address)
    guard state.isCurrent(address) || listAhead(at: address) != nil else {
      if case .entered = found.1.phase {
        throw Refusal("the run went back and has not come to `\(address)` again", hint: currentHint)
      }
      let isUnmet = state.checkpointTest?.step == address
      throw Refusal(
        "the run has passed `\(address)`: it is \(found.1.phase.status.rawValue)",
        hint: isUnmet ? hintAboutUnmetCheckpoint(address) : currentHint)
    }
    if !mayBeHeld { try refuseHeld(address, found.1) }
    return found
  }

  var currentHint: String? {
    let here = currentAddresses.filter { state.steps[$0] != nil }
    return here.isEmpty
      ? nil : "the run stands at " + here.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// Refuses an address that no step of the run has: with a section in it, a round of something that is no loop,
  /// or an item that its list does not have.
  func refuseNoStep(_ address: String) throws(Refusal) {
    guard state.steps[address] == nil, state.undo.position(of: address) == nil else { return }
    guard workflow.hasAddress(address) else {
      let own = workflow.address(of: String(address.lastID))
      throw Refusal(
        "this run has no step `\(address)`",
        hint: own.map {
          $0.contains("[") ? "`\($0)` is the first of them" : "its address is `\($0)`"
        } ?? currentHint)
    }
    try refuseMissingItem(address)
  }

  /// Refuses an address of which the run knows nothing and to which it does not come: that of no step, or of one in
  /// something that is over.
  func refuseNeverToCome(_ address: String) throws(Refusal) {
    try refuseNoStep(address)
    // What takes a step back outlives its round.
    guard state.steps[address] == nil, state.undo.position(of: address) == nil else { return }
    if let round = finishedRound(around: address) {
      throw Refusal(
        "`\(round)` is over, and `\(address)` with it",
        hint: "what was done there: baton transcript \(state.header.run)")
    }
    if let part = finishedPart(around: address) {
      throw Refusal(
        "the run has passed `\(part)`, and `\(address)` with it", hint: currentHint)
    }
  }

  private func refuseMissingItem(_ address: String) throws(Refusal) {
    var missing: (loop: String, count: Int)?
    LoopCensus.forEachItem(around: address) { loop, index in
      guard let count = state.steps[loop]?.group?.start.count, index >= count else { return }
      missing = (loop, count)
    }
    guard let missing else { return }
    throw Refusal(
      "this run has no step `\(address)`",
      hint: missing.count == 0
        ? "`\(missing.loop)` has no items"
        : "`\(missing.loop)[\(missing.count - 1)]` is the last item of `\(missing.loop)`")
  }

  /// The part around a step that the run has done or passed over; nil where there is none.
  private func finishedPart(around address: String) -> String? {
    way(to: address)?.dropLast().map(\.address).first { outer in
      switch state.steps[outer]?.phase {
      case .succeeded, .skipped: true
      default: false
      }
    }
  }

  /// The round or iteration around an address that is over: what is known of its steps is dropped.
  private func finishedRound(around address: String) -> String? {
    for end in address.indices where address[end] == "]" {
      guard let start = address[..<end].lastIndex(of: "["),
        let index = Int(address[address.index(after: start)..<end]),
        let group = state.steps[String(address[..<start])]?.group
      else { continue }
      let isOpen = group.open.contains { state.frames[$0]?.index == index }
      if !isOpen, index < max(group.rounds, group.nextItem) { return String(address[...end]) }
    }
    return nil
  }
}
