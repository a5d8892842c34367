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
  package let name: String?
  package let description: String?
  package let role: String?
  /// The id in the file.
  package let span: SourceSpan
  /// The index of the step whose list this step stands in; nil at the top and in `finally`.
  package let parent: Int?
  /// `if`.
  package let condition: Expression?
  package let preconditions: [Check]
  package let verify: [Check]
  package let checkpoint: String?
  package let retry: RetryPolicy?
  package let timeout: DurationTemplate?
  package let target: DurationTemplate?
  package let due: Deadline?
  package let expires: Deadline?
  package let remind: [Reminder]
  package let escalate: [Escalation]
  /// The step's own; nil lets a failure go outwards.
  package let onFailure: FailurePolicy?
  package let onExpiry: FailurePolicy?
  /// The step's own, else its operation's.
  package let undo: UndoDefinition?
  /// How a person does it: the step's own, else its operation's.
  package let manual: Template?
  /// The step's own, else its operation's; nil for a step that calls no operation.
  package let effects: Effects?
  /// The step's own, else its operation's.
  package let probe: Probe?
  package let kind: Kind

  init(
    index: Int, id: String, span: SourceSpan, parent: Int?, kind: Kind, attributes: Attributes
  ) {
    self.index = index
    self.id = id
    self.span = span
    self.parent = parent
    self.kind = kind
    name = attributes.name
    description = attributes.description
    role = attributes.role
    condition = attributes.condition
    preconditions = attributes.preconditions
    verify = attributes.verify
    checkpoint = attributes.checkpoint
    retry = attributes.retry
    timeout = attributes.timeout
    target = attributes.target
    due = attributes.due
    expires = attributes.expires
    remind = attributes.remind
    escalate = attributes.escalate
    onFailure = attributes.onFailure
    onExpiry = attributes.onExpiry
    undo = attributes.undo
    manual = attributes.manual
    effects = attributes.effects
    probe = attributes.probe
  }

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
  /// What any kind of step may say.
  struct Attributes {
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
