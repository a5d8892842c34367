import CEL

extension PlaceFacts {
  // MARK: Order

  /// The outermost loop around a step that is not around a place: there its steps have no outputs.
  func loopLeft(_ step: Step, at place: StepMap.Location) -> Step? {
    guard step.parent != nil, let own = map.location(of: step.index) else { return nil }
    let around = map.chain(place)
    for (level, location) in map.chain(own).enumerated() {
      if level < around.count, around[level].list === location.list { continue }
      switch location.list.purpose {
      case .loop, .forEach: return location.list.owner
      default: break
      }
    }
    return nil
  }

  /// The depth of the innermost list that two places share; nil where they share none.
  private func meeting(_ one: [StepMap.Location], _ other: [StepMap.Location]) -> Int? {
    var depth = -1
    while depth + 1 < min(one.count, other.count), one[depth + 1].list === other[depth + 1].list {
      depth += 1
      if one[depth].position != other[depth].position { break }
    }
    return depth < 0 ? nil : depth
  }

  /// Whether nothing more becomes of a step from a place on.
  func isOver(_ step: Step, at place: StepMap.Location) -> Bool {
    guard let own = map.location(of: step.index) else { return false }
    let source = map.chain(own)
    let target = map.chain(place)
    guard let depth = meeting(source, target) else { return isOver(rootOf: source) }
    let positions = (source[depth].position, target[depth].position)
    if positions.0 != positions.1 {
      if case .parallel = source[depth].list.purpose { return false }
      return positions.0 < positions.1
    }
    guard target.count > depth + 1 else { return place.isDone }
    guard source.count > depth + 1 else { return false }
    switch (source[depth + 1].list.purpose, target[depth + 1].list.purpose) {
    case (.recovery, _): return false
    case (_, .recovery), (.branch, _): return true
    default: return false
    }
  }

  /// `finally` and the recovery of `defaults` follow upon the steps of the workflow.
  private func isOver(rootOf source: [StepMap.Location]) -> Bool {
    guard case .main = source[0].list.purpose else { return false }
    return true
  }

  // MARK: Doubt

  /// How a step has to have ended.
  enum NeededEnd {
    case success
    /// Failed and skipped steps have ended too.
    case any
  }

  /// Why a step may not have ended so at a place; nil where it has.
  func doubt(
    _ step: Step, at place: StepMap.Location, needs end: NeededEnd = .success, facts: Facts?
  ) -> String? {
    guard let own = map.location(of: step.index) else { return nil }
    let source = map.chain(own)
    let target = map.chain(place)
    guard let depth = meeting(source, target) else { return outside(target) }
    let positions = (source[depth].position, target[depth].position)
    if positions.0 == positions.1 {
      // What has succeeded has done what is in it.
      if place.isDone, target.count == depth + 1 {
        return doubt(along: source[(depth + 1)...], upTo: .max, needs: end, facts)
      }
      return source.count == depth + 1 ? "it is not done yet here" : "it stands on another branch"
    }
    if case .parallel = source[depth].list.purpose { return "it runs side by side with this one" }
    if positions.0 > positions.1 { return "it comes later" }
    return doubt(along: source[depth...], upTo: positions.1, needs: end, facts)
  }

  private func outside(_ target: [StepMap.Location]) -> String {
    guard let list = target.first?.list else { return "it may not have run" }
    if case .finally = list.purpose { return "`finally` runs whatever has happened before" }
    return "it does not stand before this place"
  }

  /// Walks down from the list that both share to the step.
  ///
  /// - Parameter position: where the place stands in that list.
  func doubt(
    along chain: ArraySlice<StepMap.Location>, upTo position: Int,
    needs end: NeededEnd = .success, _ facts: Facts?
  ) -> String? {
    guard let last = chain.last else { return nil }
    let id = map.step(at: last).id
    // A step that was not come to is still pending.
    let isBegun = facts?.rulesOut("pending", ofStep: id) == true
    let isTried = facts?.rulesOut("skipped", ofStep: id) == true
    let isUnfailed = facts?.rulesOut("failed", ofStep: id) == true
    for (level, location) in chain.enumerated() {
      let step = map.step(at: location)
      let isLast = level == chain.count - 1
      let isEntered = isLast && end == .success ? isTried : isBegun
      if level > 0 || position == .max, !isBegun, let reason = doubt(entering: location, facts) {
        return reason
      }
      // What was skipped, and what has failed, has ended; only what is inside of it has not begun.
      if !isLast || end == .success {
        if let condition = step.condition, !isEntered, !holds(condition, at: location, facts) {
          return "it is skipped unless `\(condition.source.trimmed)`"
        }
        if isPassedOver(step), !isUnfailed || !isLast && !isBegun {
          return "the run goes on when it fails"
        }
      }
      let limit = level == 0 ? position : .max
      if !isEntered, let jump = jump(over: location, upTo: limit, facts) {
        return "`go_to` of step `\(jump.id)` passes over it"
      }
    }
    return nil
  }

  private func doubt(entering location: StepMap.Location, _ facts: Facts?) -> String? {
    switch location.list.purpose {
    case .recovery: return "it runs only after a failure"
    case .branch(let number):
      guard let owner = location.list.owner, case .choose(let cases) = owner.kind,
        let around = map.location(of: owner.index)
      else { return nil }
      let when = cases[number].when
      if let when, !holds(when, at: around, facts) {
        return "it runs only when `\(when.source.trimmed)`"
      }
      let earlier = cases.prefix(number).compactMap(\.when)
      guard let other = earlier.first(where: { !excludes($0, at: around, facts) }) else {
        return nil
      }
      return when == nil
        ? "it runs only when no other case holds"
        : "the case before it may hold: `\(other.source.trimmed)`"
    default: return nil
    }
  }

  /// A `go_to` that may have led over a step to a position, or before it.
  func jump(over location: StepMap.Location, upTo limit: Int, _ facts: Facts?) -> Step? {
    let list = location.list
    guard list.isJumpedOver(location.position) else { return nil }
    return list.jumps.first { jump in
      guard jump.position < location.position, jump.target > location.position,
        jump.target <= limit
      else { return false }
      guard let condition = jump.step.condition else { return true }
      let own = StepMap.Location(list: list, position: jump.position)
      return !excludes(condition, at: own, facts)
    }?.step
  }
}
