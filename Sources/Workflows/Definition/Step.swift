package import SourceText
import Synchronization

/// One step of a workflow.
///
/// `defaults` of the file are merged in already, except for `on_failure`, since a failure goes
/// outwards through the enclosing steps first: see ``Workflow/defaultOnFailure``.
package final class Step: Sendable {
  /// The position in ``Workflow/allSteps``.
  package let index: Int
  /// `snake_case`, unique in the file.
  package let id: String
  /// The id in the file.
  package let span: SourceSpan
  /// The index of the step whose list this step stands in; nil at the top and in `finally`.
  package let parent: Int?
  /// `if`.
  package let condition: Expression?
  package let kind: Kind
  /// What most steps do not say; nil where this one says nothing of it.
  private let details: Attributes?

  init(
    index: Int, id: String, span: SourceSpan, parent: Int?, kind: Kind, attributes: Attributes
  ) {
    self.index = index
    self.id = id
    self.span = span
    self.parent = parent
    self.kind = kind
    condition = attributes.condition
    details = attributes.saysMore ? attributes : nil
  }

  package var name: String? { details?.name }
  package var description: String? { details?.description }
  package var role: String? { details?.role }
  package var preconditions: [Check] { details?.preconditions ?? [] }
  package var verify: [Check] { details?.verify ?? [] }
  package var checkpoint: String? { details?.checkpoint }
  package var retry: RetryPolicy? { details?.retry }
  package var timeout: DurationTemplate? { details?.timeout }
  package var target: DurationTemplate? { details?.target }
  package var due: Deadline? { details?.due }
  package var expires: Deadline? { details?.expires }
  package var remind: [Reminder] { details?.remind ?? [] }
  package var escalate: [Escalation] { details?.escalate ?? [] }
  /// The step's own; nil lets a failure go outwards.
  package var onFailure: FailurePolicy? { details?.onFailure }
  package var onExpiry: FailurePolicy? { details?.onExpiry }
  /// The step's own, else its operation's.
  package var undo: UndoDefinition? { details?.undo }
  /// How a person does it: the step's own, else its operation's.
  package var manual: Template? { details?.manual }
  /// The step's own, else its operation's; nil for a step that calls no operation.
  package var effects: Effects? { details?.effects }
  /// The step's own, else its operation's.
  package var probe: Probe? { details?.probe }

  /// The name, or the id where there is none.
  package var title: String { name ?? id }

  /// The lists of steps inside this one: a section's, the cases', the recovery branches'.
  package var nestedLists: [StepList] {
    var lists: [StepList] =
      switch kind {
      case .section(let list), .parallel(let list): [list]
      case .forEach(let loop): [loop.steps]
      case .repeat(let loop): [loop.steps]
      case .choose(let cases): cases.map(\.steps)
      default: []
      }
    if onFailure == nil, onExpiry == nil { return lists }
    for policy in [onFailure, onExpiry] {
      if case .recover(let branches)? = policy { lists += branches.map(\.steps) }
    }
    return lists
  }
}

extension Step {
  /// What any kind of step may say: much, and little of it at a time.
  ///
  /// Whoever makes a step fills this in before; from then on the step has it for itself, and nobody
  /// changes it. That is why it may be shared between threads.
  final class Attributes: @unchecked Sendable {
    var name: String?
    var description: String?
    var role: String?
    var condition: Expression?
    var preconditions: [Check] = []
    var verify: [Check] = []
    var checkpoint: String?
    var retry: RetryPolicy?
    var timeout: DurationTemplate?
    var target: DurationTemplate?
    var due: Deadline?
    var expires: Deadline?
    var remind: [Reminder] = []
    var escalate: [Escalation] = []
    var onFailure: FailurePolicy?
    var onExpiry: FailurePolicy?
    var undo: UndoDefinition?
    var manual: Template?
    var effects: Effects?
    var probe: Probe?

    /// Whether there is anything besides the condition.
    fileprivate var saysMore: Bool {
      let isOfPeople = due != nil || expires != nil || !remind.isEmpty || !escalate.isEmpty
      let isOfMachines = retry != nil || timeout != nil || effects != nil || probe != nil
      let isChecked = !preconditions.isEmpty || !verify.isEmpty || checkpoint != nil
      let recovers = onFailure != nil || onExpiry != nil || undo != nil || manual != nil
      let isTold = name != nil || description != nil || role != nil || target != nil
      return isOfPeople || isOfMachines || isChecked || recovers || isTold
    }
  }
}

/// Steps that stand in one list, in the order written.
package final class StepList: Sendable {
  package let steps: [Step]
  /// Where each step stands; made when it is first asked for, by a `go_to`.
  private let positions = Mutex<[String: Int]?>(nil)

  package init(_ steps: [Step]) { self.steps = steps }

  package var count: Int { steps.count }
  package var isEmpty: Bool { steps.isEmpty }

  /// Where a step stands in this list; nil where it does not, even if a nested list has it.
  package func position(of id: String) -> Int? {
    positions.withLock { positions in
      if let positions { return positions[id] }
      let made = Dictionary(
        steps.enumerated().map { ($0.element.id, $0.offset) },
        uniquingKeysWith: { first, _ in first })
      positions = made
      return made[id]
    }
  }
}
