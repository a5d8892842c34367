package import SourceText
import Synchronization

/// One step of a workflow.
///
/// `defaults` of the file are merged in already, except for `on_failure`, since a failure goes
/// outwards through the enclosing steps first: see ``Workflow/defaultOnFailure``.
package final class Step: Sendable {
  /// `snake_case`, unique in the file.
  package let id: String
  /// The id in the file.
  package let span: SourceSpan
  private let number: UInt32
  /// The one of the step around it; the largest there is where there is none.
  private let parentNumber: UInt32
  /// `if`.
  package let condition: Expression?
  /// What most steps do not say; nil where this one says nothing of it.
  private let details: Attributes?
  package let kind: Kind
  /// Whether it holds steps, or decides which of the others are done: a first look for whoever goes
  /// through all steps.
  package let isControl: Bool

  /// The position in ``Workflow/allSteps``.
  package var index: Int { Int(number) }
  /// The index of the step whose list this step stands in; nil at the top and in `finally`.
  package var parent: Int? { parentNumber == .max ? nil : Int(parentNumber) }

  init(
    index: Int, id: String, span: SourceSpan, parent: Int?, kind: Kind,
    condition: Expression? = nil, attributes: Attributes? = nil
  ) {
    number = UInt32(index)
    self.id = id
    self.span = span
    parentNumber = parent.map { UInt32($0) } ?? .max
    self.kind = kind
    isControl = kind.isControl
    self.condition = condition
    details = attributes?.saysMore == true ? attributes : nil
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
  /// Whoever makes a step fills this in before; from then on nobody changes it. That is why threads may
  /// share it, and steps of which the same is to be said.
  final class Attributes: @unchecked Sendable {
    var name: String?
    var description: String?
    var role: String?
    var preconditions: [Check] = []
    var verify: [Check] = []
    var checkpoint: String?
    var onFailure: FailurePolicy?
    var manual: Template?
    var effects: Effects?
    private var rare: Rare?

    /// What is large and seldom there.
    private final class Rare {
      var retry: RetryPolicy?
      var timeout: DurationTemplate?
      var target: DurationTemplate?
      var due: Deadline?
      var expires: Deadline?
      var remind: [Reminder] = []
      var escalate: [Escalation] = []
      var onExpiry: FailurePolicy?
      var undo: UndoDefinition?
      var probe: Probe?
    }

    /// Whether there is anything.
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

extension Step.Attributes {
  var retry: RetryPolicy? {
    get { rare?.retry }
    set { if rare != nil || newValue != nil { madeRare.retry = newValue } }
  }
  var timeout: DurationTemplate? {
    get { rare?.timeout }
    set { if rare != nil || newValue != nil { madeRare.timeout = newValue } }
  }
  var target: DurationTemplate? {
    get { rare?.target }
    set { if rare != nil || newValue != nil { madeRare.target = newValue } }
  }
  var due: Deadline? {
    get { rare?.due }
    set { if rare != nil || newValue != nil { madeRare.due = newValue } }
  }
  var expires: Deadline? {
    get { rare?.expires }
    set { if rare != nil || newValue != nil { madeRare.expires = newValue } }
  }
  var onExpiry: FailurePolicy? {
    get { rare?.onExpiry }
    set { if rare != nil || newValue != nil { madeRare.onExpiry = newValue } }
  }
  var undo: UndoDefinition? {
    get { rare?.undo }
    set { if rare != nil || newValue != nil { madeRare.undo = newValue } }
  }
  var probe: Probe? {
    get { rare?.probe }
    set { if rare != nil || newValue != nil { madeRare.probe = newValue } }
  }
  var remind: [Reminder] {
    get { rare?.remind ?? [] }
    set { if rare != nil || !newValue.isEmpty { madeRare.remind = newValue } }
  }
  var escalate: [Escalation] {
    get { rare?.escalate ?? [] }
    set { if rare != nil || !newValue.isEmpty { madeRare.escalate = newValue } }
  }

  private var madeRare: Rare {
    if let rare { return rare }
    let made = Rare()
    rare = made
    return made
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
