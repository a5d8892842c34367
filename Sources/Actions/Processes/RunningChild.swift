import CProcess
import Glibc
import Synchronization
import Values

/// The descriptors between this process and a child.
struct Pipes {
  /// What the child gets as 0, 1 and 2.
  let childEnds: [Int32]
  let input: Int32?
  let output: Int32
  let errorOutput: Int32

  init(withInput: Bool) throws(ChildProcess.StartError) {
    var opened: [Int32] = []
    func pair() throws(ChildProcess.StartError) -> [Int32] {
      var ends: [Int32] = [-1, -1]
      guard cprocess_pipe(&ends) == 0 else {
        let code = errno
        for descriptor in opened { close(descriptor) }
        throw ChildProcess.StartError(code: code, message: String(cString: strerror(code)))
      }
      opened += ends
      return ends
    }
    let out = try pair()
    let error = try pair()
    if withInput {
      let ends = try pair()
      childEnds = [ends[0], out[1], error[1]]
      input = ends[1]
    } else {
      childEnds = [open("/dev/null", O_RDONLY | O_CLOEXEC), out[1], error[1]]
      input = nil
    }
    output = out[0]
    errorOutput = error[0]
    for descriptor in [output, errorOutput, input ?? -1] where descriptor >= 0 {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  func closeChildEnds() { for descriptor in childEnds { close(descriptor) } }

  func closeOwnEnds() {
    for descriptor in [output, errorOutput, input ?? -1] where descriptor >= 0 {
      close(descriptor)
    }
  }
}

/// Lets the task that waits for a child be cancelled from another thread.
final class Cancellation: Sendable {
  private struct State {
    var pid: pid_t?
    var isCancelled = false
  }

  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock(\.isCancelled) }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      if let pid = state.pid { kill(-pid, SIGKILL) }
    }
  }

  /// From now on cancelling kills this process group; false where it was cancelled before.
  func guardProcess(_ pid: pid_t) {
    state.withLock { state in
      state.pid = pid
      if state.isCancelled { kill(-pid, SIGKILL) }
    }
  }

  /// The process is about to be reaped: its number may soon be another's.
  func release() { state.withLock { $0.pid = nil } }
}

/// A child between its start and its end, in the hands of one thread.
struct RunningChild {
  let pid: pid_t
  let pipes: Pipes
  let settings: ChildProcess

  private var output = Capture()
  private var errorOutput = Capture()
  private var written = 0
  private var isInputOpen: Bool
  private var hasTimedOut = false

  init(pid: pid_t, pipes: Pipes, settings: ChildProcess) {
    self.pid = pid
    self.pipes = pipes
    self.settings = settings
    isInputOpen = pipes.input != nil
  }

  consuming func wait(cancellation: Cancellation) -> ChildProcess.Outcome {
    cancellation.guardProcess(pid)
    let descriptor = cprocess_descriptor(pid)
    var deadline = settings.timeout.map { Moment.now.adding($0) }
    while true {
      let hasEnded = waitForSomething(descriptor, until: deadline)
      if hasEnded { break }
      if let due = deadline, due <= Moment.now {
        kill(-pid, hasTimedOut ? SIGKILL : SIGTERM)
        deadline = hasTimedOut ? nil : Moment.now.adding(settings.grace)
        hasTimedOut = true
      }
    }
    if descriptor >= 0 { close(descriptor) }
    return finish(cancellation)
  }

  /// Moves bytes until the child has ended (true) or the deadline may have passed (false).
  private mutating func waitForSomething(_ descriptor: Int32, until deadline: Moment?) -> Bool {
    var polled = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: output.isOpen ? pipes.output : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errorOutput.isOpen ? pipes.errorOutput : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isInputOpen ? pipes.input ?? -1 : -1, events: Int16(POLLOUT), revents: 0),
    ]
    var patience = deadline.map { $0.milliseconds(since: .now) } ?? -1
    // Without a descriptor for the process, look every few milliseconds.
    if descriptor < 0 { patience = patience < 0 ? 5 : min(patience, 5) }
    guard poll(&polled, nfds_t(polled.count), patience) >= 0 else { return false }
    if polled[1].revents != 0 { output.read(pipes.output, limit: settings.outputLimit) }
    if polled[2].revents != 0 { errorOutput.read(pipes.errorOutput, limit: settings.outputLimit) }
    if polled[3].revents != 0 { writeInput() }
    return descriptor >= 0 ? polled[0].revents != 0 : hasEnded()
  }

  private func hasEnded() -> Bool {
    var information = siginfo_t()
    let status = waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT | WNOHANG)
    return status == 0 && information.si_signo == SIGCHLD
  }

  private mutating func writeInput() {
    guard let descriptor = pipes.input else { return }
    let count = settings.input.withUnsafeBytes { bytes in
      // A child that closed its input must not end this process with SIGPIPE.
      withoutBrokenPipeSignal {
        write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
    }
    if count > 0 { written += count }
    let isBlocked = count < 0 && (errno == EAGAIN || errno == EINTR)
    if written == settings.input.count || (count < 0 && !isBlocked) {
      close(descriptor)
      isInputOpen = false
    }
  }

  private consuming func finish(_ cancellation: Cancellation) -> ChildProcess.Outcome {
    // The group still exists while the child is not reaped: what it left behind ends here.
    kill(-pid, SIGKILL)
    cancellation.release()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    output.read(pipes.output, limit: settings.outputLimit)
    errorOutput.read(pipes.errorOutput, limit: settings.outputLimit)
    close(pipes.output)
    close(pipes.errorOutput)
    if isInputOpen, let descriptor = pipes.input { close(descriptor) }
    return ChildProcess.Outcome(
      ending: ending(status, isCancelled: cancellation.isCancelled), output: output.stream,
      errorOutput: errorOutput.stream)
  }

  private func ending(_ status: Int32, isCancelled: Bool) -> ChildProcess.Ending {
    let signal = status & 0x7F
    if signal == 0 { return hasTimedOut ? .timeout : .exit((status >> 8) & 0xFF) }
    return isCancelled ? .cancelled : hasTimedOut ? .timeout : .signal(signal)
  }
}

/// What is kept of an output stream.
private struct Capture {
  private(set) var stream = ProgramOutput()
  private(set) var isOpen = true

  /// Reads what is there now, but not for ever where more keeps coming.
  mutating func read(_ descriptor: Int32, limit: Int) {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      for _ in 0..<64 where isOpen {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count == 0 { isOpen = false }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        let kept = min(count, limit - stream.bytes.count)
        stream.bytes.append(contentsOf: UnsafeRawBufferPointer(buffer)[..<kept])
        if kept < count { stream.isTruncated = true }
      }
    }
  }
}

/// Performs a write during which a broken pipe is an error code and not a signal.
private func withoutBrokenPipeSignal(_ body: () -> Int) -> Int {
  var pipeSignal = sigset_t()
  var previous = sigset_t()
  sigemptyset(&pipeSignal)
  sigaddset(&pipeSignal, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &pipeSignal, &previous)
  let result = body()
  let code = errno
  if result < 0, code == EPIPE {
    var nothing = timespec()
    sigtimedwait(&pipeSignal, nil, &nothing)
  }
  pthread_sigmask(SIG_SETMASK, &previous, nil)
  errno = code
  return result
}

/// A reading of the monotonic clock.
struct Moment: Comparable, Sendable {
  let nanoseconds: Int64

  static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  func adding(_ span: TimeSpan) -> Moment {
    let seconds = min(max(span.seconds, 0), 1_000_000_000)
    return Moment(
      nanoseconds: nanoseconds + seconds * 1_000_000_000 + Int64(max(span.nanoseconds, 0)))
  }

  /// Rounded up, and at least 0, as `poll` wants it.
  func milliseconds(since earlier: Moment) -> Int32 {
    let span = (nanoseconds - earlier.nanoseconds + 999_999) / 1_000_000
    return Int32(min(max(span, 0), Int64(Int32.max)))
  }

  static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }
}
