package import Engine
import Fields
import TimeZones
import Values
package import Workflows

/// Writes a test from what happened in a run that has ended.
package struct TestWriter {
  /// A version that a run went by before it was moved to another.
  package struct Version: Sendable {
    package let workflow: Workflow
    /// Where the file of the test finds it.
    package let path: String

    package init(_ workflow: Workflow, path: String) {
      self.workflow = workflow
      self.path = path
    }
  }

  let workflow: Workflow
  let engine: RunEngine
  let events: [Event]
  let versions: [Version]
  let doing: WrittenDoing
  var detail = WrittenCalls.Detail.plain
  /// When nobody was there, as far as the test is to say it.
  var stretches: [Range<Timestamp>] = []
  /// Steps by their addresses, as they were before the run was moved.
  private var earlier: [String: Step] = [:]
  private var placeholders: [String] = []

  /// - Parameters:
  ///   - engine: The run at its end.
  ///   - events: All of them.
  ///   - versions: Those that it went by before the last one, in order.
  package init(_ engine: RunEngine, events: [Event], versions: [Version] = []) {
    workflow = engine.workflow
    self.engine = engine
    self.events = events
    self.versions = versions
    doing = WrittenDoing(events)
    noteEarlierSteps()
  }

  private mutating func noteEarlierSteps() {
    guard !versions.isEmpty else { return }
    var earlier: [String: Step] = [:]
    replay(after: { event, engine in
      if let address = event.step, let step = engine.step(at: address) { earlier[address] = step }
    })
    self.earlier = earlier
  }

  /// Goes through the events after the first, each with the run as it was before it and after it.
  func replay(
    before: (_ event: Event, _ run: inout RunEngine) -> Void = { _, _ in },
    after: (_ event: Event, _ run: RunEngine) -> Void = { _, _ in }
  ) {
    guard let created = events.first,
      var engine = try? RunEngine(
        workflow: versions.first?.workflow ?? workflow, created: created, vault: engine.vault)
    else { return }
    var upcoming = versions.dropFirst().map(\.workflow) + [workflow]
    for event in events.dropFirst() {
      before(event, &engine)
      if case .recovery(.migrated) = event.kind {
        guard !upcoming.isEmpty else { return }
        engine.expect(upcoming.removeFirst())
      }
      engine.apply(event)
      after(event, engine)
    }
  }

  /// The text of a file with one test, in as much detail as is asked for.
  mutating func written(named name: String, workflow reference: String) -> String {
    placeholders = []
    let state = engine.state
    let header = state.header
    var lines = ["workflow: \(FlowText.scalar(reference))", "tests:"]
    lines.append("  - name: \(FlowText.scalar(name))")
    lines.append("    run: \(FlowText.scalar(header.run))")
    lines.append("    started_at: \(FlowText.scalar(state.startedAt.journalText))")
    lines.append("    started_by: \(FlowText.scalar(state.startedBy.id))")
    lines.append("    environment: \(FlowText.scalar(header.environment))")
    if let first = versions.first {
      lines.append("    started_with: \(FlowText.scalar(first.path))")
    }
    if header.isByHand { lines.append("    by_hand: true") }
    let inputs = startInputs()
    if !inputs.isEmpty { lines += block("inputs", inputs, indent: 4) }
    lines += actions() + answers() + arrivals() + commands()
    lines += absences()
    lines += expectation()
    var remark: [String] = []
    if !placeholders.isEmpty {
      remark.append(
        "# Made up in place of sensitive values: " + placeholders.joined(separator: ", "))
    }
    if !versions.isEmpty {
      remark.append(
        "# Earlier versions stand in the run's folder: copy them to where they are kept.")
    }
    return (remark + lines).joined(separator: "\n") + "\n"
  }

  // MARK: Values

  /// What the run was started with, before inputs were added or changed as it was moved.
  private mutating func startInputs() -> ValueMap {
    guard case .runCreated(let header)? = events.first?.kind else { return ValueMap() }
    return values(header.inputs, (versions.first?.workflow ?? workflow).inputs)
  }

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
    var calls = WrittenCalls(detail, BranchedCalls(events, in: workflow, step))
    var isTested = false
    for (index, event) in events.enumerated() {
      if case .runResumed = event.kind {
        calls.loseAll()
        isTested = doing.resumes.contains(index)
      }
      guard let address = event.step else { continue }
      switch event.kind {
      case .attemptStarted(let intent): calls.begin(intent, at: address, event.at)
      // A success that needs no check is said of the step at once, not of its attempt.
      case .stepSucceeded(let outputs?, .machine, _, _) where calls.isOpen(at: address),
        .attemptSucceeded(let outputs) where calls.isOpen(at: address):
        let values = values(outputs, step(address)?.outputFields)
        calls.end("{ outputs: \(FlowText.text(.map(values))) }", at: address, event.at)
      case .attemptFailed(let failure, let retryAt, let wasSent):
        calls.end(
          wasSent
            ? error(failure, isFinal: retryAt == nil, at: address)
            : "{ unavailable: \(FlowText.scalar(failure.message)) }", at: address, event.at)
      case .attemptLost(let message, _):
        calls.end("{ lost: \(FlowText.scalar(message)) }", at: address, event.at)
      // In virtual time nothing is resumed that is not stuck, and no checkpoint tested.
      case .lookAnswered(let look, _) where look.purpose == .checkpoint && !isTested: continue
      case .lookFailed(let look, _) where look.purpose == .checkpoint && !isTested: continue
      case .lookAnswered(let look, let outputs):
        calls.look(
          look, "{ outputs: \(FlowText.text(.map(values(outputs, nil)))) }", at: address)
      case .lookFailed(let look, let message):
        calls.look(look, "{ unavailable: \(FlowText.scalar(message)) }", at: address)
      default: break
      }
    }
    calls.loseRest(events.last?.at ?? engine.state.startedAt)
    return calls.lines
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

  /// A step as the run knows it, or knew it before it was moved.
  func step(_ address: String) -> Step? { engine.step(at: address) ?? earlier[address] }

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
          "{ \(moment(event.at, since: askedAt[address])), by: "
            + "\(FlowText.scalar(event.actor.id)), with: \(values) }")
      case .people(.decided(let decided)):
        if lines[address] == nil { order.append(address) }
        let comment = decided.comment.map { ", comment: \(FlowText.scalar($0))" } ?? ""
        lines[address, default: []].append(
          "{ \(moment(event.at, since: askedAt[address])), by: "
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

  /// Counted from the question; in full detail the moment itself, which is another question's where this one was
  /// asked before and nobody answered.
  private func moment(_ moment: Timestamp, since start: Timestamp?) -> String {
    detail == .exact
      ? "at: \(FlowText.scalar(moment.journalText))" : "after: \(delay(moment, since: start))"
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
          + "\(delay(received.at ?? event.at, since: nil)) }")
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
