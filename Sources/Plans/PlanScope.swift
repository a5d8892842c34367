import CEL
import Fields
import TimeZones
import Values
import Workflows

/// What expressions of a workflow can see before it runs: what is known has a value, everything else
/// is an unknown of CEL.
struct PlanScope: SensitiveActivation, Sendable {
  let workflow: Workflow
  let inputs: ValueMap
  let unknownInputs: Set<String>
  /// The inputs that are sensitive, by the workflow or since the one that calls it fills them from what is.
  let sensitiveInputs: Set<String>
  let environment: String
  let facts: PlanFacts
  let calendar: CalendarValue
  /// nil: nobody knows.
  var now: Timestamp?
  /// When steps are reckoned to begin and to end, by id.
  var reckoned: [String: (started: Timestamp, finished: Timestamp)] = [:]

  func value(named name: String) -> Value? {
    switch name {
    case "inputs": .map(inputs)
    case "steps": .map(steps)
    case "run": .map(run)
    case "now": now.map { .timestamp($0) }
    case "@calendar": .object(calendar)
    default: nil
    }
  }

  private var steps: ValueMap {
    var steps = facts.steps
    for (id, times) in reckoned {
      var known = steps[id]?.asMap ?? ValueMap()
      known["started_at"] = .timestamp(times.started)
      known["finished_at"] = .timestamp(times.finished)
      steps[id] = .map(known)
    }
    return steps
  }

  private var run: ValueMap {
    var definition: ValueMap = [
      "id": .string(workflow.id), "name": .string(workflow.name),
      "sha256": .string(workflow.sha256),
    ]
    definition["version"] = .string(workflow.version ?? "")
    return ["environment": .string(environment), "workflow": .map(definition)]
  }

  func at(_ moment: Timestamp) -> PlanScope {
    var scope = self
    scope.now = moment
    return scope
  }

  // MARK: Values

  /// The value of an expression as far as it can be known; nil where it depends on an unknown.
  ///
  /// - Throws: where what is known makes it fail.
  func value(of expression: Expression) throws(ExpressionFailure) -> Value? {
    guard let checked = expression.checked else { return try expression.evaluate(self) }
    // Their values depend on the run's id, which nobody knows before it starts.
    guard !checked.tree.asksForIdentity else { return nil }
    let unknowns = expression.references.flatMap { self.unknowns(at: $0.path) }
    switch checked.evaluatePartially(self, unknowns: unknowns) {
    case .value(let value): return value
    case .unknown: return nil
    case .error(let error):
      throw ExpressionFailure(error, of: expression, isHidden: isSensitive(expression))
    }
  }

  func isSensitive(_ expression: Expression) -> Bool {
    expression.isSensitive || expression.references.contains { isSensitive($0.path) }
  }

  private func isSensitive(_ path: [String]) -> Bool {
    let name = path.count > 1 ? path[1] : nil
    switch path.first {
    case "inputs": return name.map(sensitiveInputs.contains) ?? !sensitiveInputs.isEmpty
    case "steps":
      guard let name else { return !facts.sensitive.isEmpty }
      guard let outputs = facts.sensitive[name], path.count < 3 || path[2] == "outputs" else {
        return false
      }
      return path.count < 4 || outputs.contains(path[3])
    default: return false
    }
  }

  /// What a condition comes to.
  func verdict(_ condition: Expression) -> Verdict {
    do throws(ExpressionFailure) {
      switch try value(of: condition) {
      case .bool(true): return .holds
      case .bool(false): return .fails
      default: return .unknown
      }
    } catch {
      return .broken(error.message)
    }
  }

  /// The value of a template; nil where any part of it is unknown, absent or cannot be had.
  func value(of template: Template) -> Value? {
    switch template.form {
    case .literal(let value): return value
    case .expression(let expression):
      return (try? value(of: expression))?.flatMap(\.presentValue)?.stored
    case .text:
      guard template.expressions.allSatisfy({ (try? value(of: $0))?.flatMap { $0 } != nil }) else {
        return nil
      }
      return .string(text(of: template))
    case .list(let templates):
      let values = templates.compactMap { value(of: $0) }
      return values.count == templates.count ? .list(values) : nil
    case .map(let members):
      var map = ValueMap()
      for (name, member) in members {
        guard let value = value(of: member) else { return nil }
        map[name] = value
      }
      return .map(map)
    }
  }

  /// A text for people: known parts as they will be, the others as they are written, sensitive ones
  /// never.
  func text(of template: Template) -> String {
    switch template.form {
    case .literal(let value): value.insertedText ?? ""
    case .expression(let expression): text(of: expression)
    case .text(let parts):
      parts.map { part in
        switch part {
        case .literal(let text): text
        case .expression(let expression): text(of: expression)
        }
      }.joined()
    case .list, .map: ""
    }
  }

  private func text(of expression: Expression) -> String {
    let start = expression.source.drop(while: \.isWhitespace)
    let source = String(start.reversed().drop(while: \.isWhitespace).reversed())
    let written = "${{ \(source) }}"
    guard !isSensitive(expression), let value = (try? value(of: expression)) ?? nil else {
      return written
    }
    return value.presentValue?.insertedText ?? written
  }

  // MARK: Times

  /// The length of time, where it is known.
  func length(_ duration: DurationTemplate) -> Length? {
    duration.fixed ?? value(of: duration.template)?.asString.flatMap { Length($0) }
  }

  func moment(_ duration: DurationTemplate, after start: Timestamp) -> PlanMoment {
    guard let length = length(duration) else { return unreadable(duration) }
    do throws(BusinessCalendar.Problem) {
      return .at(try length.reckoned(after: start, by: calendar.calendar))
    } catch {
      let written = duration.template.isSensitive(in: self) ? hiddenValue : length.description
      return .failed(calendar.message(of: error, in: "`\(written)`"))
    }
  }

  /// A length of time that is not known, or whose text is known to be none.
  private func unreadable(_ duration: DurationTemplate) -> PlanMoment {
    guard let text = value(of: duration.template)?.asString else { return .unknown }
    let written = duration.template.isSensitive(in: self) ? hiddenValue : text
    return .failed("`\(written)` is not a length of time")
  }

  /// The moment of an expression that a step would evaluate at `start`.
  func moment(_ expression: Expression, at start: Timestamp) -> PlanMoment {
    do throws(ExpressionFailure) {
      guard case .timestamp(let moment)? = try at(start).value(of: expression) else {
        return .unknown
      }
      return .at(moment)
    } catch {
      return .failed(error.message)
    }
  }

  func moment(_ deadline: Deadline, after start: Timestamp) -> PlanMoment {
    switch deadline {
    case .after(let duration): moment(duration, after: start)
    case .at(let expression): moment(expression, at: start)
    }
  }

  // MARK: Unknowns

  private func unknowns(at path: [String]) -> [Unknown] {
    let root = path.first ?? ""
    switch root {
    case "inputs":
      guard path.count > 1 else { return unknownInputs.map { Unknown(["inputs", $0]) } }
      return unknownInputs.contains(path[1]) ? [Unknown(["inputs", path[1]])] : []
    case "steps": return unknownsOfSteps(path)
    case "run":
      guard path.count > 1 else { return [Unknown(["run"])] }
      return run[path[1]] == nil ? [Unknown(["run", path[1]])] : []
    case "now": return now == nil ? [Unknown(["now"])] : []
    default: return [Unknown([root])]
    }
  }

  private func unknownsOfSteps(_ path: [String]) -> [Unknown] {
    guard path.count > 1 else { return [Unknown(["steps"])] }
    let isReckoned = reckoned[path[1]] != nil
    if path.count > 2, isReckoned, ["started_at", "finished_at"].contains(path[2]) { return [] }
    guard path.count > 2, let known = facts.steps[path[1]], known[path[2]] != nil else {
      let isKnown = facts.steps[path[1]] != nil || isReckoned
      return [Unknown(Array(path.prefix(isKnown ? 3 : 2)))]
    }
    return []
  }
}

/// What can be known of steps before the run: the values of `set` steps that only read what is known,
/// and that a step which cannot run has no outputs.
///
/// Filled while a plan is built, by one thread, and only read afterwards; that is why it may be
/// shared.
final class PlanFacts: @unchecked Sendable {
  private(set) var steps = ValueMap()
  /// The names of the outputs that are sensitive, by the ids of the steps.
  private(set) var sensitive: [String: Set<String>] = [:]

  func learn(_ step: Step, status: String?, outputs: ValueMap, sensitive: Set<String> = []) {
    if !sensitive.isEmpty { self.sensitive[step.id] = sensitive }
    var known: ValueMap = ["outputs": .map(outputs)]
    known["status"] = status.map { .string($0) }
    steps[step.id] = .map(known)
  }

  /// Looks at what is done where no more than this is known of steps, whatever was learned since.
  func knowing<T>(only steps: ValueMap, _ look: () -> T) -> T {
    let all = self.steps
    self.steps = steps
    defer { self.steps = all }
    return look()
  }
}

/// A moment as far as it can be told before the run.
enum PlanMoment {
  case at(Timestamp)
  /// It depends on what only the run will know.
  case unknown
  /// What is known makes it fail, with this message.
  case failed(String)
}

/// What a condition comes to before the run.
package enum Verdict: Sendable, Hashable {
  case holds, fails
  /// It depends on what only the run will know.
  case unknown
  /// What is known makes it fail with this message.
  case broken(String)

  /// The word for programs.
  package var word: String {
    switch self {
    case .holds: "holds"
    case .fails: "fails"
    case .unknown: "unknown"
    case .broken: "broken"
    }
  }
}

extension SyntaxNode {
  /// Whether it calls `uuid` or `short_id` anywhere.
  var asksForIdentity: Bool {
    if case .call(let name, nil, _) = kind, name == "uuid" || name == "short_id" { return true }
    return children.contains(where: \.asksForIdentity)
  }
}
