import CEL

/// A step that the run comes past only where something is so: behind a `finish` its condition does not
/// hold, behind a loop its `until` does, behind a `choose` no case was taken that ends the run.
struct Passage {
  let position: Int
  let step: Step
  /// Conditions, and what they are where the step was passed.
  let tells: [(condition: Expression, isTrue: Bool)]

  /// Beyond so many cases, their conditions are not followed.
  private static let caseLimit = 200

  /// A step at a position; nil where it tells nothing.
  ///
  /// - Parameter hasFinish: whether any step of the file ends the run.
  init?(_ position: Int, _ step: Step, hasFinish: Bool) {
    self.position = position
    self.step = step
    switch step.kind {
    case .finish: tells = step.condition.map { [($0, false)] } ?? []
    case .repeat(let loop): tells = loop.atMost == nil ? [(loop.until, true)] : []
    case .choose(let cases) where hasFinish: tells = Self.tells(of: cases)
    default: return nil
    }
    if tells.isEmpty { return nil }
  }

  /// Whether the step is there to end the run, rather than to be done.
  var isEnd: Bool { if case .finish = step.kind { true } else { false } }

  private static func tells(of cases: [Case]) -> [(Expression, Bool)] {
    let ends = cases.map(\.steps.endsRun)
    guard ends.contains(true) else { return [] }
    let others = cases.indices.filter { !ends[$0] }
    guard others.count == 1, cases.last?.when == nil || oneMustHold(cases) else {
      let first = zip(cases, ends).prefix { $0.1 }.prefix(caseLimit)
      return first.compactMap { way, _ in way.when.map { ($0, false) } }
    }
    let earlier = cases.prefix(others[0]).suffix(caseLimit).compactMap(\.when)
    return earlier.map { ($0, false) } + (cases[others[0]].when.map { [($0, true)] } ?? [])
  }
}

extension Passage {
  /// Whether one of the cases holds, whatever they read: one of them where another does not.
  private static func oneMustHold(_ cases: [Case]) -> Bool {
    let conditions = cases.prefix(caseLimit).compactMap(\.when)
    var facts = Facts()
    for condition in conditions {
      if let tree = condition.checked?.tree {
        if facts.imply(tree, is: true, in: Spelling(Array(condition.source.utf8))) { return true }
      }
      facts.add(condition, is: false)
    }
    return false
  }
}

extension StepList {
  /// Whether the run ends before the end of the list, whatever happens in it.
  fileprivate var endsRun: Bool {
    guard let end = steps.firstIndex(where: \.endsRun) else { return false }
    return steps.prefix(end).allSatisfy { step in
      guard case .goTo(let id) = step.kind else { return true }
      return position(of: id).map { $0 <= end } ?? true
    }
  }
}

extension Step {
  fileprivate var endsRun: Bool {
    guard isControl, condition == nil, onFailure == nil else { return false }
    switch kind {
    case .finish: return true
    case .section(let list): return list.endsRun
    case .choose(let cases):
      return cases.last.map { $0.when == nil } == true && cases.allSatisfy(\.steps.endsRun)
    default: return false
    }
  }
}
