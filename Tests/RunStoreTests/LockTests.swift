import Glibc
import Testing
import Values

@testable import RunStore

/// Locks between processes, the other one being a Python script.
@Suite(
  .timeLimit(.minutes(20)), .serialized,
  .enabled(if: hasPython, "needs python3 as the other process"))
struct LockTests {
  @Test func `a run is executed by one process, and the other is told by whom`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let error = storeError { _ = try fixture.store.open(run: writer.run) }
    guard case .locked(_, let holder) = error else {
      throw Unexpected(what: "\(String(describing: error))")
    }
    #expect(holder.process == getpid())
    #expect(holder.host == hostName())
    #expect(!holder.since.isEmpty)
    #expect(fixture.store.holder(of: writer.run) == holder)
    #expect(fixture.store.hold(of: writer.run) == .executed(by: holder))
    writer.release()
    #expect(fixture.store.holder(of: writer.run) == nil)
    _ = try fixture.store.open(run: writer.run)
  }

  @Test func `another process cannot take a lock that is held, and can afterwards`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let lock = fixture.path(writer.run, "lock")
    #expect(python(tryLock, lock) == ["refused"])
    writer.release()
    #expect(python(tryLock, lock) == ["taken"])
  }

  @Test func `a lock that another process holds says who it is`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished()
    let other = try #require(OtherProcess(command(holdUntilKilled, fixture.path(run, "lock"))))
    let process = try #require(other.line().flatMap { Int32($0) })
    guard case .locked(_, let holder)? = storeError({ _ = try fixture.store.open(run: run) })
    else { throw Unexpected(what: "the lock was taken twice") }
    #expect(holder.process == process)
    #expect(holder.host == "elsewhere")
    kill(process, SIGKILL)
    _ = other.end()
    let writer = try fixture.store.open(run: run)
    #expect(try writer.recovered().state != nil)
  }

  @Test func `a killed runner's child keeps the run until it ends or is killed`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished()
    let other = try #require(OtherProcess(command(dieWithChild, fixture.path(run, "lock"))))
    let child = try #require(other.line().flatMap { Int32($0) })
    _ = other.end()
    let error = storeError { _ = try fixture.store.open(run: run) }
    guard case .heldByChildren(_, _, let processes) = error else {
      throw Unexpected(what: "\(String(describing: error))")
    }
    #expect(processes == [child])
    guard case .leftBehind(_, [child])? = fixture.store.hold(of: run) else {
      throw Unexpected(what: "\(String(describing: fixture.store.hold(of: run)))")
    }
    let writer = try fixture.store.open(run: run, killChildren: true)
    #expect(try writer.recovered().records.isEmpty)
    writer.release()
  }

  private let prologue = """
    import fcntl, os, struct, sys, socket, signal, time
    lock = os.open(sys.argv[1], os.O_RDWR)
    whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    take = lambda: fcntl.fcntl(lock, fcntl.F_OFD_SETLK, whole)
    def say(host):
        started = open("/proc/self/stat").read().rsplit(")", 1)[1].split()[19]
        text = '{"host":"%s","process":%d,"since":"x","started":"%s"}' % (host, os.getpid(), started)
        os.ftruncate(lock, 0); os.pwrite(lock, text.encode(), 0)

    """

  private var tryLock: String {
    prologue + """
      try:
          take(); print("taken")
      except OSError:
          print("refused")
      """
  }

  private var holdUntilKilled: String {
    prologue + """
      take(); say("elsewhere"); print(os.getpid(), flush=True); signal.pause()
      """
  }

  /// Prints the child's number and dies; the child holds on to the lock.
  private var dieWithChild: String {
    prologue + """
      take(); say(socket.gethostname())
      child = os.fork()
      if child == 0:
          os.close(1); signal.pause()
      print(child, flush=True)
      os.kill(os.getpid(), signal.SIGKILL)
      """
  }

  private func command(_ script: String, _ lock: String) -> String {
    "exec python3 -c '\(script.replacing("'", with: "'\\''"))' \(lock)"
  }

  private func python(_ script: String, _ lock: String) -> [String] {
    guard let process = OtherProcess(command(script, lock)) else { return [] }
    var lines: [String] = []
    while let line = process.line() { lines.append(line) }
    _ = process.end()
    return lines
  }
}
