import Engine
package import RunStore
import Values

extension RunService {
  /// Looks at every byte of a run and folds its journal again: what parking promised of the state
  /// must come out.
  package func verify(_ part: String) throws(RunnerError) -> VerificationReport {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let folding = folding(run)
    var report = try stored { () throws(StoreError) in
      try store.verify(run: run, fold: folding.fold, state: folding.state, isHere: folding.isHere)
    }
    report.notes += placeNotes(on: run)
    return report
  }

  /// What is worth knowing about where the run belongs.
  private func placeNotes(on run: String) -> [String] {
    guard let placement = try? look(at: run).engine.state.placement else { return [] }
    var notes: [String] = []
    if let adoption = placement.adoption, let from = adoption.from {
      notes.append("it was adopted from \(from.sentence): \(adoption.reason)")
    }
    switch try? standing(of: run, placement) {
    case .copied?:
      let home = placement.home?.sentence ?? "another folder"
      notes.append("this folder is a copy that nobody adopted: the run belongs in \(home)")
    case .left(let adoption)?:
      notes.append("the run goes on in \(adoption.home.sentence): \(adoption.reason)")
    case .home?, .moved?, nil: break
    }
    return notes
  }

  /// Looks at every run, and at the ledger for runs that are gone.
  ///
  /// - Parameter keptHead: A head that the ledger had once.
  package func verifyAll(keptHead: String?) throws(RunnerError) -> ProjectVerificationReport {
    try stored { () throws(StoreError) in
      try store.verifyAll(keptHead: keptHead, folding: folding)
    }
  }

  /// What takes the records of a run and gives its state; nothing where the definition cannot be
  /// read, which the report says by itself.
  private func folding(_ run: String) -> RunFolding {
    guard let reader = try? store.reader(run: run), let vault = try? reader.vault(),
      (try? PinnedDefinition.load(reader)) != nil
    else { return ({ _ in }, nil, { false }) }
    let replay = Replay(reader, VaultAdapter(vault))
    return (
      replay.apply, replay.state,
      { (try? replay.result().state.placement).map { isHere(run, $0) } ?? false }
    )
  }

  /// Whether a run has been here since its journal last said where it is; those of before journals said
  /// that may have come from elsewhere.
  func isHere(_ run: String, _ placement: RunPlacement) -> Bool {
    placement.home != nil && (try? standing(of: run, placement)) == .home
  }
}
