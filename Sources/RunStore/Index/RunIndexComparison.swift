internal import Glibc

/// Holds what an index says against the disk.
struct RunIndexComparison {
  private let scan: RunIndexScan
  private(set) var known: [RunIndexScan.Slot]
  private(set) var unread: [String] = []
  private(set) var gone: [String] = []

  init(_ scan: RunIndexScan) {
    self.scan = scan
    known = scan.slots.filter { $0.kind == .entry }
    for slot in scan.slots where slot.kind == .taken { unread.append(name(slot)) }
  }

  /// Takes the names of all runs there are: new ones are unread, missing ones gone.
  mutating func compare(with runs: [String]) {
    var isThere = [Bool](repeating: false, count: scan.slots.count)
    for run in runs {
      var run = run
      let position = run.withUTF8 { scan.position(of: UnsafeRawBufferPointer($0)) }
      if let position, scan.slots[position].kind != .removed {
        isThere[position] = true
      } else {
        unread.append(run)
      }
    }
    var missing: Set<Int> = []
    for (position, slot) in scan.slots.enumerated() where !isThere[position] {
      missing.insert(slot.body)
      if slot.kind != .removed { gone.append(name(slot)) }
    }
    guard !missing.isEmpty else { return }
    known.removeAll { missing.contains($0.body) }
    let lost = Set(gone)
    unread.removeAll(where: lost.contains)
  }

  /// Compares journals with what was entered of them, some of them in turn where there are many.
  mutating func checkJournals(in folders: RunFolders, atMost limit: Int) {
    guard !known.isEmpty else { return }
    var stale: Set<Int> = []
    let count = min(limit, known.count)
    let start = count == known.count ? 0 : Int.random(in: 0..<known.count)
    for step in 0..<count {
      let slot = known[(start + step) % known.count]
      guard folders.stamp(of: scan.run(slot)) != scan.stamp(slot) else { continue }
      stale.insert(slot.body)
      unread.append(name(slot))
    }
    if !stale.isEmpty { known.removeAll { stale.contains($0.body) } }
  }

  private func name(_ slot: RunIndexScan.Slot) -> String {
    String(decoding: scan.run(slot), as: UTF8.self)
  }
}
