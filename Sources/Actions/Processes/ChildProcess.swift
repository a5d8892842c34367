import CProcess
import Glibc
package import Values

/// A program to run as a child process: an argument list, never a shell line.
///
/// It runs in a process group of its own, with nothing inherited but what is named here. Whatever
/// it leaves behind in its group is ended when it ends.
package struct ChildProcess: Sendable {
  /// The program (looked up in `PATH`, or a path from ``folder``) and its arguments.
  package var arguments: [String]
  /// The whole environment.
  package var environment: [(name: String, value: String)]
  /// What is written to its standard input; empty for none.
  package var input: [UInt8] = []
  /// Where it runs: an absolute path.
  package var folder: String
  /// How long it may run; nil for no limit.
  package var timeout: TimeSpan?
  /// How long it has between being asked to end and being killed.
  package var grace = TimeSpan(seconds: 2)
  /// How many bytes of each output stream are kept. The rest is read and dropped.
  package var outputLimit = 1 << 20
  /// Descriptors it inherits on purpose; it sees them as 3, 4, ….
  package var inheritedDescriptors: [Int32] = []

  package init(
    _ arguments: [String], environment: [(name: String, value: String)] = [], folder: String
  ) {
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }

  /// How a child ended.
  package enum Ending: Hashable, Sendable {
    case exit(Int32)
    case signal(Int32)
    /// It was killed because its time was over.
    case timeout
    /// It was killed because the task that waited for it was cancelled.
    case cancelled
  }

  /// What a child left behind.
  package struct Outcome: Hashable, Sendable {
    package var ending: Ending
    package var output: ProgramOutput
    package var errorOutput: ProgramOutput
  }

  /// Why a child could not be started at all.
  package struct StartError: Error, Hashable, Sendable {
    package var code: Int32
    package var message: String

    /// Whether the program is missing or may not be run, as opposed to a lack of resources.
    package var isAboutProgram: Bool { [ENOENT, EACCES, ENOEXEC, ENOTDIR].contains(code) }
  }

  /// Runs the program to its end on a thread that may block.
  ///
  /// Cancelling the task kills the program.
  /// - Throws: ``StartError`` where the program did not start; then it had no effect.
  package func run() async throws(StartError) -> Outcome {
    let cancellation = Cancellation()
    let result: Result<Outcome, StartError> = await withTaskCancellationHandler {
      await BlockingPool.shared.run { self.result(cancellation: cancellation) }
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }

  /// Runs the program to its end on this thread.
  package func runBlocking() throws(StartError) -> Outcome {
    try result(cancellation: Cancellation()).get()
  }

  private func result(cancellation: Cancellation) -> Result<Outcome, StartError> {
    do throws(StartError) {
      return .success(try start().wait(cancellation: cancellation))
    } catch { return .failure(error) }
  }

  private func start() throws(StartError) -> RunningChild {
    guard let first = arguments.first, !first.isEmpty else {
      throw StartError(code: EINVAL, message: "no program is named")
    }
    let texts = arguments + environment.flatMap { [$0.name, $0.value] }
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw StartError(code: EINVAL, message: "an argument or variable contains a NUL byte")
    }
    let pipes = try Pipes(withInput: !input.isEmpty)
    var pid: pid_t = 0
    let status = spawn(&pid, standard: pipes.childEnds)
    pipes.closeChildEnds()
    guard status == 0 else {
      pipes.closeOwnEnds()
      throw StartError(code: status, message: String(cString: strerror(status)))
    }
    return RunningChild(pid: pid, pipes: pipes, settings: self)
  }

  private func spawn(_ pid: inout pid_t, standard: [Int32]) -> Int32 {
    let variables = environment.map { "\($0.name)=\($0.value)" }
    let inherited = Set(inheritedDescriptors.filter { $0 > 2 }).sorted()
    return withCStrings(arguments) { arguments in
      withCStrings(variables) { variables in
        cprocess_spawn(
          &pid, arguments, variables, folder, standard, inherited, inherited.count)
      }
    }
  }
}

/// Lends texts as a null-terminated array of C strings.
private func withCStrings<Output>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Output
) -> Output {
  var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the array has an element") }
    return body(base)
  }
}
