import Glibc
import Synchronization

/// Work that reads many files, divided among threads, for one who waits for all of it.
enum ParallelWork {
  /// Deep documents are walked by recursion.
  private static let stackSize = 8 << 20
  /// More than there are cores: a disk that is cold answers many at once as fast as one.
  private static let mostThreads = 16

  private final class Job: Sendable {
    let count: Int
    let next = Atomic(0)
    let work: @Sendable (Int) -> Void

    init(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
      self.count = count
      self.work = work
    }

    func perform() {
      while true {
        let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard number < count else { return }
        work(number)
      }
    }
  }

  /// Does the pieces of some work, each once, on several threads; where threads cannot be had, on
  /// fewer.
  ///
  /// - Parameter work: does the piece of a number from 0 on.
  static func perform(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    let job = Job(count, work)
    let threads = (1..<max(1, min(mostThreads, count))).compactMap { _ in start(job) }
    job.perform()
    for thread in threads { pthread_join(thread, nil) }
  }

  private static func start(_ job: Job) -> pthread_t? {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackSize)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(job).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        Unmanaged<Job>.fromOpaque(context).takeRetainedValue().perform()
        return nil
      }, context)
    guard status == 0 else {
      Unmanaged<Job>.fromOpaque(context).release()
      return nil
    }
    return thread
  }
}
