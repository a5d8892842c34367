import Glibc
import Synchronization

/// What was written to standard output and standard error and not handed to the kernel yet, in the
/// order in which it was written.
///
/// Thousands of lines a second would otherwise be as many system calls. The first few lines of each
/// tenth of a second go out at once, those that follow them within another.
///
/// `@unchecked Sendable`: `mutex` guards `pending`, `size`, `windowStart`, `linesInWindow` and `hasThread`.
package final class OutputBuffer: @unchecked Sendable {
  /// The buffer of the process, for all streams that are no terminals.
  package static let shared = OutputBuffer()

  private static let limit = 64 * 1024
  private static let window: Int64 = 100_000_000
  private static let linesAtOnce = 16

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var pending: [(descriptor: Int32, bytes: [UInt8])] = []
  private var size = 0
  private var windowStart = Int64.min
  private var linesInWindow = 0
  private var hasThread = false

  package init() { pthread_mutex_init(mutex, nil) }

  deinit {
    flush()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Takes text; it is written now or soon.
  package func write(_ text: String, to descriptor: Int32) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    add(text, to: descriptor)
    if size >= Self.limit || mayWriteAtOnce() {
      writePending()
    } else if !hasThread {
      hasThread = startThread()
      if !hasThread { writePending() }
    }
  }

  private func mayWriteAtOnce() -> Bool {
    let now = monotonicNanoseconds()
    if windowStart < now - Self.window {
      windowStart = now
      linesInWindow = 0
    }
    linesInWindow += 1
    return linesInWindow <= Self.linesAtOnce
  }

  /// Writes bytes now, behind all that was taken.
  package func write(_ bytes: [UInt8], to descriptor: Int32) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    writePending()
    pending.append((descriptor, bytes))
    writePending()
  }

  /// Writes all that was taken.
  package func flush() {
    pthread_mutex_lock(mutex)
    writePending()
    pthread_mutex_unlock(mutex)
  }

  private func add(_ text: String, to descriptor: Int32) {
    if pending.last?.descriptor != descriptor { pending.append((descriptor, [])) }
    pending[pending.count - 1].bytes.append(contentsOf: text.utf8)
    size += text.utf8.count
  }

  /// A reader that has gone away is no error: nobody misses the text.
  private func writePending() {
    for part in pending {
      part.bytes.withUnsafeBytes { bytes in
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
          let count = Glibc.write(part.descriptor, base, rest.count)
          if count < 0, errno == EINTR { continue }
          guard count > 0 else { return }
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
      }
    }
    pending.removeAll(keepingCapacity: true)
    size = 0
  }

  /// Starts the thread that writes what is left lying; it ends with the first pause.
  private func startThread() -> Bool {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<OutputBuffer>.fromOpaque(context).takeRetainedValue().writeNowAndThen()
        return nil
      }, context)
    guard status == 0 else {
      Unmanaged<OutputBuffer>.fromOpaque(context).release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func writeNowAndThen() {
    while true {
      usleep(UInt32(Self.window / 1000))
      pthread_mutex_lock(mutex)
      let isIdle = pending.isEmpty
      if isIdle { hasThread = false }
      writePending()
      pthread_mutex_unlock(mutex)
      if isIdle { return }
    }
  }
}

private func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
