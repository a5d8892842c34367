internal import Glibc

/// Holds what an index says against the disk.
struct RunIndexComparison {
  private let content: RunIndexContent
  /// The entries of runs that are as they were, in order.
  private(set) var known: [RunIndexContent.Place]
  private(set) var unread: [String] = []
  private(set) var gone: [String] = []

  init(_ content: RunIndexContent) {
    self.content = content
    known = content.entries()
    unread = content.taken.map { String(decoding: content.log.run($0), as: UTF8.self) }
  }

  /// Takes the names of all runs there are: new ones are unread, missing ones gone.
  mutating func compare(with runs: [String]) {
    let taken = content.taken
    let hashes = known.map { content.hash($0) } + taken.map(\.hash)
    let ids = known.map { content.run($0) } + taken.map { content.log.run($0) }
    var table = RunTable(minimumCapacity: hashes.count)
    for position in hashes.indices { table.insert(position) { hashes[$0] } }
    var isThere = [Bool](repeating: false, count: hashes.count)
    for run in runs {
      var run = run
      let position = run.withUTF8 { run in
        let run = UnsafeRawBufferPointer(run)
        let hash = ByteHash.of(run)
        return table.find(hash) { hashes[$0] == hash && ids[$0].hasSameBytes(as: run) }
      }
      if let position {
        isThere[position] = true
      } else {
        unread.append(run)
      }
    }
    guard isThere.contains(false) else { return }
    for (position, id) in ids.enumerated() where !isThere[position] {
      gone.append(String(decoding: id, as: UTF8.self))
    }
    keep { isThere[$0] }
    let lost = Set(gone)
    unread.removeAll(where: lost.contains)
  }

  /// Takes rows that are not as they were written for unread.
  mutating func checkRows() {
    let damaged = known.indices.filter { !content.isRowWhole(known[$0]) }
    read(damaged)
  }

  /// Compares journals with what was entered of them, some of them in turn where there are many.
  mutating func checkJournals(in folders: RunFolders, atMost limit: Int) {
    let count = min(limit, known.count)
    let start = count == known.count ? 0 : Int.random(in: 0..<known.count)
    var stale: [Int] = []
    for step in 0..<count {
      let position = (start + step) % known.count
      let place = known[position]
      guard folders.stamp(of: content.run(place)) != content.stamp(place) else { continue }
      stale.append(position)
    }
    read(stale)
  }

  /// Takes entries for unread, by their positions.
  private mutating func read(_ positions: [Int]) {
    guard !positions.isEmpty else { return }
    unread += positions.map { String(decoding: content.run(known[$0]), as: UTF8.self) }
    let left = Set(positions)
    keep { !left.contains($0) }
  }

  private mutating func keep(_ isKept: (Int) -> Bool) {
    known = known.indices.filter(isKept).map { known[$0] }
  }
}
