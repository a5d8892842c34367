import Glibc
package import Values

/// A program that an operation runs inside the project: what `command.run` and drivers share.
package struct ProjectCommand: Sendable {
  /// What a program that came to its end left behind.
  package struct Result: Sendable {
    package let exitCode: Int
    package let output: ProgramOutput
    package let errorOutput: ProgramOutput
  }

  package var arguments: [String]
  package var environment: [(name: String, value: String)] = []
  package var input: [UInt8] = []
  /// Relative to the project.
  package var folder = "."
  package var outputLimit = 1 << 20
  /// Its own limit; the attempt's applies as well.
  package var timeout: TimeSpan?

  package init(arguments: [String]) { self.arguments = arguments }

  /// What a child gets of this process's environment.
  private static let passedOn = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR",
  ]

  /// Runs the program to its end.
  ///
  /// - Throws: `.unavailable` where it could not be started, `.lost` where it was killed (by its
  ///   timeout or from outside), `.definite` where the folder is refused.
  package func run(for invocation: Invocation) async throws(ActionFailure) -> Result {
    var child = ChildProcess(
      arguments, environment: completeEnvironment(for: invocation),
      folder: try absoluteFolder(in: invocation.projectFolder))
    child.input = input
    child.outputLimit = outputLimit
    child.timeout = [timeout, invocation.timeout].compactMap { $0 }.min()
    child.inheritedDescriptors = invocation.inheritedDescriptors
    let outcome: ChildProcess.Outcome
    do throws(ChildProcess.StartError) {
      outcome = try await child.run()
    } catch {
      throw failure(of: error)
    }
    return try result(of: outcome, timeout: child.timeout)
  }

  private func absoluteFolder(in project: String) throws(ActionFailure) -> String {
    if folder == "." { return project }
    do throws(ProjectFolder.Problem) {
      // The walk ends at an entry of the folder, which need not exist.
      let path = try ProjectFolder(project).absolutePath(of: folder + "/x")
      return String(path.dropLast(2))
    } catch {
      throw error.failure
    }
  }

  private func completeEnvironment(
    for invocation: Invocation
  ) -> [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    for name in Self.passedOn {
      // What is not UTF-8 would arrive as something else.
      guard let value = getenv(name).flatMap({ String(validatingCString: $0) }) else { continue }
      result.append((name, value))
    }
    result += [
      ("BATON_RUN", invocation.run), ("BATON_STEP", invocation.step),
      ("BATON_IDEMPOTENCY_KEY", invocation.key),
    ]
    let given = Set(environment.map(\.name))
    return result.filter { !given.contains($0.name) } + environment
  }

  private func failure(of error: ChildProcess.StartError) -> ActionFailure {
    let program = arguments.first ?? ""
    if error.code == EINVAL || error.code == E2BIG {
      return .definite(
        code: "invalid_input", "the program `\(program)` cannot be run: \(error.message)")
    }
    return .unavailable(
      "the program `\(program)` cannot be run: \(error.message)",
      code: error.isAboutProgram ? "program_not_found" : "unavailable",
      hint: error.isAboutProgram ? "install it, or correct its path" : nil)
  }

  private func result(
    of outcome: ChildProcess.Outcome, timeout: TimeSpan?
  ) throws(ActionFailure) -> Result {
    let program = arguments.first ?? ""
    let errorOutput = Value.string(outcome.errorOutput.shownText)
    switch outcome.ending {
    case .exit(let code):
      return Result(
        exitCode: Int(code), output: outcome.output, errorOutput: outcome.errorOutput)
    case .timeout:
      throw .lost(
        code: "timeout",
        "`\(program)` did not end within \(timeout.map(\.words) ?? "its time") and was killed",
        details: ["stderr": errorOutput])
    case .signal(let number):
      throw .lost(
        code: "killed", "`\(program)` was killed by signal \(number)",
        details: ["signal": .int(Int64(number)), "stderr": errorOutput])
    case .cancelled:
      throw .lost(code: "interrupted", "`\(program)` was killed because the run was interrupted")
    }
  }
}

extension ProjectCommand.Result {
  /// The program ended and says that it failed.
  package func failure(of command: ProjectCommand, code: String = "exit_code") -> ActionFailure {
    let errorText = errorOutput.shownText
    let line = errorText.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(300))" }
    return .definite(
      code: code,
      "`\(command.arguments.first ?? "")` ended with exit code \(exitCode)\(line ?? "")",
      details: ["exit_code": .int(Int64(exitCode)), "stderr": .string(errorText)])
  }
}

extension TimeSpan {
  /// For a message: `2.5 s`.
  fileprivate var words: String {
    nanoseconds == 0
      ? "\(seconds) s" : "\(Double(seconds) + Double(nanoseconds) / 1_000_000_000) s"
  }
}
