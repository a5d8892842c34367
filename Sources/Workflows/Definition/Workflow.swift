package import CEL
package import Fields
package import SourceText
import Synchronization
package import TimeZones
import Values

/// A checked workflow: what a run executes, immutable, with every reference resolved.
///
/// Steps are numbered densely in file order (``Step/index``), nested ones, those of `finally` and
/// recovery steps included, so state per step can live in an array.
package final class Workflow: Sendable {
  /// The file it was read from.
  package let file: SourceFile
  /// SHA-256 of the file's bytes, lower-case hexadecimal; reckoned when it is first asked for.
  package var sha256: String {
    digest.withLock { digest in
      let known = digest ?? Workflows.sha256(file.bytes).map(hexadecimal).joined()
      digest = known
      return known
    }
  }
  private let digest = Mutex<String?>(nil)
  /// Kebab-case, unique in the project.
  package let id: String
  /// Where the id stands in the file.
  package let idSpan: SourceSpan
  package let name: String
  /// The author's version, the text as it stands in the file.
  package let version: String?
  package let description: String?
  package let document: DocumentControl?
  package let roles: [Role]
  /// The name of the calendar that business time is reckoned by.
  package let calendar: String?
  /// The calendar of that name as an expression's hidden variable, or the standard one.
  package let calendarValue: CalendarValue
  package let runName: Template?
  package let labels: [NamedTemplate]
  package let inputs: FieldSet
  package let steps: StepList
  package let outputs: [NamedTemplate]
  /// Run at the end whatever the outcome.
  package let finally: StepList
  package let targets: [ServiceTarget]
  package let triggers: [Trigger]
  package let catalog: Catalog
  /// `defaults.on_failure`: the outermost handler of a failure.
  package let defaultOnFailure: FailurePolicy?
  /// What `allow` says, in the order of the file.
  package let silenced: [SilencedWarning]
  /// Every step; `allSteps[step.index] === step`.
  package let allSteps: [Step]
  /// The names that expressions at the end of the run can see, for those that come later
  /// (`baton eval`).
  package let environment: CELEnvironment
  private let indexByID: [String: Int]

  init(_ parts: Parts, environment: CELEnvironment) {
    file = parts.file
    id = parts.id
    idSpan = parts.idSpan
    name = parts.name
    version = parts.version
    description = parts.description
    document = parts.document
    roles = parts.roles
    calendar = parts.calendar
    let file = parts.calendar.flatMap { parts.catalog.calendar(named: $0) }
    calendarValue = CalendarValue(
      file?.calendar ?? .standard, key: file == nil ? nil : parts.calendar)
    runName = parts.runName
    labels = parts.labels
    inputs = parts.inputs
    steps = parts.steps
    outputs = parts.outputs
    finally = parts.finally
    targets = parts.targets
    triggers = parts.triggers
    catalog = parts.catalog
    defaultOnFailure = parts.defaultOnFailure
    silenced = parts.silenced
    allSteps = parts.allSteps
    self.environment = environment
    indexByID = parts.indexByID
  }

  /// When the people of the workflow work.
  package var businessCalendar: BusinessCalendar { calendarValue.calendar }

  /// Whether the calendar that the workflow names is one that the catalog knows.
  package var isCalendarKnown: Bool {
    calendar.map { catalog.calendar(named: $0) != nil } ?? true
  }

  /// The step with an id; nil where there is none.
  package func step(named id: String) -> Step? { indexByID[id].map { allSteps[$0] } }

  /// The role with a key; nil where the file declares none of that name.
  package func role(named key: String) -> Role? { roles.first { $0.key.hasSameBytes(as: key) } }

  /// This workflow and every workflow it calls, each once, this one first.
  package var definitions: [Workflow] {
    var found = [self]
    var position = 0
    while position < found.count {
      for step in found[position].allSteps {
        guard case .workflow(let call) = step.kind, let definition = call.definition,
          !found.contains(where: { $0 === definition })
        else { continue }
        found.append(definition)
      }
      position += 1
    }
    return found
  }
}

extension Workflow {
  /// What the decoder gathered; ``Workflow`` is made from it in one go.
  struct Parts {
    var file: SourceFile
    var id = ""
    var idSpan = SourceSpan(start: 0, end: 0)
    var name = ""
    var version: String?
    var description: String?
    var document: DocumentControl?
    var roles: [Role] = []
    var calendar: String?
    var runName: Template?
    var labels: [NamedTemplate] = []
    var inputs: FieldSet
    var steps = StepList([])
    var outputs: [NamedTemplate] = []
    var finally = StepList([])
    var targets: [ServiceTarget] = []
    var triggers: [Trigger] = []
    var catalog: Catalog
    var defaultOnFailure: FailurePolicy?
    var silenced: [SilencedWarning] = []
    var allSteps: [Step] = []
    /// The indices of the steps by their ids; the first of two of the same id.
    var indexByID: [String: Int] = [:]
  }
}

/// A name and the template that gives its value.
package typealias NamedTemplate = (name: String, value: Template)

/// A warning that the author has looked at, with the reason why it may be silent.
package struct SilencedWarning: Sendable {
  /// The id of the step that it is silent in; nil for the whole file.
  package let step: String?
  package let code: String
  package let reason: String
}

/// Document control: what an auditor asks of a written procedure.
package struct DocumentControl: Sendable {
  package let number: String?
  package let section: String?
  /// `YYYY-MM-DD`.
  package let effective: String?
  package let owner: String?
  package let approvedBy: String?
  package let reviewEvery: Length?
  package let related: [String]
}

/// Somebody who is responsible for steps.
package struct Role: Sendable {
  /// The word that `role` and `to` use.
  package let key: String
  package let name: String
  package let description: String?
  /// Who holds the role, where only the run knows.
  package let person: Template?
  package let span: SourceSpan
}

/// A service level over many runs, for `baton metrics`.
package struct ServiceTarget: Sendable {
  package let name: String
  package let measure: Expression
  package let atLeast: Bound?
  package let atMost: Bound?

  /// What a measure is held against: a number or share, or a time.
  package enum Bound: Sendable {
    case number(Double)
    case time(Length)
  }
}

/// What starts a run by itself.
package struct Trigger: Sendable {
  package let source: Source
  /// Where its path or its schedule stands.
  package let span: SourceSpan
  package let condition: Expression?
  /// One run for each value of this.
  package let key: Expression?
  package let inputs: [NamedTemplate]
  package let respondAfter: String?
  package let respondBody: Template?
  package let limit: (rate: String, by: Expression?)?

  package enum Source: Sendable {
    case webhook(path: String, connection: String?)
    case schedule(cron: String, timeZone: String?)
  }
}
