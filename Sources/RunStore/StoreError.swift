/// What can go wrong with the run store, each case a sentence for a person.
package enum StoreError: Error, Hashable, Sendable {
  /// Another process executes the run.
  case locked(run: String, by: LockHolder)
  /// The process that executed the run is dead, but children it started still run.
  case heldByChildren(run: String, of: LockHolder, processes: [Int32])
  case noSuchRun(String, suggestions: [String])
  case ambiguousRun(String, matches: [String])
  /// The ledger knows the run, with so many records at a moment, and its folder is gone.
  case goneRun(String, records: Int, at: String)
  /// The text cannot name a run, a file of a definition, an event or evidence.
  case unfitName(String)
  case runExists(String)
  /// The journal (or the ledger) is damaged at a record, counted from 0.
  case damaged(file: String, record: Int, String)
  /// A pinned file is missing, or is not what was pinned.
  case definitionChanged(path: String, String)
  /// A kept piece of evidence is missing, or is not what was kept.
  case evidenceChanged(sha256: String, String)
  case diskFull(path: String)
  case noPermission(path: String)
  case readOnly(path: String)
  case failed(path: String, action: String, errno: Int32)
  /// A value that JSON cannot express exactly was to be recorded.
  case notRecordable(String)
  case noSealingKey(String)
  case wrongSealingKey(Commitment)
  case noSealedValue(Commitment)
}

/// Why nobody else can execute a run now.
package enum RunHold: Hashable, Sendable {
  case executed(by: LockHolder)
  /// Its process is dead, and what that one started still runs.
  case leftBehind(by: LockHolder, processes: [Int32])
}

/// Who holds the lock of a run.
package struct LockHolder: Hashable, Sendable {
  /// The process, 0 where the lock does not say.
  package var process: Int32
  package var host: String
  /// Since when, as RFC 3339 text; empty where the lock does not say.
  package var since: String
}

extension StoreError {
  /// One sentence: lower case, no final stop.
  package var message: String {
    switch self {
    case .locked(let run, let holder):
      "run `\(run)` is being executed by \(holder.sentence)"
    case .heldByChildren(let run, let holder, let processes):
      "run `\(run)` was executed by \(holder.sentence), which is dead, but what it started still runs: "
        + (processes.isEmpty
          ? "processes that this account cannot see"
          : processes.map { "process \($0)" }.joined(separator: ", "))
    case .noSuchRun(let part, _): "no run matches `\(part)`"
    case .ambiguousRun(let part, let matches): "`\(part)` matches \(matches.count) runs"
    case .goneRun(let run, let records, let moment):
      "the folder of run `\(run)` is gone: the ledger knows of \(records) records, the last time at \(moment)"
    case .unfitName(let name): "`\(name)` cannot be used as a name here"
    case .runExists(let run): "run `\(run)` exists already"
    case .damaged(let file, let record, let sentence):
      "record \(record) of `\(file)` is damaged: \(sentence)"
    case .definitionChanged(let path, let sentence): "the pinned file `\(path)` \(sentence)"
    case .evidenceChanged(let hash, let sentence): "the evidence `\(hash)` \(sentence)"
    default: environmentMessage
    }
  }

  private var environmentMessage: String {
    switch self {
    case .diskFull(let path): "the disk is full: `\(path)` cannot grow"
    case .noPermission(let path): "no permission to use `\(path)`"
    case .readOnly(let path): "`\(path)` is on a file system that is mounted read-only"
    case .failed(let path, let action, let code): "cannot \(action) `\(path)`: \(describe(code))"
    case .notRecordable(let sentence): "a value cannot be recorded: \(sentence)"
    case .noSealingKey(let sentence): "there is no key for sensitive values: \(sentence)"
    case .wrongSealingKey(let commitment):
      "the sealed value `\(commitment.short)` cannot be opened with this key"
    case .noSealedValue(let commitment): "the sealed value `\(commitment.short)` is missing"
    default: ""
    }
  }

  /// What can be done, where there is something to say.
  package var hint: String? {
    switch self {
    case .locked: "wait until it parks; commands reach it through its inbox meanwhile"
    case .heldByChildren(let run, _, let processes):
      "wait for them to end, or \(processes.isEmpty ? "let the account that it ran as end them" : "end them"): "
        + "baton resume \(run) --kill-children"
    case .noSuchRun(_, let suggestions):
      suggestions.isEmpty
        ? nil : "did you mean \(suggestions.map { "`\($0)`" }.joined(separator: ", "))?"
    case .ambiguousRun(_, let matches):
      "type more of one of: \(matches.prefix(5).joined(separator: ", "))"
    case .goneRun(let run, _, _):
      "put a copy of its folder back, as `\(run)` below `runs`; `baton verify --all` names all that are gone"
    case .damaged: "`baton verify` shows what is intact; nothing was changed"
    case .diskFull: "free some space, then do that again"
    case .noPermission: "use the account that owns the file, or give this one access"
    case .readOnly: "mount it writable, then do that again"
    case .noSealingKey, .wrongSealingKey:
      "set BATON_KEY to the key that sealed it, or enter the value again"
    default: nil
    }
  }

  /// Whether the same call may succeed later with nothing changed in the run.
  package var canRetry: Bool {
    switch self {
    case .locked, .heldByChildren, .diskFull, .noPermission, .readOnly, .failed, .noSealingKey: true
    default: false
    }
  }
}
