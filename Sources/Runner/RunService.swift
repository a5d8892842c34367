import Actions
package import Engine
import Fields
import Glibc
package import Plugins
package import RunStore
import SourceText
package import Values
package import Workflows

/// Everything that can be done with runs, for whoever has a door to them.
package struct RunService: Sendable {
  package let project: Project
  package let store: RunStore
  /// nil: the project's default at the start of a run, the run's own later.
  let environment: String?
  let actor: Actor
  /// What the actor may do, of somebody who signed in.
  let standing: Standing?
  let progress: @Sendable (RunProgress) -> Void
  let isInterrupted: @Sendable () -> Bool
  let now: @Sendable () -> Timestamp
  /// What a view keeps of a run beside the members of its row, for ``RunOverview``.
  let describe: @Sendable (RunSnapshot) -> [UInt8]
  private let pinnedDefinitions = PinnedDefinitionShelf()

  /// - Parameters:
  ///   - environment: nil for the project's default.
  ///   - actor: Who asks.
  ///   - standing: What the actor may do; nil for the user of the machine.
  ///   - interrupted: Asked between steps; true parks the run.
  package init(
    project: Project, store: RunStore, environment: String?, actor: Actor,
    standing: Standing? = nil,
    now: @escaping @Sendable () -> Timestamp = { systemTime() },
    progress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    interrupted: @escaping @Sendable () -> Bool = { false },
    describe: @escaping @Sendable (RunSnapshot) -> [UInt8] = { _ in [] }
  ) {
    self.project = project
    self.store = store
    self.environment = environment
    self.actor = actor
    self.standing = standing
    self.now = { now().wholeMilliseconds }
    self.progress = progress
    isInterrupted = interrupted
    self.describe = describe
  }

  // MARK: Starting

  /// Starts a run and executes it until it parks or ends.
  ///
  /// - Parameters:
  ///   - inputs: Complete and typed by the workflow's fields.
  ///   - manner: Who carries it out, and whether for real.
  ///   - isAnnounced: Whether somebody is told of the run before its first effect or its end.
  package func start(
    _ workflow: Workflow, inputs: ValueMap, manner: StartManner = StartManner(),
    isAnnounced: Bool = true
  ) async throws(RunnerError) -> RunSnapshot {
    try requireCalendars(of: workflow)
    let pinned = try pinnedDefinitions.definition(of: workflow)
    try stored { () throws(StoreError) in try store.requireWritableLedger() }
    let id = store.newRunID()
    let writer = try stored { () throws(StoreError) in
      try store.create(run: id, definition: pinned.files)
    }
    defer { writer.release() }
    let vault = VaultAdapter(writer.vault, events: store.projectVault, isKeeping: true)
    let created = try self.created(workflow, inputs, manner, writer, vault)
    let engine = try engine(workflow, created, vault)
    let executor = RunExecutor(
      store: store, writer: writer, engine: engine, vault: vault,
      context: context(engine.state.header, workflow.catalog))
    try stored { () throws(StoreError) in
      try writer.add(
        type: created.kind.type, step: nil, attempt: nil,
        actor: JournalRecord.Actor(kind: actor.kind.rawValue, id: actor.id), at: created.at,
        data: created.data)
    }
    if isAnnounced {
      // The id is shown only once the run exists.
      try executor.sync()
      let header = engine.state.header
      progress(.runStarted(run: id, name: header.name, isRehearsal: header.isRehearsal))
    }
    try await executor.proceed()
    return entered(executor)
  }

  /// Business time must not be reckoned by another calendar than the one that is named.
  private func requireCalendars(of workflow: Workflow) throws(RunnerError) {
    for definition in workflow.definitions where !definition.isCalendarKnown {
      let names = workflow.catalog.calendarNames.map { "`\($0)`" }.joined(separator: ", ")
      throw RunnerError(
        .refused,
        "`\(definition.id)` reckons by a calendar that is not there:"
          + " `\(definition.calendar ?? "")`",
        hint: names.isEmpty
          ? "write calendars/\(definition.calendar ?? "NAME").yaml" : "there is \(names)")
    }
  }

  private func created(
    _ workflow: Workflow, _ inputs: ValueMap, _ manner: StartManner, _ writer: RunWriter,
    _ vault: VaultAdapter
  ) throws(RunnerError) -> Event {
    let at = now()
    var definition = ValueMap()
    for file in writer.definition { definition[file.path] = .string(file.sha256) }
    var header = RunHeader(
      run: writer.run, workflowID: workflow.id, workflowName: workflow.name,
      workflowVersion: workflow.version ?? "", workflowFile: workflow.file.path,
      workflowSHA256: workflow.sha256, definition: definition,
      environment: environment ?? project.defaultEnvironment,
      name: workflow.name, labels: ValueMap(),
      inputs: StoredValues(
        inputs, sensitive: { workflow.inputs[$0]?.isSensitive ?? false }, vault: vault),
      isRehearsal: manner.isRehearsal, isByHand: manner.isByHand,
      home: RunHome(try stored { () throws(StoreError) in try writer.whereabouts() }))
    try vault.check()
    let first = try engine(workflow, Event(.runCreated(header), actor: actor, at: at), vault)
    do throws(ExpressionFailure) {
      (header.name, header.labels) = try first.described()
    } catch {
      throw RunnerError(.usage, "the run's name or labels: \(error.message)")
    }
    return Event(.runCreated(header), actor: actor, at: at, standing: standing)
  }

  private func engine(
    _ workflow: Workflow, _ created: Event, _ vault: VaultAdapter
  ) throws(RunnerError) -> RunEngine {
    do throws(UnreadableEvent) {
      return try RunEngine(workflow: workflow, created: created, vault: vault)
    } catch {
      throw RunnerError(.damaged, error.message)
    }
  }

  /// What a run has around it; a rehearsal has no drivers.
  func context(_ header: RunHeader, _ catalog: Catalog) -> RunContext {
    let context = RunContext(
      now: now,
      registry: header.isRehearsal
        ? .rehearsing(catalog)
        : project.registry(environment: header.environment, catalog: catalog, clock: now),
      projectFolder: project.root,
      progress: progress, isInterrupted: isInterrupted)
    context.signedIn = standing.map { (actor, $0) }
    context.people = project.people
    context.notification = project.environment(named: header.environment)?.notification
    context.notifier = { operation in notifier(of: operation, header) }
    return context
  }

  private func notifier(of operation: String, _ header: RunHeader) -> OperationRegistry {
    let connection = String(operation.prefix { $0 != "." })
    let catalog = project.catalog(
      environment: header.environment, connections: [connection], into: Diagnostics())
    return header.isRehearsal
      ? .rehearsing(catalog)
      : project.registry(environment: header.environment, catalog: catalog, clock: now)
  }

  // MARK: Going on

  /// Goes on with a parked or interrupted run.
  package func resume(_ part: String) async throws(RunnerError) -> RunSnapshot {
    try await submit(.resume, to: part)
  }

  /// Gives a run a command and goes on with it; while another process executes the run, that one
  /// is handed the command.
  ///
  /// - Parameters:
  ///   - reason: Why a copy of the run is adopted, where it is one.
  ///   - values: Sensitive values of which the key is lost, entered again.
  /// - Throws: kind `refused` where the command makes no sense; nothing is changed then.
  package func submit(
    _ kind: CommandKind, to part: String, evidence: [EvidenceFile] = [], killChildren: Bool = false,
    adopting reason: String? = nil, entering values: [String] = []
  ) async throws(RunnerError) -> RunSnapshot {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let command = Command(id: newCommandID(), kind: kind, actor: actor, standing: standing)
    let writer: RunWriter
    do throws(StoreError) {
      writer = try store.open(run: run, killChildren: killChildren)
    } catch {
      guard case .locked = error else { throw RunnerError(error) }
      if case .resume = kind { throw RunnerError(error) }
      if reason != nil || !values.isEmpty { throw RunnerError(error) }
      return try await handOver(command, evidence: evidence, to: run)
    }
    return try await execute(
      command, in: writer, evidence: evidence, adopting: reason, entering: values)
  }

  func newCommandID() -> String {
    systemRandom(8).map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }

  /// Does what a command asks; whoever gave it learns where it did not come to be recorded.
  func execute(
    _ command: Command, in writer: RunWriter, evidence: [EvidenceFile],
    adopting reason: String? = nil,
    entering values: [String] = []
  ) async throws(RunnerError) -> RunSnapshot {
    defer { writer.release() }
    var executor: RunExecutor?
    do throws(RunnerError) {
      let opened = try reopen(writer, adopting: reason)
      executor = opened
      opened.expect(command)
      return try await execute(command, opened, evidence: evidence, entering: values)
    } catch {
      throw executor?.hasLostCommand ?? true ? error.sayingNotTaken(command.kind) : error
    }
  }

  func execute(
    _ command: Command, _ executor: RunExecutor, evidence: [EvidenceFile], entering values: [String]
  ) async throws(RunnerError) -> RunSnapshot {
    let writer = executor.writer
    try executor.requireEnvironment(environment)
    try executor.enter(values, actor)
    let hasToSettle = executor.engine.hasToSettle(before: command.kind)
    // What was due before the command came is settled first, and may change what it means.
    var isLate = executor.engine.hasMissed(before: now())
    if executor.standstill != nil, !command.kind.goesOn {
      if isLate, case .event = command.kind { throw .somethingMissed(in: writer.run) }
      isLate = false
    }
    if !hasToSettle, !isLate,
      case .failure(let refusal) = executor.engine.handle(
        command, now: executor.now)
    {
      throw RunnerError(.refused, refusal.message, hint: refusal.hint)
    }
    let command = command.with(evidence: try keep(evidence, of: writer.run))
    if hasToSettle { return try await settle(command, executor) }
    if case .ended = executor.engine.state.phase {
      try executor.take(command)
      try executor.sync()
      return entered(executor)
    }
    let refusal = try await executor.comeBack(command)
    try executor.takeInbox()
    try await executor.proceed()
    let snapshot = entered(executor)
    if let refusal { throw RunnerError(.refused, refusal.message, hint: refusal.hint) }
    return snapshot
  }

  /// Brings a run back from its files, where it belongs.
  ///
  /// - Parameter reason: Why a copy of it is adopted.
  func reopen(
    _ writer: RunWriter, adopting reason: String? = nil
  ) throws(RunnerError) -> RunExecutor {
    let executor = try bringBack(writer)
    let isOver = if case .ended = executor.engine.state.phase { true } else { false }
    // A run that could not be entered when it parks does not go on.
    if !isOver { try stored { () throws(StoreError) in try store.requireWritableLedger() } }
    try settlePlace(executor, adopting: reason)
    return executor
  }

  /// Brings a run back from its files, wherever they are.
  func bringBack(_ writer: RunWriter) throws(RunnerError) -> RunExecutor {
    let vault = VaultAdapter(writer.vault, events: store.projectVault, isKeeping: true)
    let replay = Replay(writer.reader, vault)
    let recovery = try stored { () throws(StoreError) in
      try writer.recover(
        restore: replay.restore, apply: replay.apply, state: replay.state,
        restart: replay.restart)
    }
    var engine = try replay.result()
    nameRemovedSteps(in: &engine)
    let commitments = engine.state.commitments
    vault.watch { commitments }
    let executor = RunExecutor(
      store: store, writer: writer, engine: engine, vault: vault,
      context: context(engine.state.header, engine.workflow.catalog))
    // Whoever parked it died before the ledger knew, or had no room for that.
    if writer.owesLedger, try standing(of: writer.run, engine.state.placement) == .home {
      try stored { () throws(StoreError) in try writer.noteInLedger() }
    }
    if let repair = recovery.repair {
      try executor.record(
        PendingEvent(
          .journalRepaired(bytes: repair.byteCount, sha256: repair.sha256, file: repair.file)))
    }
    return executor
  }

  func keep(
    _ files: [EvidenceFile], of run: String
  ) throws(RunnerError) -> [Evidence] {
    var evidence: [Evidence] = []
    for file in files {
      let kept = try stored { () throws(StoreError) in try store.keepEvidence(file, of: run) }
      evidence.append(
        Evidence(
          sha256: kept.sha256, name: file.name, size: kept.byteCount, type: kept.mediaType))
    }
    return evidence
  }
}

extension Timestamp {
  /// The precision of journals, so that a live state and a folded one agree.
  fileprivate var wholeMilliseconds: Timestamp {
    Timestamp(seconds: seconds, nanoseconds: nanoseconds / 1_000_000 * 1_000_000)
  }
}
