import Workflows

/// Where the addresses of a run lie in its workflow.
struct BranchPlaces {
  struct Place {
    /// Whether others may run beside it, in `parallel` or in a loop with `max_parallel`.
    var isBranched = false
    /// The step's place in the file, and that of each loop and call around it before it, with its round.
    var position: [Int] = []
  }

  private let workflow: Workflow

  init(_ workflow: Workflow) { self.workflow = workflow }

  func place(of address: String) -> Place {
    var place = Place()
    var definition = workflow
    for piece in address.split(separator: "/") {
      let (id, round) = Self.parts(of: piece)
      guard let step = definition.step(named: id) else { return place }
      place.isBranched = place.isBranched || definition.isBranched(step)
      place.position += [step.index, round]
      if case .workflow(let call) = step.kind, let called = call.definition { definition = called }
    }
    return place
  }

  /// The id, without what takes it back, and the round.
  private static func parts(of piece: Substring) -> (id: String, round: Int) {
    let id = piece.prefix { $0 != "[" && $0 != "." }
    let round = piece.dropFirst(id.count).drop { $0 == "[" }.prefix { $0 != "]" }
    return (String(id), Int(round) ?? 0)
  }
}

extension Workflow {
  fileprivate func isBranched(_ step: Step) -> Bool {
    var outer = step.parent
    while let index = outer {
      switch allSteps[index].kind {
      case .parallel: return true
      case .forEach(let loop) where loop.maxParallel ?? 1 > 1: return true
      default: outer = allSteps[index].parent
      }
    }
    return false
  }
}
