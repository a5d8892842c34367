import Values
package import Workflows

/// A list of steps that is being worked on.
///
/// Frames form a tree: a step that holds lists (a section, a loop, a branch, a call of another
/// workflow) owns the frames of those that are open. A frame whose steps are all over is closed,
/// and its owner decides what follows.
package struct Frame: Sendable {
  /// Which list of its owner it is.
  package enum Role: String, Sendable {
    /// The outermost two of a run.
    case main, finally
    /// The body of a section, or a round of `repeat`.
    case body
    /// One step of a `parallel`, beside the others.
    case branch
    /// A case of `choose`.
    case choice
    /// The steps for one item of a `for_each`.
    case iteration
    /// Recovery steps of a step or section that has failed.
    case recovery
    /// The one step that takes an effect back.
    case undo
    /// An approval that is asked for again beside what it released.
    case again
    /// The steps of another workflow, and its `finally`.
    case workflow
    case workflowFinally = "workflow_finally"
  }

  /// What stays as it is: frames are copied for every decision, and share it.
  private let fixed: Fixed

  package var role: Role { fixed.role }
  /// The frame in which its owner stands; nil for the outermost two.
  package var parent: Int? { fixed.parent }
  /// The address of the step whose list it is; nil for the outermost two.
  package var owner: String? { fixed.owner }
  package var surroundings: Surroundings { fixed.surroundings }
  package var list: StepList { fixed.list }
  /// The round, the iteration, the branch or the case, from 0.
  package var index: Int { fixed.index }
  /// Where the frame ends; only a branch ends before its list does.
  package var end: Int { fixed.end }
  package var cursor: Int {
    didSet { currentAddress = current.map(address(of:)) }
  }
  /// The address it stands at; nil when all are over.
  package private(set) var currentAddress: String?

  /// The step it stands at; nil when all are over.
  package var current: Step? { cursor < end ? list.steps[cursor] : nil }

  package init(
    role: Role, parent: Int?, owner: String?, surroundings: Surroundings, list: StepList,
    index: Int,
    cursor: Int, end: Int
  ) {
    fixed = Fixed(role, parent, owner, surroundings, list, index, end)
    self.cursor = cursor
    currentAddress = current.map(address(of:))
  }

  /// The address of a step of this list.
  package func address(of step: Step) -> String { fixed.surroundings.prefix + step.id }

  private final class Fixed: Sendable {
    let role: Role
    let parent: Int?
    let owner: String?
    let surroundings: Surroundings
    let list: StepList
    let index: Int
    let end: Int

    init(
      _ role: Role, _ parent: Int?, _ owner: String?, _ surroundings: Surroundings,
      _ list: StepList,
      _ index: Int, _ end: Int
    ) {
      self.role = role
      self.parent = parent
      self.owner = owner
      self.surroundings = surroundings
      self.list = list
      self.index = index
      self.end = end
    }
  }
}

extension Frame {
  /// A list that a step holds; nil where the step has no such list.
  init?(
    _ role: Role, of step: Step, at owner: String, index: Int, in parent: (id: Int, frame: Frame)
  ) {
    let outer = parent.frame.surroundings
    guard let list = step.list(role, index, in: outer.workflow) else { return nil }
    let surroundings =
      role == .recovery
      ? outer.recovering(with: list) : outer.inside(step, at: owner, index: index)
    self.init(
      role: role, parent: parent.id, owner: owner, surroundings: surroundings, list: list,
      index: index,
      cursor: role == .branch ? index : 0, end: role == .branch ? index + 1 : list.count)
  }

  /// One of the outermost two.
  init(_ role: Role, of workflow: Workflow) {
    let list = role == .main ? workflow.steps : workflow.finally
    self.init(
      role: role, parent: nil, owner: nil, surroundings: Surroundings(workflow), list: list,
      index: 0, cursor: 0, end: list.count)
  }
}

extension Step {
  fileprivate func list(_ role: Frame.Role, _ index: Int, in workflow: Workflow) -> StepList? {
    switch (role, kind) {
    case (.body, .section(let list)): list
    case (.body, .repeat(let loop)): loop.steps
    case (.branch, .parallel(let list)) where index < list.count: list
    case (.choice, .choose(let cases)) where index < cases.count: cases[index].steps
    case (.iteration, .forEach(let loop)): loop.steps
    case (.recovery, _): recoveryList(index, in: workflow)
    case (.workflow, .workflow(let call)): call.definition?.steps
    case (.workflowFinally, .workflow(let call)): call.definition?.finally
    default: nil
    }
  }
}
