internal import Glibc
internal import Synchronization
internal import Values

/// The folder in which new runs are put together, made once in a process and tidied up now and then.
final class DraftsFolder: Sendable {
  private let isReady = Mutex(false)
  private let count = Atomic(0)

  /// Creates the folder of a draft, and those above it where they are not there (any more).
  func create(_ folder: String, in store: RunStore) throws(StoreError) {
    try makeReady(store, again: false)
    if isTimeToSweep() { Self.sweep(store.draftsFolder) }
    do throws(StoreError) {
      try Folders.create(folder)
    } catch {
      guard error.saysMissing else { throw error }
      try makeReady(store, again: true)
      try Folders.create(folder)
    }
  }

  /// At the 1st, the 2nd, the 4th, the 8th … creation: in a batch everybody would look at the drafts of
  /// all others each time.
  private func isTimeToSweep() -> Bool {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    return number & (number - 1) == 0
  }

  /// The folder of all runs is durable before any run in it is, so that no run has to see to that.
  private func makeReady(_ store: RunStore, again: Bool) throws(StoreError) {
    try isReady.withLock { (isReady) throws(StoreError) in
      if isReady, !again { return }
      try Folders.createDurably(store.runsFolder)
      try Folders.create(store.draftsFolder)
      isReady = true
    }
  }

  /// Deletes what creations that crashed left behind: drafts of a while ago whose lock nobody holds.
  private static func sweep(_ drafts: String) {
    for name in (try? Folders.names(in: drafts)) ?? [] {
      let folder = "\(drafts)/\(name)"
      guard isOld(folder), KernelLock.holder(at: folder + "/lock") == nil else { continue }
      Folders.deleteTree(folder)
    }
  }

  /// A younger one may be about to take its lock.
  private static func isOld(_ folder: String) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0 else { return false }
    return systemTime().seconds - Int64(status.st_mtim.tv_sec) > 60
  }
}
