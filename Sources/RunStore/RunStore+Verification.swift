internal import Glibc
import Values

extension RunStore {
  /// Looks at every byte of a run: the chain, the pinned files, the evidence, the saved state, the
  /// ledger. Never writes; damage is reported, not thrown.
  ///
  /// - Parameters:
  ///   - fold: Takes every intact record, in order.
  ///   - state: The state folded so far. Its hash is compared with what parking promised and with
  ///     what is saved.
  ///   - isHere: Asked once all is folded: whether the run belongs here, so that the ledger has to
  ///     know it.
  /// - Throws: Only where the run does not exist.
  package func verify(
    run: String, fold: @escaping (JournalRecord) -> Void = { _ in },
    state: (() -> FoldedState?)? = nil,
    isHere: @escaping () -> Bool = { true }
  ) throws(StoreError) -> VerificationReport {
    try requireRun(run)
    var entries: [LedgerEntry] = []
    var ledgerError: StoreError?
    var torn: String?
    do throws(StoreError) {
      try ledger(
        torn: { torn = Self.tornLedger($0) },
        {
          if $0.run == run { entries.append($0) }
          return true
        })
    } catch {
      ledgerError = error
    }
    var report = verify(run: run, ledger: entries, folding: (fold, state, isHere))
    if let torn { report.notes.append(torn) }
    if let ledgerError { report.add(.ledger, ledgerError) }
    return report
  }

  /// Looks at every run, and at the ledger for runs that are gone.
  ///
  /// - Parameter folding: For each run, what takes its records and gives its state.
  package func verifyAll(
    folding: (String) -> RunFolding = { _ in ({ _ in }, nil, { true }) }
  ) throws(StoreError) -> ProjectVerificationReport {
    var report = ProjectVerificationReport()
    var entries: [String: [LedgerEntry]] = [:]
    do throws(StoreError) {
      try ledger(
        torn: { report.notes.append(Self.tornLedger($0)) },
        {
          entries[$0.run, default: []].append($0)
          report.ledgerLines += 1
          report.ledgerHead = $0.hash
          return true
        })
    } catch {
      let problem = VerificationReport.Problem(
        subject: .ledger, record: nil, sentence: error.message)
      if error.saysUnreadable {
        report.unchecked.append(problem)
      } else {
        report.problems.append(problem)
        report.ledgerLinesLeft = max(0, ledgerLineCount - report.ledgerLines)
      }
    }
    report.notes += projectEventNotes()
    let runs = try list()
    for run in runs {
      report.runs.append(verify(run: run, ledger: entries[run] ?? [], folding: folding(run)))
    }
    for run in Set(entries.keys).subtracting(runs).sorted() {
      report.problems.append(
        .init(subject: .ledger, record: nil, sentence: "run `\(run)` is in the ledger and is gone"))
    }
    return report
  }

  /// How many lines the ledger has, intact or not.
  private var ledgerLineCount: Int {
    let bytes = (try? Folders.read(ledgerPath)) ?? []
    return bytes.count { $0 == 0x0A } + (bytes.last.map { $0 != 0x0A } ?? false ? 1 : 0)
  }

  private func verify(
    run: String, ledger: [LedgerEntry], folding: RunFolding
  ) -> VerificationReport {
    var verification = RunVerification(store: self, run: run, ledger: ledger)
    // Where the journal cannot be read there is nothing to hold the rest against.
    guard verification.readJournal(fold: folding.fold, state: folding.state) else {
      return verification.report
    }
    verification.checkEvidence()
    verification.checkSealed()
    verification.checkState()
    verification.checkLedger()
    verification.checkStandstill(isHere: folding.isHere)
    return verification.report
  }

  private static func tornLedger(_ bytes: Int) -> String {
    "\(bytes) bytes after the last line of the ledger are a write that was cut off; the next line moves"
      + " them aside"
  }
}

/// What takes the records of a run, gives the state they lead to, and then says whether the run belongs
/// where it is.
package typealias RunFolding = (
  fold: (JournalRecord) -> Void, state: (() -> FoldedState?)?, isHere: () -> Bool
)

/// The verification of one run under way.
struct RunVerification {
  static let format = "baton-journal/1"

  private(set) var report: VerificationReport
  private let store: RunStore
  private let run: String
  private var ledger: [LedgerEntry]
  private let cache: Result<StateCache, StateCache.Unfit>?
  private var isCacheConfirmed = false
  private var evidence: Set<String> = []
  /// The commitments that records name.
  private var commitments: Set<String> = []
  private var standstill = Standstill()
  /// The newest record that names the state its events lead to.
  private var lastConfirmed: Int?
  /// Whether a record was found that names another state.
  private var isAstray = false

  init(store: RunStore, run: String, ledger: [LedgerEntry]) {
    self.store = store
    self.run = run
    self.ledger = ledger
    report = VerificationReport(run: run)
    var content: [UInt8]?
    do throws(StoreError) {
      content = try Folders.read(store.folder(of: run) + "/run.json")
    } catch {
      if error.saysUnreadable { report.add(.state, error) }
    }
    cache = content.map { content in
      do throws(StateCache.Unfit) {
        return .success(try StateCache(content, run: run))
      } catch {
        return .failure(error)
      }
    }
  }

  private var reader: RunReader { RunReader(store: store, run: run) }

  /// Reads the journal from its start to its end or its first bad record.
  ///
  /// - Returns: whether it could be read.
  mutating func readJournal(
    fold: (JournalRecord) -> Void, state: (() -> FoldedState?)?
  ) -> Bool {
    do throws(StoreError) {
      var scan = try JournalScan(reader.folder + "/journal.jsonl")
      while true {
        switch try scan.next() {
        case .record(let record):
          check(record, at: scan.position, fold: fold, state: state)
          continue
        case .torn(let tail): tell(tail)
        case .end: break
        }
        break
      }
    } catch {
      guard case .damaged(_, let record, let sentence) = error else {
        guard error.saysMissing else {
          report.add(.journal, error)
          return false
        }
        report.add(.journal, record: 0, "the journal is missing")
        return true
      }
      report.add(.journal, record: record, sentence)
    }
    if report.records == 0 && !report.isDamaged {
      report.add(.journal, record: 0, "the journal is empty")
    }
    return true
  }

  private mutating func check(
    _ record: JournalRecord, at position: JournalPosition, fold: (JournalRecord) -> Void,
    state: (() -> FoldedState?)?
  ) {
    report.records += 1
    report.head = record.hash
    if record.seq == 0 { checkFormat(record) }
    checkDefinition(record)
    evidence.formUnion(Self.evidence(in: record))
    for member in record.data["sealed"]?.asMap ?? ValueMap() {
      if let name = member.value.asString { commitments.insert(name) }
    }
    checkLedger(record)
    standstill.note(record, isSaved: isSaved(at: position))
    fold(record)
    if record.data["state_sha256"] != nil || isSaved(at: position) {
      let folded = state?().flatMap { hash(of: $0, toCompareWith: record) }
      checkState(record, at: position, folded: folded)
    }
  }

  /// The hash of a folded state; nil where another release laid out the state that it would be held
  /// against, which then proves nothing either way.
  private func hash(of folded: FoldedState, toCompareWith record: JournalRecord) -> String? {
    var layout = record.data["state_layout"]
    if layout == nil, case .success(let cache)? = cache { layout = (try? cache.state())?["layout"] }
    guard layout == nil || layout == .int(folded.layout) else { return nil }
    return folded.state.sha256
  }

  private mutating func checkFormat(_ record: JournalRecord) {
    if record.type != "run.created" {
      report.add(.journal, record: 0, "it is `\(record.type)`, not `run.created`")
    }
    if record.data["format"] != .string(Self.format) {
      report.add(.journal, record: 0, "its format is missing or not known here")
    }
    if let name = record.data["run"]?.asString, name != run {
      report.add(.journal, record: 0, "it is the journal of run `\(name)`")
    }
  }

  private mutating func checkDefinition(_ record: JournalRecord) {
    for file in PinnedFile.all(in: record) {
      do throws(StoreError) {
        _ = try reader.definitionFile(file)
      } catch {
        report.add(.definition, record: record.seq, error)
      }
    }
  }

  /// Whether the saved state is as of the record before.
  private func isSaved(at position: JournalPosition) -> Bool {
    guard case .success(let cache)? = cache else { return false }
    return cache.position.seq == position.seq
  }

  private mutating func checkState(
    _ record: JournalRecord, at position: JournalPosition, folded: String?
  ) {
    let promised = record.data["state_sha256"]?.asString
    if let promised, let folded {
      if promised == folded { lastConfirmed = record.seq } else { tellAstray(record) }
    }
    guard isSaved(at: position), case .success(let cache)? = cache else { return }
    isCacheConfirmed =
      cache.position.offset == position.offset && cache.position.line == position.line
      && cache.position.head == position.head
    if let promised, promised != cache.sha256 {
      report.add(.state, "`run.json` is not the state that record \(record.seq) names")
    } else if let folded, folded != cache.sha256 {
      report.add(.state, "`run.json` is not the state that the journal leads to")
    }
  }

  /// Whoever wrote a record went by another state than the journal leads to: says where that began.
  private mutating func tellAstray(_ record: JournalRecord) {
    var sentence = "its events do not lead to the state that it names"
    if !isAstray {
      let since = lastConfirmed.map { "record \($0), which names the right one" } ?? "the start"
      sentence +=
        ": whoever wrote it went by another state, of a forged `run.json` it may be;"
        + " look at what was done and decided since \(since)"
    }
    isAstray = true
    report.add(.state, record: record.seq, sentence)
  }

  private mutating func checkLedger(_ record: JournalRecord) {
    for entry in ledger where entry.events == record.seq + 1 && entry.head != record.hash {
      report.add(
        .ledger, record: record.seq, "the ledger of \(entry.at) knows another record here")
    }
  }

  /// Compares the saved state with the journal as a whole.
  mutating func checkState() {
    switch cache {
    case nil where report.unchecked.contains(where: { $0.subject == .state }): break
    case nil: report.notes.append("there is no saved state; it is rebuilt from the journal")
    case .failure(let unfit) where unfit.isCutOff:
      report.notes.append("the saved state is cut off; it is rebuilt from the journal")
    case .failure(let unfit): report.add(.state, "`run.json` does not count: \(unfit.sentence)")
    case .success where isCacheConfirmed: break
    case .success(let cache):
      if report.problems.contains(where: { $0.subject == .journal }) {
        report.notes.append("the saved state was not compared: the journal is not whole before it")
      } else if cache.position.seq > report.records {
        report.add(.state, "`run.json` is ahead of the journal")
      } else {
        report.add(.state, "`run.json` does not belong to this journal")
      }
    }
  }

  /// Finds records that the ledger knows and the journal does not have.
  mutating func checkLedger() {
    let known = ledger.map(\.events).max() ?? 0
    if known > report.records && report.firstBadRecord == nil {
      report.add(
        .ledger, record: report.records,
        "it is missing: the ledger knows of \(known) records")
    }
  }

  /// Finds a park or an end that the ledger should know: its line was on disk before the state was saved,
  /// and before anybody went on.
  mutating func checkStandstill(isHere: () -> Bool) {
    // The run may have gone on since the ledger was read; one that cannot be read is told already.
    guard let (seq, type) = standstill.settled, (ledger.map(\.events).max() ?? 0) <= seq,
      let known = try? store.ledgerCount(of: run), known <= seq
    else { return }
    if isHere() {
      report.add(.ledger, "the line of record \(seq), `\(type)`, is gone from it")
    } else {
      report.notes.append(
        "the ledger here has no line of record \(seq), `\(type)`: the run was elsewhere then, or the line"
          + " is gone")
    }
  }

  /// Looks at the evidence that records name and at what else is kept.
  mutating func checkEvidence() {
    let kept = (try? Folders.names(in: reader.folder + "/evidence")) ?? []
    for hash in evidence.union(kept.filter { !$0.hasSuffix(".tmp") }).sorted() {
      do throws(StoreError) {
        _ = try reader.evidence(sha256: hash)
      } catch {
        report.add(.evidence, error)
      }
    }
  }

  /// Finds sealed values that cannot be opened: no fault of the record, which holds without them.
  mutating func checkSealed() {
    guard !commitments.isEmpty, let vault = try? store.vault(of: run) else { return }
    // An event of the project may have been taken as it was sealed.
    let vaults = [vault, store.projectVault]
    report.notes += SealedCount(commitments, in: vaults).notes
  }

  /// A crash cut the last write off; or the end was changed, which shows where the ledger knows it.
  private mutating func tell(_ tail: TornTail) {
    if ledger.contains(where: { $0.events > report.records }) {
      report.add(.journal, record: report.records, "it is not an intact record")
    } else {
      report.notes.append(
        "\(tail.count) bytes after the last record are a write that was cut off; resuming moves them aside"
      )
    }
  }

  private static func evidence(in record: JournalRecord) -> [String] {
    switch record.data["evidence"] {
    case .string(let hash): [hash]
    case .map(let map): map["sha256"]?.asString.map { [$0] } ?? []
    case .list(let values):
      values.compactMap { $0.asString ?? $0["sha256"]?.asString }
    default: []
    }
  }
}
