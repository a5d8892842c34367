import Engine
import Glibc
import RunStore
import Values

extension RunService {
  /// Leaves a command for the process that executes the run, and waits a while for what it makes of it. What
  /// proves it is kept before, where that process will look for it.
  ///
  /// - Parameter glances: How often to look what has become of it, twenty times a second.
  /// - Throws: kind `pending` where nothing has by then.
  func handOver(
    _ command: Command, evidence: [EvidenceFile], to run: String, glances: Int = 200
  ) async throws(RunnerError) -> RunSnapshot {
    let look = try self.look(at: run)
    let (engine, vault) = (look.engine, look.vault)
    if case .failure(let refusal) = engine.handle(command, now: now()) {
      throw error(refusal, ofHeld: run)
    }
    let command = command.with(evidence: try keep(evidence, of: run))
    let content = command.inboxContent(
      sealing: { engine.isSensitive($0, in: command.kind) }, in: vault.adapter)
    try vault.adapter.check()
    do throws(StoreError) {
      try store.deliver(id: command.id, content: content, to: run, sealedIn: vault.vault)
    } catch {
      throw RunnerError(error).sayingNotTaken(command.kind)
    }
    for _ in 0..<glances {
      if try verdict(on: command.id, in: run) { return try snapshot(run) }
      if let writer = try? store.open(run: run) {
        // The holder let go: the command is ours to take, unless it has been taken or refused.
        let left = try stored { () throws(StoreError) in try store.pendingInbox(of: run) }
          .filter { $0.id == command.id }
        do throws(RunnerError) {
          try throwRefusal(of: command.id, in: run)
        } catch {
          writer.release()
          throw error
        }
        for item in left {
          try stored { () throws(StoreError) in try store.removeInbox(item, of: run) }
        }
        return try await execute(command, in: writer, evidence: [])
      }
      try? await Task.sleep(nanoseconds: 50_000_000)
    }
    throw RunnerError(pending: command.kind, in: run)
  }

  /// Whether the holder has journalled the command; its refusal is thrown.
  private func verdict(on id: String, in run: String) throws(RunnerError) -> Bool {
    let pending = try stored { () throws(StoreError) in try store.pendingInbox(of: run) }
    guard !pending.contains(where: { $0.id == id }) else { return false }
    try throwRefusal(of: id, in: run)
    return true
  }

  private func throwRefusal(of id: String, in run: String) throws(RunnerError) {
    var refusal: String?
    try stored { () throws(StoreError) in
      try store.reader(run: run).records { record in
        if record.type == "command.refused", record.data["command"]?.asString == id {
          refusal = record.data["message"]?.asString
        }
        return true
      }
    }
    if let refusal { throw RunnerError(.refused, refusal) }
  }

  /// A refusal by a run that a process carries out: nobody else can have it go on.
  func error(_ refusal: Refusal, ofHeld run: String) -> RunnerError {
    let wait =
      "a process does that now: give it again once that is over; baton status \(run) shows it"
    return RunnerError(.refused, refusal.message, hint: refusal.isForNow ? wait : refusal.hint)
  }
}
