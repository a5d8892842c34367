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
    /// The steps with `finish` and the like that have a condition: after them it does not hold.
    private(set) var exits: [(position: Int, step: Step)] = []
    /// The loops, whose `until` holds after them.
    private(set) var loops: [(position: Int, loop: Repeat)] = []
    /// What the exits and loops before a position tell; see ``passed(upTo:)``.
    private var behind = Facts()
    private var behindPosition = 0
    private var passedExits = 0
    private var passedLoops = 0
    /// How many jumps pass over each position.
    private var jumpCounts: [Int] = []

    init(_ steps: StepList, owner: Step?, _ purpose: Purpose) {
      self.steps = steps
      self.owner = owner
      self.purpose = purpose
      for (position, step) in steps.steps.enumerated() where step.isControl {
        switch step.kind {
        case .goTo(let id):
          guard let target = steps.position(of: id) else { continue }
          jumps.append((position, target, step))
        case .repeat(let loop): if loop.atMost == nil { loops.append((position, loop)) }
        case .finish: if step.condition != nil { exits.append((position, step)) }
        default: break
        }
      }
      countJumps()
    }

    func isJumpedOver(_ position: Int) -> Bool {
      !jumps.isEmpty && position < jumpCounts.count && jumpCounts[position] > 0
    }

    /// Takes up what holds behind every exit and loop before a position. Places are asked for in the
    /// order of the file, so that each exit is taken up once.
    func passed(upTo position: Int, _ expand: (inout Facts) -> Void) -> Facts {
      if position < behindPosition {
        behind = Facts()
        (passedExits, passedLoops) = (0, 0)
      }
      behindPosition = position
      while passedExits < exits.count, exits[passedExits].position < position {
        if let condition = exits[passedExits].step.condition { behind.add(condition, is: false) }
        passedExits += 1
      }
      while passedLoops < loops.count, loops[passedLoops].position < position {
        behind.add(loops[passedLoops].loop.until, is: true)
        passedLoops += 1
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
  }

  let main: List
  private var locations: [Location?]
  private var loops: [Int: List] = [:]

  init(_ parts: Workflow.Parts, count: Int) {
    locations = Array(repeating: nil, count: count)
    main = List(parts.steps, owner: nil, .main)
    enter(main)
    enter(List(parts.finally, owner: nil, .finally))
    if case .recover(let branches)? = parts.defaultOnFailure {
      for branch in branches { enter(List(branch.steps, owner: nil, .recovery)) }
    }
  }

  func location(of index: Int) -> Location? {
    index < locations.count ? locations[index] : nil
  }

  /// The list inside a loop.
  func loop(of index: Int) -> List? { loops[index] }

  /// The way from the top to a place.
  func chain(_ place: Location) -> [Location] {
    var chain = [place]
    while let owner = chain[chain.count - 1].list.owner, let next = location(of: owner.index) {
      chain.append(next)
    }
    return chain.reversed()
  }

  private func enter(_ list: List) {
    for (position, step) in list.steps.steps.enumerated() {
      locations[step.index] = Location(list: list, position: position)
      if step.isControl { enter(step) }
      if step.onFailure == nil, step.onExpiry == nil { continue }
      for policy in [step.onFailure, step.onExpiry] {
        guard case .recover(let branches)? = policy else { continue }
        for branch in branches { enter(List(branch.steps, owner: step, .recovery)) }
      }
    }
  }

  private func enter(_ step: Step) {
    switch step.kind {
    case .section(let steps): enter(List(steps, owner: step, .section))
    case .parallel(let steps): enter(List(steps, owner: step, .parallel))
    case .forEach(let loop): enterLoop(List(loop.steps, owner: step, .forEach))
    case .repeat(let loop): enterLoop(List(loop.steps, owner: step, .loop))
    case .choose(let cases):
      for (number, way) in cases.enumerated() {
        enter(List(way.steps, owner: step, .branch(number)))
      }
    default: break
    }
  }

  private func enterLoop(_ list: List) {
    if let owner = list.owner { loops[owner.index] = list }
    enter(list)
  }
}
