/// The newest park or end of a run whose line the ledger must have: the journal is synced, then the ledger,
/// then the state is saved or somebody goes on.
///
/// A crash may come between the first two, so the line of the last record is not missed for itself.
struct Standstill {
  private(set) var settled: (seq: Int, type: String)?
  private var last: (seq: Int, type: String)?

  mutating func note(_ record: JournalRecord, isSaved: Bool) {
    if let last { settled = last }
    last = nil
    switch record.type {
    // What came before is in the ledger of another place.
    case "run.moved", "run.adopted": settled = nil
    case "run.parked", "run.finished":
      last = (record.seq, record.type)
      if isSaved { settled = last }
    default: break
    }
  }
}
