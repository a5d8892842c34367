internal import Glibc

/// Keeps the files of the index open from one change to the next, so that entering a run costs a
/// lock, a look and one call that writes.
///
/// `@unchecked Sendable`: `mutex` guards everything else.
final class RunIndexKeeper: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var lock: KernelLock?
  private var files: RunIndexFiles?

  init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Changes the index while nobody else does; makes it where there is none.
  ///
  /// - Parameter waits: Whether to wait for another process that is changing it.
  /// - Returns: nil where another process is changing it.
  @discardableResult
  func change<Outcome>(
    _ folder: String, _ layout: UInt32, waiting waits: Bool = true,
    _ body: (inout RunIndexFiles) throws(StoreError) -> Outcome
  ) throws(StoreError) -> Outcome? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard try take(folder, waits) else { return nil }
    defer { lock?.release() }
    var open = try files(folder, layout)
    defer { files = open }
    return try body(&open)
  }

  /// Changes the index, whatever its summaries mean, where there is one.
  func change(
    _ folder: String, _ body: (inout RunIndexFiles) throws(StoreError) -> Void
  ) throws(StoreError) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard files != nil || Folders.exists(folder + "/log"), try take(folder, true) else { return }
    defer { lock?.release() }
    guard var open = files ?? RunIndexFiles(folder: folder, layout: nil) else { return }
    defer { files = open }
    try body(&open)
  }

  /// Those that are open, else those that are there, else new ones.
  private func files(_ folder: String, _ layout: UInt32) throws(StoreError) -> RunIndexFiles {
    if let files, files.head.layout == layout { return files }
    if let found = RunIndexFiles(folder: folder, layout: layout) { return found }
    return try RunIndexFiles(creating: folder, layout: layout)
  }

  /// Takes the lock; what was kept open counts only if others find the same.
  private func take(_ folder: String, _ waits: Bool) throws(StoreError) -> Bool {
    if let lock, let files {
      guard try lock.take(waiting: waits) else { return false }
      if files.isCurrent() { return true }
      lock.release()
      self.files = nil
    }
    if !Folders.exists(folder) { try Folders.create(folder) }
    let fresh = try KernelLock.opened(folder + "/lock")
    lock = fresh
    return try fresh.take(waiting: waits)
  }
}
