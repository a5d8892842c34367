import CEL
import Fields
import SourceText
package import Values
package import Workflows

extension Step {
  /// What whoever does the step by hand has to give, and may give.
  ///
  /// - Parameters:
  ///   - needed: the outputs that later steps cannot do without.
  ///   - workflow: the one that the step stands in.
  ///   - given: what is given; it may say in which of several ways a wait ended.
  /// - Returns: nil where nothing is known of it.
  package func outputsByHand(
    needed: Set<String>, in workflow: Workflow, given: ValueMap = ValueMap()
  ) -> StepOutputs? {
    switch kind {
    case .action(let call): return call.contract.map { StepOutputs($0.outputs) }
    case .ask(let question): return outputs(of: question, needed)
    case .wait(let wait): return outputs(of: wait, needed, given)
    case .set(let values): return outputs(of: values, in: workflow, needed)
    case .workflow(let call):
      guard let definition = call.definition else { return nil }
      return outputs(of: definition.outputs, in: definition, needed)
    case .repeat(let loop):
      return loop.steps.steps.last?.outputsByHand(needed: needed, in: workflow, given: given)
    case .forEach(let loop):
      let list = CELType.list(loop.collect?.type ?? .dyn)
      return StepOutputs(
        FieldSet([field(Self.collectedOutput, list, needed, loop.collect?.isSensitive ?? false)]))
    case .approve:
      return StepOutputs(FieldSet(["by", "comment"].map { field($0, .string, needed) }))
    case .section, .parallel, .choose, .goTo, .finish: return StepOutputs(FieldSet())
    }
  }

  /// What the step says by itself, where nobody gave it.
  func fillIn(_ outputs: inout ValueMap, now: Timestamp) {
    switch kind {
    case .wait(let wait):
      if outputs["at"] == nil { outputs["at"] = .string(now.journalText) }
      if outputs["which"] == nil, let way = wait.way(in: outputs) {
        outputs["which"] = .string(way.name)
      }
    case .ask(let question):
      guard let ticked = outputs["items"]?.asMap, !question.items.isEmpty else { return }
      let share = question.items.count { ticked[$0.name]?.asBool ?? false }
      outputs["progress"] = .double(Double(share) / Double(question.items.count))
    case .repeat(let loop): loop.steps.steps.last?.fillIn(&outputs, now: now)
    default: break
    }
  }

  /// What helps whoever tells of an event, and says that the wait ended without one; nil for anything else.
  func hintOnEvent(in given: ValueMap) -> String? {
    guard case .wait(let wait) = kind, let way = wait.way(in: given), way.wait.events.isEmpty,
      let name = given.compactMap(\.key.asString).first(where: \.isOfEvent)
    else { return nil }
    let other = wait.ways.filter { !$0.wait.events.isEmpty }.map { "which=\($0.name)" }
    let rest = other.isEmpty ? "" : ", or give " + other.joined(separator: " or ")
    return "`\(way.name)` ends the wait without an event: leave `\(name)` out\(rest)"
  }

  private func field(
    _ name: String, _ type: CELType, _ needed: Set<String>, _ isSensitive: Bool = false
  ) -> Field {
    Field(
      named: name, type: type, isOptional: !needed.contains(name), isSensitive: isSensitive,
      span: span)
  }

  /// What is handed on as it is has to fit where it comes from, everything else has its type.
  private func outputs(
    of values: [NamedTemplate], in workflow: Workflow, _ needed: Set<String>
  ) -> StepOutputs {
    StepOutputs(
      FieldSet(
        values.map { name, value in
          workflow.field(handedOnBy: value)?.handed(
            on: name, isOptional: !needed.contains(name), isSensitive: value.isSensitive)
            ?? field(name, value.type, needed, value.isSensitive)
        }))
  }

  private func outputs(of question: Question, _ needed: Set<String>) -> StepOutputs {
    guard !question.items.isEmpty else { return StepOutputs(question.fields) }
    let items = question.items.map { item in
      Field(named: item.name, type: .bool, isOptional: false, span: span)
    }
    let ticks = StepOutputs.Record(
      "items", of: items, isOptional: needed.isDisjoint(with: ["items", "progress"]), span: span)
    return StepOutputs(question.fields, [ticks])
  }

  // MARK: Waits

  private func outputs(
    of wait: Wait, _ needed: Set<String>, _ given: ValueMap
  ) -> StepOutputs {
    let ways = wait.ways
    let isGiven = given.contains { $0.key.asString?.isOfEvent ?? false }
    let needsEvent = needed.contains(Self.eventOutput)
    let end = wait.way(in: given, hasEvent: isGiven)
    var which = field("which", .string, needed).with(words: ways.map(\.name))
    if end == nil, needsEvent || isGiven { which = which.named("which", isOptional: false) }
    if ways.count == 1 { which = which.named("which", isOptional: true) }
    let moment = Field(named: "at", type: .timestamp, isOptional: true, span: span)
    let plain = FieldSet([which, moment])
    let events = end.map { $0.wait.events } ?? wait.events
    guard !events.isEmpty else { return StepOutputs(plain) }
    guard let members = Self.members(of: events) else {
      return StepOutputs(FieldSet(plain.fields + [field(Self.eventOutput, .dyn, needed)]))
    }
    return StepOutputs(
      plain,
      [.init(Self.eventOutput, of: members, isOptional: !needsEvent, span: span)])
  }

  /// The fields of one of several events: those that not all of them have may be left out.
  private static func members(of events: [EventWait]) -> [Field]? {
    let sets = events.compactMap(\.contract?.fields)
    guard sets.count == events.count else { return nil }
    guard Set(events.map(\.event)).count > 1 else { return sets[0].fields }
    var members: [Field] = []
    for field in sets.flatMap(\.fields) where !members.contains(where: { $0.name == field.name }) {
      let isEverywhere = sets.allSatisfy { $0[field.name]?.isRequired ?? false }
      members.append(field.named(field.name, isOptional: !isEverywhere))
    }
    return members
  }
}

extension Workflow {
  /// The field whose value a template is, and nothing more: `${{ inputs.day }}`, `${{ steps.a.outputs.n }}`.
  fileprivate func field(handedOnBy template: Template) -> Field? {
    guard case .expression(let expression) = template.form, expression.isPlainRead,
      let path = expression.references.first?.path
    else { return nil }
    switch (path.count, path[0]) {
    case (2, "inputs"): return inputs[path[1]]
    case (4, "steps") where path[2] == "outputs":
      return step(named: path[1])?.outputFields?[path[3]]
    default: return nil
    }
  }
}

extension Wait {
  /// The ways in which it can end, under the names that `which` has for them.
  fileprivate var ways: [(name: String, wait: Wait)] {
    switch self {
    case .firstOf(let ways): ways.flattened
    case .event(let event): [(event.event, self)]
    case .duration, .until: [("time", self)]
    }
  }

  /// The way in which it ended by what somebody says; nil where that leaves it open.
  func way(
    in outputs: ValueMap, hasEvent: Bool? = nil
  ) -> (name: String, wait: Wait)? {
    let ways = self.ways
    if let which = outputs["which"]?.asString { return ways.first { $0.name == which } }
    if ways.count == 1 { return ways[0] }
    let withEvent = ways.filter { !$0.wait.events.isEmpty }
    let hasEvent = hasEvent ?? (outputs[Step.eventOutput] != nil)
    return hasEvent && withEvent.count == 1 ? withEvent[0] : nil
  }
}

extension String {
  /// Whether it names the event of a wait, or a member of it.
  fileprivate var isOfEvent: Bool { self == Step.eventOutput || hasPrefix("event.") }
}
