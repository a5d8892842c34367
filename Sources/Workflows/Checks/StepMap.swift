/// Where every step stands: its list, its place in it, and what the list is for.
final class StepMap {
  enum Purpose {
    case main, finally, section, parallel, forEach, loop, recovery
    case branch(Int)
  }

  final class List {
    let steps: StepList
    /// The step that the list belongs to; nil at the top.
    let owner: Step?
    let purpose: Purpose
    /// The steps with `go_to`, and the positions they lead to.
    private(set) var jumps: [(position: Int, target: Int, step: Step)] = []
    /// The steps that the run does not come past, unless something is so.
    private(set) var passages: [Passage] = []
    /// What the passages before a position tell; see ``passed(upTo:_:)``.
    private var behind = Facts()
    private var behindPosition = 0
    private var passedCount = 0
    /// Those before the position last asked for that the run may have come past in another way.
    private(set) var doubtful: [Passage] = []
    /// How many jumps pass over each position.
    private var jumpCounts: [Int] = []

    init(_ steps: StepList, owner: Step?, _ purpose: Purpose, hasFinish: Bool) {
      self.steps = steps
      self.owner = owner
      self.purpose = purpose
      for (position, step) in steps.steps.enumerated() where step.isControl {
        switch step.kind {
        case .goTo(let id):
          guard let target = steps.position(of: id) else { continue }
          jumps.append((position, target, step))
        default:
          if let passage = Passage(position, step, hasFinish: hasFinish) {
            passages.append(passage)
          }
        }
      }
      countJumps()
    }

    func isJumpedOver(_ position: Int) -> Bool {
      !jumps.isEmpty && position < jumpCounts.count && jumpCounts[position] > 0
    }

    /// Takes up what every passage before a position tells. Places are asked for in the order of the
    /// file, so that each is taken up once.
    ///
    /// - Parameters:
    ///   - take: Takes up what a passage tells; false where the run may have come past it in another way.
    ///   - expand: Follows what is known.
    func passed(
      upTo position: Int, _ take: (Passage, inout Facts) -> Bool,
      _ expand: (inout Facts) -> Void
    ) -> Facts {
      if position < behindPosition {
        behind = Facts()
        passedCount = 0
        doubtful = []
      }
      behindPosition = position
      while passedCount < passages.count, passages[passedCount].position < position {
        let passage = passages[passedCount]
        if !take(passage, &behind) { doubtful.append(passage) }
        passedCount += 1
      }
      expand(&behind)
      return behind
    }

    private func countJumps() {
      guard !jumps.isEmpty else { return }
      var changes = [Int](repeating: 0, count: steps.count + 1)
      for jump in jumps {
        changes[jump.position + 1] += 1
        changes[jump.target] -= 1
      }
      var count = 0
      jumpCounts = changes.map { change in
        count += change
        return count
      }
    }
  }

  struct Location {
    let list: List
    let position: Int
    /// Whether the step at the position is done, with all that is in it.
    var isDone = false
  }

  let main: List
  private let hasFinish: Bool
  private var locations: [Location?]
  private var loops: [Int: List] = [:]

  /// - Parameters:
  ///   - count: How many steps the file has.
  ///   - hasFinish: Whether any of them ends the run.
  init(_ parts: Workflow.Parts, count: Int, hasFinish: Bool) {
    self.hasFinish = hasFinish
    locations = Array(repeating: nil, count: count)
    main = List(parts.steps, owner: nil, .main, hasFinish: hasFinish)
    enter(main)
    enter(parts.finally, of: nil, .finally)
    if case .recover(let branches)? = parts.defaultOnFailure {
      for branch in branches { enter(branch.steps, of: nil, .recovery) }
    }
  }

  func location(of index: Int) -> Location? {
    index < locations.count ? locations[index] : nil
  }

  /// Where the steps of a loop are done: there its `until` is looked at, and its `collect`.
  func endOfLoop(_ index: Int) -> Location? {
    loops[index].map { Location(list: $0, position: $0.steps.count) }
  }

  func step(at location: Location) -> Step { location.list.steps.steps[location.position] }

  /// The way from the top to a place.
  func chain(_ place: Location) -> [Location] {
    var chain = [place]
    while let owner = chain[chain.count - 1].list.owner, let next = location(of: owner.index) {
      chain.append(next)
    }
    return chain.reversed()
  }

  @discardableResult
  private func enter(_ steps: StepList, of owner: Step?, _ purpose: Purpose) -> List {
    let list = List(steps, owner: owner, purpose, hasFinish: hasFinish)
    enter(list)
    return list
  }

  private func enter(_ list: List) {
    for (position, step) in list.steps.steps.enumerated() {
      locations[step.index] = Location(list: list, position: position)
      if step.isControl { enter(step) }
      if step.onFailure == nil, step.onExpiry == nil { continue }
      for policy in [step.onFailure, step.onExpiry] {
        guard case .recover(let branches)? = policy else { continue }
        for branch in branches { enter(branch.steps, of: step, .recovery) }
      }
    }
  }

  private func enter(_ step: Step) {
    switch step.kind {
    case .section(let steps): enter(steps, of: step, .section)
    case .parallel(let steps): enter(steps, of: step, .parallel)
    case .forEach(let loop): loops[step.index] = enter(loop.steps, of: step, .forEach)
    case .repeat(let loop): loops[step.index] = enter(loop.steps, of: step, .loop)
    case .choose(let cases):
      for (number, way) in cases.enumerated() { enter(way.steps, of: step, .branch(number)) }
    default: break
    }
  }
}
