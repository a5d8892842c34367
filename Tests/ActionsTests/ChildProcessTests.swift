import Foundation
import TestSupport
import Testing
import Values

@testable import Actions

@Suite(.timeLimit(.minutes(20))) struct ChildProcessTests {
  private let project = TemporaryFolder()

  private func run(
    _ arguments: [String], _ change: (inout ChildProcess) -> Void = { _ in }
  ) async throws -> ChildProcess.Outcome {
    var child = ChildProcess(
      arguments, environment: [("PATH", "/usr/bin:/bin")], folder: project.path)
    change(&child)
    return try await child.run()
  }

  @Test func `gives back output, error output and exit code`() async throws {
    let outcome = try await run(["sh", "-c", "echo out; echo err >&2; exit 3"])
    #expect(outcome.ending == .exit(3))
    #expect(outcome.output.text == "out\n")
    #expect(outcome.errorOutput.text == "err\n")
  }

  @Test func `arguments are never read by a shell`() async throws {
    let hostile = ["$(id)", "; rm -rf /", "a\nb", "${{ x }}", "'; DROP TABLE t;--", ""]
    let outcome = try await run(["printf", "%s|"] + hostile)
    #expect(outcome.output.text == hostile.map { $0 + "|" }.joined())
  }

  @Test func `moves more through the pipes than they hold`() async throws {
    let bytes = [UInt8](repeating: 65, count: 700_000)
    let outcome = try await run(["cat"]) { $0.input = bytes }
    #expect(outcome.output.bytes == bytes)
  }

  @Test func `survives a program that does not read its input`() async throws {
    let outcome = try await run(["true"]) { $0.input = [UInt8](repeating: 65, count: 700_000) }
    #expect(outcome.ending == .exit(0))
  }

  @Test func `keeps no more output than allowed`() async throws {
    let outcome = try await run(["head", "-c", "300000", "/dev/zero"]) { $0.outputLimit = 1000 }
    #expect(outcome.output.bytes.count == 1000)
    #expect(outcome.output.isTruncated && !outcome.errorOutput.isTruncated)
    #expect(outcome.ending == .exit(0))
  }

  @Test(arguments: ["€", "é", "😀", "a"])
  func `a character that the limit cuts through is left out`(character: String) async throws {
    for limit in 1...12 {
      let outcome = try await run(["printf", "%s", String(repeating: character, count: 6)]) {
        $0.outputLimit = limit
      }
      let size = character.utf8.count
      let text = try #require(outcome.output.text)
      #expect(text == String(repeating: character, count: min(6, limit / size)))
      #expect(outcome.output.isTruncated == (limit < 6 * size))
    }
  }

  @Test func `bytes that are no text are kept as they are`() async throws {
    let outcome = try await run(["printf", #"caf\351"#])
    #expect(outcome.output.bytes == [0x63, 0x61, 0x66, 0xE9])
    #expect(outcome.output.text == nil && outcome.output.shownText == "caf\u{FFFD}")
  }

  @Test func `a timeout kills the whole group, also those who do not listen`() async throws {
    let script = "trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000"
    let outcome = try await run(["sh", "-c", script]) {
      $0.timeout = TimeSpan(seconds: 0, nanoseconds: 100_000_000)
      $0.grace = TimeSpan(seconds: 0, nanoseconds: 50_000_000)
    }
    #expect(outcome.ending == .timeout)
    let grandchild = try #require(
      Int32(outcome.output.shownText.trimmingCharacters(in: .newlines)))
    #expect(isGone(grandchild))
  }

  @Test func `endless output does not keep a program from its timeout`() async throws {
    let outcome = try await run(["yes"]) {
      $0.timeout = TimeSpan(seconds: 0, nanoseconds: 100_000_000)
      $0.outputLimit = 10
    }
    #expect(outcome.ending == .timeout)
  }

  @Test func `what a program leaves behind in its group ends with it`() async throws {
    let outcome = try await run(["sh", "-c", "sleep 1000 & echo $!"])
    #expect(outcome.ending == .exit(0))
    let left = try #require(
      Int32(outcome.output.shownText.trimmingCharacters(in: .newlines)))
    #expect(isGone(left))
  }

  @Test func `a program killed from outside is told from one that exits`() async throws {
    let outcome = try await run(["sh", "-c", "kill -9 $$"])
    #expect(outcome.ending == .signal(9))
  }

  @Test func `cancelling the task kills the program`() async throws {
    let project = self.project
    let task = Task {
      var child = ChildProcess(
        ["sh", "-c", "echo started > started; sleep 1000"],
        environment: [("PATH", "/usr/bin:/bin")], folder: project.path)
      child.timeout = TimeSpan(seconds: 30)
      return try await child.run().ending
    }
    while !project.exists("started") { await Task.yield() }
    task.cancel()
    #expect(try await task.value == .cancelled)
  }

  @Test func `a missing program is an error, not an exit code`() async {
    await #expect(throws: ChildProcess.StartError.self) { try await run(["no-such-program"]) }
    await #expect(throws: ChildProcess.StartError.self) { try await run(["a\0b"]) }
    await #expect(throws: ChildProcess.StartError.self) { try await run([]) }
  }

  @Test func `inherits the descriptors it is given and no others`() async throws {
    try project.write("lock", to: "lock")
    let descriptor = open(project.path + "/lock", O_RDONLY | O_CLOEXEC)
    let other = open(project.path + "/lock", O_RDONLY)
    defer {
      close(descriptor)
      close(other)
    }
    let outcome = try await run(["sh", "-c", "readlink /proc/$$/fd/3; ls /proc/$$/fd"]) {
      $0.inheritedDescriptors = [descriptor]
    }
    let lines = outcome.output.shownText.split(separator: "\n")
    #expect(lines.first == "\(project.path)/lock")
    #expect(Set(lines.dropFirst()).isSubset(of: ["0", "1", "2", "3", "10"]))
  }

  @Test func `many programs at once all come back`() async throws {
    let project = self.project
    let sum = try await withThrowingTaskGroup(of: Int32.self) { group in
      for code in 0..<100 {
        group.addTask {
          let child = ChildProcess(
            ["sh", "-c", "exit \(code)"], environment: [("PATH", "/usr/bin:/bin")],
            folder: project.path)
          guard case .exit(let code) = try await child.run().ending else { return -1000 }
          return code
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(sum == 4950)
  }

  /// A killed process may still wait for its new parent to reap it.
  private func isGone(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
      return true
    }
    return status.contains(") Z ") || status.contains(") X ")
  }
}
