import Documents
import SourceText

/// `since` of an event: the step from whose end on events count.
extension StepDecoder {
  func since(_ node: Node) -> String? {
    guard let id = decoder.text(node, "since") else { return nil }
    guard let step = outlines.step(named: id) else {
      outlines.reportUnknown(id, at: node.span)
      return id
    }
    guard case .before = decoder.place, let obstacle = obstacle(toSince: step) else { return id }
    decoder.report(.mayNotHaveRun, obstacle.message, at: node.span, help: obstacle.help)
    return id
  }

  private struct Obstacle {
    let message: String
    var help = "without `since` all events of the run count"
  }

  /// Why a step is not over before, nor beside, the one that is being decoded; nil where it is.
  private func obstacle(toSince step: StepOutline) -> Obstacle? {
    for (list, position) in around.reversed() {
      guard let other = list.position(ofListing: step) else { continue }
      if other == position {
        return Obstacle(
          message: "step `\(step.id)` is not over here: `since` it nothing has happened yet")
      }
      if other > position, !list.isParallel {
        return Obstacle(
          message: "step `\(step.id)` comes later: `since` it nothing has happened yet")
      }
      if let loop = step.outermostLoop(below: list.steps[other].parent) {
        return Obstacle(
          message: "step `\(step.id)` is in a loop, and each of its rounds ends it once more",
          help: "`since: \(loop.id)` counts from the end of the loop")
      }
      if !list.isParallel, list.isJumpedOver(other) {
        return Obstacle(message: "step `\(step.id)` may be jumped over, and is never over then")
      }
      return nil
    }
    return Obstacle(message: "step `\(step.id)` may not be over here, and no event counts then")
  }
}

extension ListOutline {
  /// The position of the step that another is, or stands in; nil where it stands in none of the list.
  fileprivate func position(ofListing step: StepOutline) -> Int? {
    var candidate: StepOutline? = step
    while let outer = candidate {
      if let position = positions[outer.id], steps[position] === outer { return position }
      candidate = outer.parent
    }
    return nil
  }

  fileprivate var isParallel: Bool {
    guard let owner = steps.first?.parent, owner.kind?.key == .parallel else { return false }
    return owner.lists.contains { $0 === self }
  }

  /// Whether a `go_to` leads past a position.
  fileprivate func isJumpedOver(_ position: Int) -> Bool {
    steps[..<position].contains { step in
      guard let (key, node) = step.kind, key == .goTo, let target = node.text else { return false }
      return positions[target].map { $0 > position } ?? false
    }
  }
}

extension StepOutline {
  /// The outermost loop around the step, below another step around it.
  fileprivate func outermostLoop(below end: StepOutline?) -> StepOutline? {
    var found: StepOutline?
    var outer = parent
    while let step = outer, step !== end {
      if step.kind?.key == .forEach || step.kind?.key == .loop { found = step }
      outer = step.parent
    }
    return found
  }
}
