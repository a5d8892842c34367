import Values
import Workflows

/// What changed about the ways of choices: a new one in the middle is one new way, and not another
/// condition for each that comes after it.
struct WayChanges {
  private struct Place: Hashable {
    let workflow: String
    let step: String
  }

  private var matches: [Place: CaseMatch] = [:]
  /// The steps of each workflow that stand somewhere else, whatever numbers the ways have.
  private var moved: [String: Set<String>] = [:]
  /// The steps side by side, whose order is that of the file only.
  private var parallels: Set<Place> = []

  init(_ comparison: WorkflowComparison) {
    for pair in comparison.pairs {
      let workflow = pair.new.id
      for step in pair.new.allSteps {
        guard let known = pair.old.step(named: step.id) else { continue }
        let place = Place(workflow: workflow, step: step.id)
        if case .parallel = step.kind { parallels.insert(place) }
        guard step.cases != nil || known.cases != nil else { continue }
        matches[place] = CaseMatch(known.cases ?? [], step.cases ?? [])
      }
      let before = StepPositions(pair.old).renumbered { id, index in
        matches[Place(workflow: workflow, step: id)]?.number(ofOld: index) ?? index
      }
      moved[workflow] = before.moved(to: StepPositions(pair.new))
    }
  }

  /// Whether a difference says that a step stands somewhere else which does so by its number only.
  func isNoMove(_ difference: WorkflowDifference) -> Bool {
    guard case .step(let id) = difference.subject, case .moved(let from, let to) = difference.change
    else { return false }
    if case .body(let parent) = to.list, from.list == to.list {
      return parallels.contains(Place(workflow: difference.workflow, step: parent))
    }
    guard case .choice = to.list, case .choice = from.list else { return false }
    return moved[difference.workflow]?.contains(id) == false
  }

  /// The ways of the choice that a difference is about; nil for a difference about anything else.
  func match(for difference: WorkflowDifference) -> CaseMatch? {
    guard case .step(let id) = difference.subject,
      case .changed(let key, _, _) = difference.change, key.hasPrefix("choose.")
    else { return nil }
    return matches[Place(workflow: difference.workflow, step: id)]
  }

  /// The same for programs: new ways and such with another condition by their numbers in the new version, ways
  /// that are gone by theirs in the old one; where they stand in another order, the old numbers in the new order.
  static func differences(
    _ match: CaseMatch, like first: WorkflowDifference
  ) -> [WorkflowDifference] {
    func difference(_ key: String, _ from: Value?, _ to: Value?) -> WorkflowDifference {
      WorkflowDifference(
        workflow: first.workflow, subject: first.subject,
        change: .changed(key: "choose.\(key)", from: from, to: to))
    }
    var found: [WorkflowDifference] = []
    for (index, choice) in match.new.enumerated() {
      let known = match.oldIndices[index].map { match.old[$0] }
      if known?.hasSameCondition(as: choice) == true { continue }
      found.append(difference("\(index).when", known.map(outline(of:)), outline(of: choice)))
    }
    found += match.gone.map { difference("\($0).when", outline(of: match.old[$0]), nil) }
    guard match.isReordered else { return found }
    let kept = match.oldIndices.compactMap { $0.map { Value.int(Int64($0)) } }
    return found + [difference("order", nil, .list(kept))]
  }

  private static func outline(of choice: Case) -> Value { choice.when?.outline ?? true }

  /// What changed about the ways, a line each.
  static func lines(_ match: CaseMatch, _ before: Wording, _ after: Wording) -> [String] {
    var lines: [String] = []
    for (index, choice) in match.new.enumerated() {
      guard let known = match.oldIndices[index].map({ match.old[$0] }) else {
        lines.append("a new way: \(condition(choice, after))")
        continue
      }
      guard !known.hasSameCondition(as: choice) else { continue }
      lines.append(
        OutlineChange.line(
          "way \(StepNumbers.letter(index))", condition(known, before), condition(choice, after)))
    }
    lines += match.gone.map { "a way is gone: \(condition(match.old[$0], before))" }
    return match.isReordered ? lines + ["the ways are in another order"] : lines
  }

  private static func condition(_ choice: Case, _ wording: Wording) -> String {
    choice.when.map { "if \(wording.condition($0))" } ?? "otherwise"
  }
}

extension Step {
  /// The ways of a choice; nil for anything else.
  fileprivate var cases: [Case]? { if case .choose(let cases) = kind { cases } else { nil } }
}
