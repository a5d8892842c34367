internal import Glibc

/// Lets threads that want the same slow thing at the same time have it done once for all of them.
///
/// Whoever comes while nothing is under way does it, for itself and for all who came meanwhile;
/// whoever comes while it is under way waits for the next time, and one of those does it then. Nobody
/// is woken for nothing.
///
/// `@unchecked Sendable`: `mutex` guards everything else.
final class GroupCommit<Item>: @unchecked Sendable {
  /// What a thread wants done; it is told when that was done, or when it has to do it itself.
  private final class Request {
    let item: Item
    var result: Result<Void, StoreError>?
    private let signal = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ item: Item) {
      self.item = item
      sem_init(signal, 0, 0)
    }

    deinit {
      sem_destroy(signal)
      signal.deallocate()
    }

    func wait() { while sem_wait(signal) != 0 {} }
    func wake() { sem_post(signal) }
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var waiting: [Request] = []
  private var isUnderWay = false

  init() { pthread_mutex_init(mutex, nil) }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Has an item done, in order of arrival with those of others, and returns when it is.
  ///
  /// - Parameter perform: does it for several at once; where it throws, none of them is done.
  func submit(_ item: Item, _ perform: ([Item]) throws(StoreError) -> Void) throws(StoreError) {
    let request = Request(item)
    if !isFirst(request) {
      request.wait()
      if let result = request.result { return try result.get() }
    }
    try performForAll(perform).get()
  }

  /// Whether it is the turn of a request; else it waits among the others.
  private func isFirst(_ request: Request) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    waiting.append(request)
    if isUnderWay { return false }
    isUnderWay = true
    return true
  }

  /// Called by the one whose turn it is; hands the turn on to the first who came meanwhile.
  private func performForAll(
    _ perform: ([Item]) throws(StoreError) -> Void
  ) -> Result<Void, StoreError> {
    pthread_mutex_lock(mutex)
    let requests = waiting
    waiting = []
    pthread_mutex_unlock(mutex)
    let result = Result { () throws(StoreError) in try perform(requests.map(\.item)) }
    for request in requests {
      request.result = result
      request.wake()
    }
    pthread_mutex_lock(mutex)
    let next = waiting.first
    if next == nil { isUnderWay = false }
    pthread_mutex_unlock(mutex)
    next?.wake()
    return result
  }
}
