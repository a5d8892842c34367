import Glibc

/// A few threads for calls that block (waiting for a child process, SQLite, fsync), so that the
/// cooperative pool never does.
///
/// A task that prefers this pool runs on its threads and may block them: a run journals, syncs and
/// waits for its programs there without handing anything over. Threads are started when they are
/// first needed and then kept; work beyond their number queues.
package final class BlockingPool: TaskExecutor {
  /// The pool of the process.
  package static let shared = BlockingPool(threads: 128)

  private let queue: WorkQueue

  package init(threads: Int) { queue = WorkQueue(limit: threads) }

  /// Runs a part of a task that prefers this pool.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.add { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Runs work on a thread of the pool and hands back what it returns.
  ///
  /// A task that is on such a thread already keeps it, unless an actor would be held up.
  package func run<Output: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ work: @escaping @Sendable () -> Output
  ) async -> Output {
    if isolation == nil, WorkQueue.isOnItsThread { return work() }
    return await withCheckedContinuation { continuation in
      queue.add { continuation.resume(returning: work()) }
    }
  }

  /// Runs work that can fail, with the type of its failure kept.
  package func run<Output: Sendable, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ work: @escaping @Sendable () throws(Failure) -> Output
  ) async throws(Failure) -> Output {
    let result: Result<Output, Failure> = await run {
      do throws(Failure) { return .success(try work()) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

/// Jobs and the threads that take them.
///
/// `@unchecked Sendable`: `mutex` guards `jobs`, `idle` and `started`.
private final class WorkQueue: @unchecked Sendable {
  /// Deep documents are walked by recursion.
  private static let stackSize = 8 << 20
  /// Set in the threads of any queue.
  private static let mark: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Whether the caller may block.
  static var isOnItsThread: Bool { pthread_getspecific(mark) != nil }

  private let limit: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [@Sendable () -> Void] = []
  private var idle = 0
  private var started = 0

  init(limit: Int) {
    self.limit = limit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  func add(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    let needsThread = idle < jobs.count && started < limit
    if needsThread { started += 1 }
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    if needsThread, !startThread() { giveUpThread() }
  }

  private func startThread() -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, Self.stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<WorkQueue>.fromOpaque(context).takeRetainedValue().work()
        return nil
      }, context)
    if status != 0 { Unmanaged<WorkQueue>.fromOpaque(context).release() }
    return status == 0
  }

  /// No thread could be had. With others at work the job waits for them; without any it is done
  /// here, which blocks but gets done.
  private func giveUpThread() {
    pthread_mutex_lock(mutex)
    started -= 1
    let job = started == 0 && !jobs.isEmpty ? jobs.removeFirst() : nil
    pthread_mutex_unlock(mutex)
    job?()
  }

  private func work() {
    pthread_setspecific(Self.mark, mutex)
    while true {
      pthread_mutex_lock(mutex)
      idle += 1
      while jobs.isEmpty { pthread_cond_wait(condition, mutex) }
      idle -= 1
      let job = jobs.removeFirst()
      pthread_mutex_unlock(mutex)
      job()
    }
  }
}
