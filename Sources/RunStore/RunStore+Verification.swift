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
    var reading = LedgerReading()
    let end = readLedger { entry in
      reading.take(entry)
      if entry.run == run { entries.append(entry) }
    }
    var report = verify(run: run, ledger: entries, folding: (fold, state, isHere))
    report.notes += end.notes + reading.notes(about: run)
    report.problems += end.problems
    report.unchecked += end.unchecked
    return report
  }

  /// Looks at every run, and at the ledger for runs that are gone.
  ///
  /// - Parameters:
  ///   - keptHead: A head that the ledger had once and must still have among its lines.
  ///   - folding: For each run, what takes its records and gives its state.
  package func verifyAll(
    keptHead: String? = nil,
    folding: (String) -> RunFolding = { _ in ({ _ in }, nil, { true }) }
  ) throws(StoreError) -> ProjectVerificationReport {
    var report = ProjectVerificationReport()
    var entries: [String: [LedgerEntry]] = [:]
    var reading = LedgerReading(keptHead: keptHead)
    let end = readLedger { entry in
      reading.take(entry)
      entries[entry.run, default: []].append(entry)
    }
    report.add(reading, end)
    if end.isDamaged { report.ledgerLinesLeft = max(0, ledgerLineCount - reading.lines) }
    if let keptHead { report.hold(keptHead, against: reading, end, entries) }
    report.notes += projectEventNotes()
    let runs = try list()
    for run in runs {
      report.runs.append(verify(run: run, ledger: entries[run] ?? [], folding: folding(run)))
    }
    for run in Set(entries.keys).subtracting(runs).sorted() {
      let last = entries[run]?.last.map { ": it had \($0.events) records at \($0.at)" } ?? ""
      report.problems.append(
        .init(
          subject: .ledger, record: nil,
          sentence: "run `\(run)` is in the ledger and is gone\(last)"))
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
}

/// What takes the records of a run, gives the state they lead to, and then says whether the run belongs
/// where it is.
package typealias RunFolding = (
  fold: (JournalRecord) -> Void, state: (() -> FoldedState?)?, isHere: () -> Bool
)

/// The verification of one run under way.
struct RunVerification {
  static let format = "baton-journal/1"

  var report: VerificationReport
  private let store: RunStore
  private let run: String
  private var ledger: [LedgerEntry]
  private let cache: Result<StateCache, StateCache.Unfit>?
  private var isCacheConfirmed = false
  /// The hashes that records name, with the first that does.
  var evidence: [String: Int] = [:]
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

  var reader: RunReader { RunReader(store: store, run: run) }

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
        report.add(.journal, error)
        return false
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
    checkFiles(record)
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
        report.add(
          .state,
          "`run.json` is ahead of the journal: record \(report.records) is missing, and it is as of record"
            + " \(cache.position.seq - 1)")
      } else {
        report.add(.state, "`run.json` does not belong to this journal")
      }
    }
  }

  /// Finds records that the ledger knows and the journal does not have.
  mutating func checkLedger() {
    let known = ledger.map(\.events).max() ?? 0
    // Where the journal is damaged, what follows was not read.
    if known > report.records && !report.problems.contains(where: { $0.subject == .journal }) {
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

  /// Finds sealed values that cannot be opened: no fault of the record, which holds without them.
  mutating func checkSealed() {
    guard !commitments.isEmpty, let vault = try? store.vault(of: run) else { return }
    // An event of the project may have been taken as it was sealed.
    let vaults = [vault, store.projectVault]
    report.notes += SealedCount(commitments, in: vaults).notes
  }

  /// A crash cut the last write off; or the end was changed, which shows where the ledger or the saved
  /// state knows it.
  private mutating func tell(_ tail: TornTail) {
    if let known = ledger.map(\.events).max(), known > report.records {
      report.add(
        .journal, record: report.records,
        "it is not an intact record, and the ledger knows of \(known) records")
    } else if case .success(let cache)? = cache, cache.position.seq > report.records {
      report.add(
        .journal, record: report.records,
        "it is not an intact record, and `run.json` is as of record \(cache.position.seq - 1)")
    } else {
      report.notes.append(tail.note)
    }
  }
}

extension TornTail {
  /// What it is, and what becomes of it: an ended run takes notes, too.
  fileprivate var note: String {
    switch kind {
    case .cutOff:
      "\(count) bytes after the last record are a write that was cut off; whatever adds to the journal next"
        + " moves them aside"
    case .changedOrCutOff:
      "\(count) bytes after the last record are a write that was cut off, or were changed or were put there"
        + " by somebody; whatever adds to the journal next moves them aside"
    case .blank:
      "there are line feeds after the last record, where none are left but by a process that was killed while"
        + " the disk was full; they count for nothing, and whatever adds to the journal next moves them aside"
    }
  }
}
