import CEL

extension PlaceFacts {
  /// Takes up that an expression which stands at a place is true, or false.
  func add(
    _ expression: Expression, is value: Bool, at place: StepMap.Location, to facts: inout Facts
  ) {
    guard let tree = expression.checked?.tree else { return }
    facts.add(tree, is: value, in: spelling(of: expression, at: place))
  }

  /// Whether a condition that stands at a place is known to hold.
  func holds(_ condition: Expression, at place: StepMap.Location, _ facts: Facts?) -> Bool {
    knows(condition, is: true, at: place, facts)
  }

  /// Whether a condition that stands at a place is known not to hold.
  func excludes(_ condition: Expression, at place: StepMap.Location, _ facts: Facts?) -> Bool {
    knows(condition, is: false, at: place, facts)
  }

  private func knows(
    _ condition: Expression, is value: Bool, at place: StepMap.Location, _ facts: Facts?
  ) -> Bool {
    guard let facts, let tree = condition.checked?.tree else { return false }
    return facts.imply(tree, is: value, in: spelling(of: condition, at: place))
  }

  /// How an expression is written down that stands at a place.
  func spelling(of read: NameRead, at place: StepMap.Location) -> Spelling {
    var spelling = spelling(of: read.expression, at: place)
    if case .failure = read.purpose, place.position < place.list.steps.count {
      spelling.names["error"] = "error@\(map.step(at: place).index)"
    }
    return spelling
  }

  private func spelling(of expression: Expression, at place: StepMap.Location) -> Spelling {
    var spelling = Spelling(Array(expression.source.utf8))
    spelling.allowsForAbsence = false
    var hasNames = false
    for reference in expression.references {
      if reference.certainCount < reference.path.count { spelling.allowsForAbsence = true }
      switch isSettled(reference, at: place) {
      case true?: continue
      case false?: spelling.unsettled.append(reference.range)
      case nil: hasNames = true
      }
    }
    if hasNames { spelling.names = names(at: place) }
    return spelling
  }

  /// Whether something has the value that it has at a place from there on; nil for a name of the place,
  /// which it has there and nowhere else.
  private func isSettled(_ reference: NameReference, at place: StepMap.Location) -> Bool? {
    switch reference.path[0] {
    case "inputs": true
    case "now": false
    case "run": isSettledOfRun(reference, at: place)
    case "steps": isSettledOfStep(reference, at: place)
    default: nil
    }
  }

  /// The status of a run changes up to its end.
  private func isSettledOfRun(_ reference: NameReference, at place: StepMap.Location) -> Bool {
    if reference.path.count > 1, reference.path[1] != "status" { return true }
    if case .finally = map.chain(place)[0].list.purpose { return true }
    return false
  }

  /// What a step has come to changes until it is over.
  private func isSettledOfStep(_ reference: NameReference, at place: StepMap.Location) -> Bool {
    guard reference.path.count > 1 else { return false }
    return steps[reference.path[1]].map { isOver($0, at: place) } ?? true
  }

  /// What the names of a place are called: each loop has an `item` and an `index` of its own, each
  /// recovery an `error`.
  private func names(at place: StepMap.Location) -> [String: String] {
    var names: [String: String] = [:]
    for location in map.chain(place) {
      let list = location.list
      let owner = list.owner.map { String($0.index) } ?? ""
      switch list.purpose {
      case .forEach, .loop:
        names["index"] = "index@\(owner)"
        if case .forEach(let loop)? = list.owner?.kind {
          names[loop.itemName] = "\(loop.itemName)@\(owner)"
        }
      case .recovery: names["error"] = "error@\(owner)"
      default: break
      }
    }
    return names
  }
}
