package import SourceText
package import TimeZones
package import Values

/// A file of tests of one workflow: `standard-onboarding.test.yaml`.
package final class TestFile: Sendable {
  package let file: SourceFile
  /// What the tests are about: a run ends by it, unless a test moves it to another file.
  package let workflow: Workflow
  package let tests: [WorkflowTest]
  /// The files of all workflows that the tests depend on.
  package var workflowFiles: [String] {
    ([workflow] + tests.flatMap(\.versions)).flatMap { $0.definitions.map(\.file.path) }
  }

  init(file: SourceFile, workflow: Workflow, tests: [WorkflowTest]) {
    self.file = file
    self.workflow = workflow
    self.tests = tests
  }
}

/// A run in virtual time: what it starts with, what the world and people say, and what is expected.
package struct WorkflowTest: Sendable {
  package var name: String
  package var span: SourceSpan
  /// Complete, and typed by the workflow's fields.
  package var inputs = ValueMap()
  /// The version that the run is started with; nil where that is the workflow of the file.
  package var startedWith: Workflow?
  /// The id of the run, on which `uuid` and `short_id` depend.
  package var run: String?
  package var startedAt: Timestamp?
  package var startedBy: String?
  package var environment: String?
  /// Whether people do what the machine would have done.
  package var isByHand = false
  package var actions: [ScriptedAction] = []
  package var events: [ScriptedEvent] = []
  package var answers: [ScriptedAnswers] = []
  package var commands: [ScriptedCommand] = []
  package var absences: [ScriptedAbsence] = []
  /// How many of these, from the first, the test says itself; the others are defaults of the file.
  package var own: Own?
  package var expected = Expectation()

  package struct Own: Sendable {
    package let actions: Int
    package let answers: Int
    package let events: Int
    package let absences: Int

    package init(_ test: WorkflowTest) {
      actions = test.actions.count
      answers = test.answers.count
      events = test.events.count
      absences = test.absences.count
    }
  }

  init(name: String, span: SourceSpan) {
    self.name = name
    self.span = span
  }

  /// The versions that the test names, other than the workflow of its file.
  fileprivate var versions: [Workflow] {
    [startedWith].compactMap(\.self)
      + commands.compactMap {
        if case .migrate(let move) = $0.action { move.workflow } else { nil }
      }
  }
}

/// What an operation, or one step, answers.
package struct ScriptedAction: Sendable {
  package enum Target: Sendable, Hashable {
    /// `connection.operation`, whoever calls it.
    case operation(String)
    /// A step's id or address, before what the operation says.
    case step(StepPattern)
    /// The looks of a step at the world, before what the operation says.
    case looks(StepPattern, StepPattern.Looks)
  }

  package enum Result: Sendable, Hashable {
    case outputs(ValueMap)
    /// `canRetry` is nil where the operation's contract is to say.
    case error(code: String, message: String, canRetry: Bool?, details: ValueMap)
    /// Nobody knows whether it happened.
    case lost(String)
    /// It was never sent.
    case unavailable(String)
  }

  package struct Answer: Sendable {
    package let result: Result
    /// How long the call takes.
    package let takes: TimeSpan
  }

  package let target: Target
  package let answers: [Answer]
  /// Whether one answer serves every call; else each serves one.
  package let isEndless: Bool
  package let span: SourceSpan
}

/// When something happens in a test.
package enum ScriptedMoment: Sendable, Hashable {
  /// So long after the start of the run, or after a question was asked.
  case after(AuthoredDuration)
  case at(Timestamp)
}

/// An event that arrives.
package struct ScriptedEvent: Sendable {
  package let name: String
  package let data: ValueMap
  package let moment: ScriptedMoment
  package let span: SourceSpan
}

/// A time in which nothing carries the run out: what comes due is noticed at its end, or by whoever acts on
/// the run before.
package struct ScriptedAbsence: Sendable {
  package enum End: Sendable, Hashable {
    case after(AuthoredDuration)
    case at(Timestamp)
  }

  /// Counted from the start of the run.
  package let start: ScriptedMoment
  package let end: End
  package let span: SourceSpan
}

/// What people say to a question, one after the other.
package struct ScriptedAnswers: Sendable {
  package enum Content: Sendable, Hashable {
    /// Fields and ticks.
    case values(ValueMap)
    case approval(comment: String?)
    case rejection(comment: String?)
    /// Nobody says anything, or anything more, before the question ends by itself or is asked anew.
    case nothing
  }

  package struct Entry: Sendable {
    package let content: Content
    /// Counted from when the question was asked.
    package let moment: ScriptedMoment
    package let by: String?
    /// The words with which it is refused; nil where it is taken.
    package var refused: String?
  }

  package let step: StepPattern
  package let entries: [Entry]
  /// Whether the one answer is for every address that the name means; else each serves once.
  package let isEndless: Bool
  package let span: SourceSpan
}

/// What a person does to a run that stands still.
package struct ScriptedCommand: Sendable {
  package enum Action: Sendable {
    case resume
    /// `again` where it also acts again.
    case retry(String, with: ValueMap, again: Bool)
    case done(String, values: ValueMap)
    case skip(String)
    case resolve(String, happened: Bool, values: ValueMap)
    case cancel
    case undo
    /// To a checkpoint, or to the step that has it.
    case rewind(String, again: [String])
    case byHand(String)
    case migrate(Move)
  }

  /// Where a run is moved, with what has to be decided about it.
  package struct Move: Sendable {
    package let workflow: Workflow
    /// The choices by what is decided.
    package let decisions: [String: String]
    package let inputs: ValueMap
  }

  package let action: Action
  package let reason: String
  /// Counted from when the run parked.
  package let moment: ScriptedMoment
  package let by: String?
  /// The step at which the run stands then; nil where it is enough that it stands still.
  package let place: StepPattern?
  /// The words with which it is refused; nil where it is taken.
  package let refused: String?
  package let span: SourceSpan
}

/// With which inputs an operation, or one step, is expected to call.
package struct ExpectedCalls: Sendable {
  /// What is named as in `actions`.
  package let target: ScriptedAction.Target
  /// Of each call in order, the inputs that are looked at.
  package let inputs: [ValueMap]
  /// Whether the first of them is said of every call, of which there is at least one.
  package let isOfAll: Bool
  package let span: SourceSpan
}

/// What is expected of a run. What is not said is not looked at.
package struct Expectation: Sendable {
  package struct StepExpectation: Sendable {
    package var status: String?
    package var outputs: ValueMap?
    package var error: String?
    package let span: SourceSpan
  }

  package var span = SourceSpan(start: 0, end: 0)
  package var status: String?
  /// Addresses in order; `…` stands for any number of steps.
  package var path: [String]?
  package var outputs: ValueMap?
  package var steps: [(address: String, expected: StepExpectation)] = []
  package var calls: [ExpectedCalls] = []
  package var message: String?
  package var shortest: TimeSpan?
  package var longest: TimeSpan?

  package init() {}
}
