internal import Glibc

/// Lets threads that want the same slow thing at the same time have it done once for all of them.
///
/// Whoever comes while nothing is under way does it, for itself and for all who came meanwhile;
/// whoever comes while it is under way waits for the next time.
///
/// `@unchecked Sendable`: `mutex` guards everything else.
final class GroupCommit<Item>: @unchecked Sendable {
  private final class Request {
    let item: Item
    var result: Result<Void, StoreError>?

    init(_ item: Item) { self.item = item }
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [Request] = []
  private var isUnderWay = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Has an item done, in order of arrival with those of others, and returns when it is.
  ///
  /// - Parameter perform: does it for several at once; where it throws, none of them is done.
  func submit(_ item: Item, _ perform: ([Item]) throws(StoreError) -> Void) throws(StoreError) {
    let request = Request(item)
    pthread_mutex_lock(mutex)
    waiting.append(request)
    while isUnderWay, request.result == nil { pthread_cond_wait(condition, mutex) }
    if request.result == nil { performForAll(perform) }
    let result = request.result
    pthread_mutex_unlock(mutex)
    try result?.get()
  }

  /// Called with the mutex held, which it lets go meanwhile.
  private func performForAll(_ perform: ([Item]) throws(StoreError) -> Void) {
    let requests = waiting
    waiting = []
    isUnderWay = true
    pthread_mutex_unlock(mutex)
    let result = Result { () throws(StoreError) in try perform(requests.map(\.item)) }
    pthread_mutex_lock(mutex)
    for request in requests { request.result = result }
    isUnderWay = false
    pthread_cond_broadcast(condition)
  }
}
