import CEL
package import Fields

/// What a step does: exactly one of these.
///
/// What is large is out of line, so that the many small ones stay small.
package enum Kind: Sendable {
  case action(ActionCall)
  indirect case ask(Question)
  indirect case approve(Approval)
  case wait(Wait)
  case set([NamedTemplate])
  case section(StepList)
  case parallel(StepList)
  indirect case forEach(ForEach)
  case choose([Case])
  indirect case `repeat`(Repeat)
  indirect case workflow(SubWorkflow)
  /// The id of a later step of the same list.
  case goTo(String)
  case finish(Finish)
}

extension Kind {
  /// Whether it holds steps, or decides which of the others are done.
  var isControl: Bool {
    switch self {
    case .action, .ask, .approve, .wait, .set, .workflow: false
    case .section, .parallel, .forEach, .choose, .repeat, .goTo, .finish: true
    }
  }

  /// The key of the language that makes a step of this kind.
  package var key: String {
    switch self {
    case .action: "action"
    case .ask: "ask"
    case .approve: "approve"
    case .wait: "wait"
    case .set: "set"
    case .section: "steps"
    case .parallel: "parallel"
    case .forEach: "for_each"
    case .choose: "choose"
    case .repeat: "repeat"
    case .workflow: "workflow"
    case .goTo: "go_to"
    case .finish: "finish"
    }
  }
}

/// A call of a registered operation.
///
/// Of a class, since most steps are one, and a kind is copied often.
package final class ActionCall: Sendable {
  /// `connection.operation`.
  package let operation: String
  /// nil only where the file has errors, or in a catalog that does not know the operation.
  package let contract: OperationContract?
  package let with: [NamedTemplate]
  /// Whether what it is called with depends on the moment.
  package let seesNow: Bool

  init(operation: String, contract: OperationContract?, with: [NamedTemplate]) {
    self.operation = operation
    self.contract = contract
    self.with = with
    seesNow = with.contains { input in
      input.value.expressions.contains { expression in
        expression.references.contains { $0.path.first == "now" }
      }
    }
  }
}

/// Fields to fill in and items to tick.
package struct Question: Sendable {
  package let message: Template?
  package let items: [Item]
  package let fields: FieldSet
  /// nil: when everything is filled in and ticked.
  package let completeWhen: Expression?

  /// Something to tick.
  package struct Item: Sendable {
    package let name: String
    package let label: Template
    package let help: Template?
    package let category: String?
    /// The event that ticks it without a person.
    package let doneOn: EventWait?
  }
}

/// A decision of people.
package struct Approval: Sendable {
  package let message: Template
  /// How many different people must approve, at least 1.
  package let approvals: Int
  /// Whoever started the run cannot approve.
  package let notStarter: Bool
}

/// What a `wait` waits for.
package indirect enum Wait: Sendable {
  case duration(DurationTemplate)
  /// A moment, an expression of type timestamp.
  case until(Expression)
  case event(EventWait)
  case firstOf([(name: String, wait: Wait)])
}

extension [(name: String, wait: Wait)] {
  /// The ways themselves: of those of one inside another `outer.inner`, as `which` has them.
  package var flattened: [(name: String, wait: Wait)] {
    flatMap { way -> [(name: String, wait: Wait)] in
      guard case .firstOf(let inner) = way.wait else { return [way] }
      return inner.flattened.map { ("\(way.name).\($0.name)", $0.wait) }
    }
  }
}

/// An event to wait for.
package struct EventWait: Sendable {
  /// `connection.event`.
  package let event: String
  package let contract: EventContract?
  /// Sees `event`; one that cannot be evaluated does not match.
  package let match: Expression?
  /// Events count from when this step succeeded; nil: from the start of the run.
  package let since: String?
}

/// The same steps for each item of a list.
package struct ForEach: Sendable {
  package let list: Expression
  /// The name of the item in expressions, `item` unless `as` says otherwise.
  package let itemName: String
  /// How many items at a time; nil: one after the other.
  package let maxParallel: Int?
  package let collect: Template?
  package let steps: StepList
}

/// One way of a `choose`.
package struct Case: Sendable {
  /// nil always holds.
  package let when: Expression?
  package let steps: StepList
}

/// Steps that are repeated until a condition holds.
package struct Repeat: Sendable {
  package let steps: StepList
  package let until: Expression
  package let every: DurationTemplate?
  /// The largest number of rounds; nil: no limit.
  package let atMost: Int?
}

/// Another workflow inside this run.
package struct SubWorkflow: Sendable {
  /// The id or the path as the author wrote it.
  package let reference: String
  package let with: [NamedTemplate]
  /// nil only where the file has errors, or no ``WorkflowSource`` was given.
  package let definition: Workflow?
}

/// How a run ends.
package struct Finish: Sendable {
  package let outcome: Outcome
  package let message: Template?

  package enum Outcome: String, Sendable, CaseIterable {
    case succeeded, failed, cancelled
  }
}
