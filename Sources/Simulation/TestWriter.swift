package import Engine
import Fields
import TimeZones
import Values
import Workflows

/// Writes a test from what happened in a run that has ended.
package struct TestWriter {
  let workflow: Workflow
  let engine: RunEngine
  let events: [Event]
  private var placeholders: [String] = []

  /// - Parameters:
  ///   - engine: The run at its end.
  ///   - events: All of them.
  package init(_ engine: RunEngine, events: [Event]) {
    workflow = engine.workflow
    self.engine = engine
    self.events = events
  }

  /// The text of a file with one test.
  ///
  /// Sensitive values are not in a journal: where one was, a made-up value that fits stands in the
  /// test, with a remark.
  package mutating func text(named name: String, workflow reference: String) -> String {
    let state = engine.state
    let header = state.header
    var lines = ["workflow: \(FlowText.scalar(reference))", "tests:"]
    lines.append("  - name: \(FlowText.scalar(name))")
    lines.append("    run: \(FlowText.scalar(header.run))")
    lines.append("    started_at: \(FlowText.scalar(state.startedAt.journalText))")
    lines.append("    started_by: \(FlowText.scalar(state.startedBy.id))")
    lines.append("    environment: \(FlowText.scalar(header.environment))")
    if header.isByHand { lines.append("    by_hand: true") }
    let inputs = values(header.inputs, workflow.inputs)
    if !inputs.isEmpty { lines += block("inputs", inputs, indent: 4) }
    lines += actions() + answers() + arrivals() + commands()
    lines += expectation()
    let remark =
      placeholders.isEmpty
      ? [] : ["# Made up in place of sensitive values: " + placeholders.joined(separator: ", ")]
    return (remark + lines).joined(separator: "\n") + "\n"
  }

  // MARK: Values

  mutating func values(_ stored: StoredValues, _ fields: FieldSet?) -> ValueMap {
    var values = stored.clear
    for name in stored.sealed.names {
      values[name] = fields?[name].map { FieldSamples.value(for: $0) } ?? "placeholder"
      if !placeholders.contains(name) { placeholders.append(name) }
    }
    return values
  }

  private func block(_ key: String, _ values: ValueMap, indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    return ["\(space)\(key):"]
      + values.map { member in
        "\(space)  \(FlowText.scalar(member.key.asString ?? "?")): \(FlowText.text(member.value))"
      }
  }

  // MARK: Calls

  private mutating func actions() -> [String] {
    var order: [String] = []
    var lines: [String: [String]] = [:]
    func add(_ target: String, _ answer: String) {
      if lines[target] == nil { order.append(target) }
      lines[target, default: []].append(answer)
    }
    let calls = BranchedCalls(events, in: engine)
    // A success that needs no check is said of the step at once, not of its attempt.
    var open: Set<String> = []
    for event in events {
      guard let address = event.step else { continue }
      switch event.kind {
      case .attemptStarted: open.insert(address)
      case .stepSucceeded(let outputs?, _, _, _) where open.contains(address):
        open.remove(address)
        let fields = step(address)?.outputFields
        add(
          calls.target(at: address), "{ outputs: \(FlowText.text(.map(values(outputs, fields)))) }")
      case .attemptSucceeded(let outputs):
        open.remove(address)
        let fields = step(address)?.outputFields
        add(
          calls.target(at: address), "{ outputs: \(FlowText.text(.map(values(outputs, fields)))) }")
      case .attemptFailed(let failure, let retryAt, let wasSent):
        open.remove(address)
        add(
          calls.target(at: address),
          wasSent
            ? error(failure, isFinal: retryAt == nil, at: address)
            : "{ unavailable: \(FlowText.scalar(failure.message)) }")
      case .attemptLost(let message, _):
        open.remove(address)
        add(calls.target(at: address), "{ lost: \(FlowText.scalar(message)) }")
      case .lookAnswered(let look, let outputs):
        add(
          operation(of: look, at: address),
          "{ outputs: \(FlowText.text(.map(values(outputs, nil)))) }")
      case .lookFailed(let look, let message):
        add(operation(of: look, at: address), "{ unavailable: \(FlowText.scalar(message)) }")
      default: break
      }
    }
    guard !order.isEmpty else { return [] }
    return ["    actions:"]
      + order.flatMap { target in
        ["      \(FlowText.scalar(target)):"] + (lines[target] ?? []).map { "        - \($0)" }
      }
  }

  private func error(_ failure: Failure, isFinal: Bool, at address: String) -> String {
    var map: ValueMap = ["code": .string(failure.code), "message": .string(failure.message)]
    let mayRetry = (step(address)?.retry?.attempts ?? 1) > 1
    if mayRetry, isRetried(failure, at: address) == isFinal { map["retry"] = .bool(!isFinal) }
    if !failure.details.isEmpty { map["details"] = .map(failure.details) }
    return "{ error: \(FlowText.text(.map(map))) }"
  }

  /// What the contract says of a failure, where a test says nothing.
  private func isRetried(_ failure: Failure, at address: String) -> Bool {
    guard case .action(let call)? = step(address)?.kind else { return true }
    return call.contract?.mayRetry(after: failure.code) ?? true
  }

  func step(_ address: String) -> Step? { engine.step(at: address) }

  private func operation(of look: Look, at address: String) -> String {
    guard let step = step(address) else { return address }
    let call =
      switch look.purpose {
      case .preconditions: step.preconditions[safely: look.index]?.look
      case .verify, .checkpoint: step.verify[safely: look.index]?.look
      case .probe: step.probe?.action
      }
    guard let name = call?.operation else { return address }
    guard !name.contains("."), let connection = step.connection else { return name }
    return "\(connection).\(name)"
  }

  // MARK: People and events

  private mutating func answers() -> [String] {
    var order: [String] = []
    var lines: [String: [String]] = [:]
    var askedAt: [String: Timestamp] = [:]
    for event in events {
      guard let address = event.step else { continue }
      switch event.kind {
      case .stepWaiting: askedAt[address] = event.at
      case .answerGiven(let given):
        if lines[address] == nil { order.append(address) }
        var fields: FieldSet?
        if case .ask(let question)? = step(address)?.kind { fields = question.fields }
        let values = FlowText.text(.map(values(given, fields)))
        lines[address, default: []].append(
          "{ after: \(delay(event.at, since: askedAt[address])), by: "
            + "\(FlowText.scalar(event.actor.id)), with: \(values) }")
      case .people(.decided(let decided)):
        if lines[address] == nil { order.append(address) }
        let comment = decided.comment.map { ", comment: \(FlowText.scalar($0))" } ?? ""
        lines[address, default: []].append(
          "{ after: \(delay(event.at, since: askedAt[address])), by: "
            + "\(FlowText.scalar(event.actor.id)), approve: \(decided.approves)\(comment) }")
      default: break
      }
    }
    guard !order.isEmpty else { return [] }
    return ["    answers:"]
      + order.flatMap { address in
        ["      \(FlowText.scalar(address)):"] + (lines[address] ?? []).map { "        - \($0)" }
      }
  }

  private func delay(_ moment: Timestamp, since start: Timestamp?) -> String {
    let span = moment.since(start ?? engine.state.startedAt) ?? .zero
    return max(span, .zero).words
  }

  private mutating func arrivals() -> [String] {
    var lines: [String] = []
    for event in events {
      guard case .eventReceived(let received) = event.kind else { continue }
      let fields = workflow.catalog.event(named: received.name)?.fields
      let data = FlowText.text(.map(values(received.data, fields)))
      lines.append(
        "      - { event: \(received.name), data: \(data), after: "
          + "\(delay(event.at, since: nil)) }")
    }
    return lines.isEmpty ? [] : ["    events:"] + lines
  }

  // MARK: Expectation

  private func expectation() -> [String] {
    let state = engine.state
    var path = RunPath()
    for event in events { path.note(event, event.step.flatMap(step)) }
    var lines = ["    expect:"]
    if case .ended(let status, let message) = state.phase {
      lines.append("      status: \(status.rawValue)")
      if let message { lines.append("      message: \(FlowText.scalar(message))") }
    }
    lines += BranchedPath(path.addresses, of: engine).lines.map { "      \($0)" }
    // Sealed ones are left out: what stands in their place is made up.
    if !state.outputs.clear.isEmpty {
      lines += block("outputs", state.outputs.clear, indent: 6)
    }
    return lines
  }
}
