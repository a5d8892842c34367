import Actions
import Engine
import Fields
import Foundation
import Plugins
import RunStore
import SourceText
import Synchronization
import TestSupport
import Testing
import Values
import Workflows

@testable import Runner

/// A variant of the onboarding on real files, with a clock that leaps, stopped after so many steps.
final class VariantPlay: Sendable {
  private struct State {
    var moment = Timestamp(seconds: 1_773_000_000)
    /// How often the run has asked whether somebody stops it: before everything it does.
    var decisions = 0
    var limit = Int.max
    var isRejected = false
  }

  let way: VariantWay
  let folder: String
  private let project: Project
  private let workflow: Workflow
  private let store: RunStore
  private let state = Mutex(State())
  /// Of how many stops one is played; all of them take minutes.
  private static let every =
    ProcessInfo.processInfo.environment["UNDO_EVERY"].flatMap(Int.init) ?? 24

  init(_ way: VariantWay) throws {
    self.way = way
    folder = "/tmp/baton-variant-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["baton.yaml", "plugins", "calendars", "workflows"] {
      try FileManager.default.copyItem(
        atPath: "\(Repository.path)/\(name)", toPath: "\(folder)/\(name)")
    }
    project = try #require(Project.load(from: folder, into: Diagnostics()))
    store = RunStore(
      root: folder + "/.baton", key: SealingKey.Source(environment: nil, file: folder + "/key"))
    let diagnostics = Diagnostics()
    let name =
      way.workflow == "enterprise-onboarding" ? "\(way.workflow).json" : "\(way.workflow).yaml"
    workflow = try #require(
      try Self.load("\(folder)/workflows/\(name)", project, diagnostics),
      "\(diagnostics.sorted.map(\.message))")
  }

  deinit {
    let parent = URL(filePath: folder).deletingLastPathComponent().path
    let name = URL(filePath: folder).lastPathComponent
    let all = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for entry in all where entry == name || entry.hasPrefix(name + ".") {
      try? FileManager.default.removeItem(atPath: "\(parent)/\(entry)")
    }
  }

  private static func load(
    _ path: String, _ project: Project, _ diagnostics: Diagnostics
  ) throws -> Workflow? {
    let file = SourceFile(path: path, bytes: Array(try Data(contentsOf: URL(filePath: path))))
    let folder = project.root + "/workflows"
    let workflows = WorkflowSource(find: { name, _ in
      (try? Data(contentsOf: URL(filePath: "\(folder)/\(name).yaml"))).map {
        SourceFile(path: "\(name).yaml", bytes: Array($0))
      }
    })
    return Workflow.load(
      file: file, catalog: project.catalog(into: diagnostics), workflows: workflows,
      into: diagnostics)
  }

  // MARK: Calling

  private func service(signedIn: Bool = false) -> RunService {
    RunService(
      project: project, store: store, environment: nil,
      actor: Actor(kind: signedIn ? .person : .user, id: signedIn ? "lerato" : "root"),
      now: { [self] in state.withLock(\.moment) },
      interrupted: { [self] in
        state.withLock {
          $0.decisions += 1
          return $0.decisions > $0.limit
        }
      })
  }

  /// Calls an operation outside any run.
  func call(_ operation: String, _ inputs: ValueMap) async throws -> ValueMap {
    let registry = project.registry(catalog: workflow.catalog)
    guard case .success(let found) = registry.operation(named: operation) else { return ValueMap() }
    let completed = try found.contract.inputs.complete(inputs).get()
    return try await found.handler.perform(
      Invocation(
        operation: operation, inputs: completed, key: "before-\(operation)", run: "before",
        step: "before", attempt: 1, timeout: nil, projectFolder: folder, log: { _ in }))
  }

  // MARK: Playing

  /// Plays the way to its end, stops after everything that it does, and does something there, of which nothing
  /// is left afterwards.
  func stopEverywhere(_ body: (RunSnapshot, Int) async throws -> Void) async throws {
    for (operation, inputs) in way.before { _ = try await call(operation, inputs) }
    try keep("before")
    state.withLock { $0.limit = 1 + way.offset % Self.every }
    let inputs = try workflow.inputs.complete(way.inputs).get()
    var snapshot = try await service().start(workflow, inputs: inputs)
    for _ in 0..<10_000 where !snapshot.status.isFinal {
      let (decisions, limit) = state.withLock { ($0.decisions, $0.limit) }
      guard decisions > limit else {
        snapshot = try await help(snapshot)
        continue
      }
      // A run that ends takes nothing back any more, with steps in `finally` or without.
      guard try !hasBegunToEnd(snapshot) else {
        state.withLock { $0.limit = .max }
        snapshot = try await service().resume(snapshot.runID)
        continue
      }
      await Task.yield()
      try keep("stopped")
      state.withLock { $0.limit = .max }
      try await body(snapshot, decisions)
      try keep("after-\(decisions)")
      try restore("stopped")
      state.withLock {
        $0 = State(
          // Whoever resumes is asked once before anything is done.
          moment: $0.moment, decisions: decisions, limit: decisions + 1 + Self.every,
          isRejected: $0.isRejected)
      }
      snapshot = try await service().resume(snapshot.runID)
    }
    #expect(snapshot.status == .succeeded, "\(way): \(snapshot.reasons)")
  }

  private func hasBegunToEnd(_ snapshot: RunSnapshot) throws -> Bool {
    var hasBegun = false
    try store.reader(run: snapshot.runID).records { record in
      hasBegun = record.type == "run.finishing"
      return !hasBegun
    }
    return hasBegun
  }

  /// Takes everything back, and does by hand what is left to people.
  ///
  /// - Returns: the run as it ended, and what people had to do.
  func takeBack(_ run: String) async throws -> (end: RunSnapshot, byHand: [String]) {
    var snapshot = try await service().submit(.undo(reason: "a mistake"), to: run)
    var byHand: [String] = []
    while let step = snapshot.steps.first(where: { $0.status == .waiting }) {
      byHand.append(step.address)
      snapshot = try await service().submit(
        .done(step: step.address, values: [:], reason: "written to them", evidence: []), to: run)
    }
    #expect(try service().verify(run).isIntact)
    return (snapshot, byHand)
  }

  private static let parts = [".baton", "data", "outbox"]

  /// Keeps what a run and the services have on disk.
  private func keep(_ name: String) throws {
    try? FileManager.default.removeItem(atPath: "\(folder).\(name)")
    try FileManager.default.createDirectory(
      atPath: "\(folder).\(name)", withIntermediateDirectories: true)
    for part in Self.parts where FileManager.default.fileExists(atPath: "\(folder)/\(part)") {
      try FileManager.default.copyItem(
        atPath: "\(folder)/\(part)", toPath: "\(folder).\(name)/\(part)")
    }
  }

  private func restore(_ name: String) throws {
    for part in Self.parts {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(part)")
      guard FileManager.default.fileExists(atPath: "\(folder).\(name)/\(part)") else { continue }
      try FileManager.default.copyItem(
        atPath: "\(folder).\(name)/\(part)", toPath: "\(folder)/\(part)")
    }
  }

  private func help(_ snapshot: RunSnapshot) async throws -> RunSnapshot {
    for step in snapshot.steps where step.status == .waiting {
      guard let waiting = step.waiting,
        let help = way.help[step.address.replacing(/\[\d+\]/, with: "")]
      else { continue }
      if case .time = waiting.cause { continue }
      return try await give(help[position(of: step, help)], at: step, snapshot.runID)
    }
    state.withLock { $0.moment = $0.moment.adding(TimeSpan(seconds: 86_400)) ?? $0.moment }
    _ = try await service().tick()
    return try service().snapshot(snapshot.runID)
  }

  /// Which of several helps is next: one for each round, or first what the customer does.
  private func position(of step: StepView, _ help: [VariantWay.Help]) -> Int {
    if let round = step.address.firstMatch(of: /\[(\d+)\]/).flatMap({ Int($0.output.1) }) {
      return min(round, help.count - 1)
    }
    let ticked = step.waiting?.items.count { $0.event != nil && $0.isTicked } ?? 0
    return min(ticked, help.count - 1)
  }

  private func give(
    _ help: VariantWay.Help, at step: StepView, _ run: String
  ) async throws -> RunSnapshot {
    switch help {
    case .answer(let values):
      return try await service().submit(.answer(step: step.address, values: values), to: run)
    case .event(let name, let data):
      if name == "domains.went_live" { _ = try await call("domains.record_live", data) }
      let known = try await filled(data)
      return try await service().submit(.event(name: name, data: known), to: run)
    case .approve, .rejectFirst:
      var approves = true
      if case .rejectFirst = help { approves = state.withLock(\.isRejected) }
      state.withLock { $0.isRejected = true }
      return try await service(signedIn: true).submit(
        .decide(step: step.address, approves: approves, comment: "so", shown: nil), to: run)
    }
  }

  private func filled(_ data: ValueMap) async throws -> ValueMap {
    var filled = data
    for name in data.names {
      guard let text = data[name]?.asString, text.hasPrefix("$") else { continue }
      let email: Value =
        way.workflow == "enterprise-onboarding" ? "cara@big.example" : "ana@example.com"
      let operation = text == "$user" ? "identity.find_user" : "tenants.find"
      let found = try await call(operation, ["email": email])
      let rows = found[text == "$user" ? "users" : "tenants"]?.asList
      filled[name] = rows?.first?[text == "$user" ? "user_id" : "tenant_id"]
    }
    return filled
  }

  // MARK: The world

  /// What is in the databases after each stop that is not what was there before the run; tables that
  /// remember what was done and taken back are left out.
  func differences() throws -> String {
    let script = """
      import glob, os, re, sqlite3, sys
      kept = {"identity_changes", "tenant_changes", "crm_changes", "telephony_messages"}
      # Of a password only a digest is known: one that was replaced cannot be set back.
      chance = [r"[0-9a-f-]{32,}", r"before-identity\\.create_user|\\d{8}-\\w{6}:(new|reset)_password:0", r"note_[0-9a-f]+", r"\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z"]
      def rows(folder):
          found = []
          for name in glob.glob(folder + "/data/*.db"):
              db = sqlite3.connect(name)
              for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                  for row in db.execute(f'SELECT * FROM "{table}"') if table not in kept else []:
                      text = repr((table, row))
                      for pattern in chance: text = re.sub(pattern, "…", text)
                      found.append(text)
          return sorted(found)
      first = rows(sys.argv[1] + ".before")
      for folder in sorted(glob.glob(sys.argv[1] + ".after-*")):
          last = rows(folder)
          if last != first:
              more = [row for row in last if row not in first]
              print(folder.rsplit("-", 1)[1], "has", more, "not", [row for row in first if row not in last])
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, folder]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  /// How many messages are in the outbox.
  func messages() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: folder + "/outbox/new").count) ?? 0
  }

  /// What stands on the team's board.
  func board() -> [String] {
    let text = (try? String(contentsOfFile: folder + "/data/chat.txt", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// The files of the project that neither a run nor a service keeps.
  func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { path in !(Self.parts + ["key"]).contains { path.hasPrefix($0) } }
      .sorted()
  }
}
