import Foundation
import Synchronization
import TestSupport
import Testing
import Values

@testable import Actions

@Suite(.timeLimit(.minutes(20))) struct BuiltInTests {
  private let project = TemporaryFolder()

  private func failure(
    of handler: some ActionHandler, _ inputs: ValueMap, timeout: TimeSpan? = nil
  ) async -> ActionFailure? {
    do throws(ActionFailure) {
      _ = try await handler.perform(project.invocation("x.y", inputs, timeout: timeout))
      return nil
    } catch { return error }
  }

  @Test func `a password has the length, the classes and nothing but its alphabet`() async throws {
    for length in [8, 20, 64] {
      let outputs = try await PasswordGenerate().perform(
        project.invocation("password.generate", ["length": .int(Int64(length))]))
      let password = try #require(outputs["password"]?.asString)
      #expect(password.unicodeScalars.count == length)
      #expect(password.allSatisfy { PasswordGenerate.alphabet.contains($0) })
      #expect(password.contains { $0.isUppercase } && password.contains { $0.isLowercase })
      #expect(password.contains { $0.isNumber } && password.contains { "!#%+-_=?".contains($0) })
    }
  }

  @Test func `the same randomness gives the same password`() async throws {
    let generate = { @Sendable (seed: UInt64) async throws -> String? in
      let state = Mutex(seed)
      let handler = PasswordGenerate(random: {
        state.withLock {
          $0 = $0 &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return $0 ^ ($0 >> 31)
        }
      })
      return try await handler.perform(Invocation(operation: "p", projectFolder: "/"))["password"]?
        .asString
    }
    #expect(try await generate(1) == generate(1))
    #expect(try await generate(1) != generate(2))
  }

  @Test func `weak password settings are refused`() async {
    #expect(await failure(of: PasswordGenerate(), ["length": 4])?.code == "invalid_input")
    #expect(await failure(of: PasswordGenerate(), ["alphabet": "aaaa"])?.code == "invalid_input")
  }

  @Test func `files are written and read as text and as bytes`() async throws {
    let hostile = "'; DROP TABLE tenants;--\n$(id) ${{ x }} \u{0} ö o\u{308}"
    _ = try await FilesWrite().perform(
      project.invocation("files.write", ["path": "out/a.txt", "content": .string(hostile)]))
    let read = try await FilesRead().perform(
      project.invocation("files.read", ["path": "out/a.txt"]))
    #expect(read["content"] == .string(hostile))
    #expect(read["size"] == .int(Int64(hostile.utf8.count)))
    _ = try await FilesWrite().perform(
      project.invocation(
        "files.write", ["path": "b.bin", "content": "/wA=", "encoding": "base64"]))
    let bytes = try await FilesRead().perform(
      project.invocation("files.read", ["path": "b.bin", "encoding": "base64"]))
    #expect(bytes["content"] == "/wA=")
    #expect(
      bytes["sha256"] == "06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8"
        || bytes["sha256"]?.asString?.count == 64)
    #expect(await failure(of: FilesRead(), ["path": "b.bin"])?.code == "not_text")
  }

  @Test func `files outside are refused, missing ones are a definite failure`() async {
    let climbing = await failure(of: FilesRead(), ["path": "../../etc/passwd"])
    #expect(climbing?.kind == .definite && climbing?.code == "outside_project")
    let writing = await failure(of: FilesWrite(), ["path": "/tmp/x", "content": "x"])
    #expect(writing?.code == "outside_project")
    #expect(await failure(of: FilesRead(), ["path": "none"])?.code == "file_not_found")
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
  func `an unwritable folder is unavailable, and the file stays as it was`() async {
    chmod(project.path, 0o500)
    let failure = await failure(of: FilesWrite(), ["path": "x", "content": "x"])
    #expect(failure?.kind == .unavailable)
    #expect(failure?.hint != nil)
  }

  @Test func `a file system that takes no files is unavailable, whoever asks`() async {
    var invocation = project.invocation("files.write", ["path": "baton-x", "content": "x"])
    invocation.projectFolder = "/sys"
    do throws(ActionFailure) {
      _ = try await FilesWrite().perform(invocation)
      Issue.record("this must not be possible")
    } catch {
      #expect(error.kind == .unavailable)
    }
  }

  @Test func `a full disk is unavailable, with what to do`() {
    let failure = ProjectFolder.Problem.system(code: ENOSPC, "x").failure
    #expect(failure.kind == .unavailable && failure.hint == "make room on the disk")
  }

  @Test func `a command runs with arguments, environment, input and folder`() async throws {
    try project.write("", to: "sub/here")
    let outputs = try await CommandRun().perform(
      project.invocation(
        "command.run",
        [
          "command": ["sh", "-c", "echo \"$1 $NAME $BATON_RUN\"; cat; ls", "sh", "$(id)"],
          "env": ["NAME": "a;b"], "stdin": "from stdin\n", "folder": "sub",
        ]))
    #expect(outputs["stdout"] == "$(id) a;b run-1\nfrom stdin\nhere\n")
    #expect(outputs["exit_code"] == 0)
    #expect(outputs["truncated"] == false)
  }

  @Test func `a command does not see what baton was started with`() async throws {
    setenv("BATON_TEST_SECRET", "hunter2hunter2", 1)
    let outputs = try await CommandRun().perform(
      project.invocation("command.run", ["command": ["env"]]))
    #expect(outputs["stdout"]?.asString?.contains("hunter2") == false)
    #expect(outputs["stdout"]?.asString?.contains("PATH=") == true)
  }

  @Test func `sensitive output goes to the sensitive field only`() async throws {
    let outputs = try await CommandRun().perform(
      project.invocation(
        "command.run", ["command": ["echo", "s3cret-value"], "sensitive": true]))
    #expect(outputs["secret"] == "s3cret-value\n")
    #expect(outputs["stdout"] == "" && outputs["stderr"] == "")
  }

  @Test func `exit codes, timeouts and missing programs are told apart`() async {
    let exit = await failure(of: CommandRun(), ["command": ["sh", "-c", "echo no >&2; exit 2"]])
    #expect(exit?.kind == .definite && exit?.details["exit_code"] == 2)
    #expect(exit?.message == "`sh` ended with exit code 2: no")
    let missing = await failure(of: CommandRun(), ["command": ["no-such-program"]])
    #expect(missing?.kind == .unavailable && missing?.code == "program_not_found")
    let late = await failure(
      of: CommandRun(), ["command": ["sleep", "1000"]],
      timeout: TimeSpan(seconds: 0, nanoseconds: 50_000_000))
    #expect(late?.kind == .lost && late?.code == "timeout")
    let outside = await failure(of: CommandRun(), ["command": ["true"], "folder": "../.."])
    #expect(outside?.code == "outside_project")
  }

  @Test func `output that is not UTF-8 is a doubt, not another text`() async {
    for sensitive in [false, true] {
      let lost = await failure(
        of: CommandRun(),
        ["command": ["printf", #"caf\351"#], "sensitive": .bool(sensitive)])
      #expect(lost?.kind == .lost && lost?.code == "invalid_output")
      #expect(lost?.message.contains("standard output is not UTF-8") == true)
      #expect(lost?.details == ["exit_code": 0] && lost?.hint?.contains("iconv") == true)
    }
    let failed = await failure(
      of: CommandRun(), ["command": ["sh", "-c", #"printf '\351'; exit 1"#]])
    #expect(failed?.kind == .definite && failed?.code == "exit_code")
  }

  @Test func `remarks that are not UTF-8 make no doubt of a success`() async throws {
    let outputs = try await CommandRun().perform(
      project.invocation(
        "command.run", ["command": ["sh", "-c", #"echo out; printf 'caf\351' >&2"#]]))
    #expect(outputs["stdout"] == "out\n" && outputs["stderr"] == "caf\u{FFFD}")
  }

  @Test func `other exit codes can be accepted`() async throws {
    let outputs = try await CommandRun().perform(
      project.invocation("command.run", ["command": ["false"], "exit_codes": [0, 1]]))
    #expect(outputs["exit_code"] == 1)
  }

  @Test func `the log goes to whoever watches`() async throws {
    let lines = Mutex<[String]>([])
    var invocation = project.invocation("log.write", ["message": "hello", "level": "warning"])
    invocation.log = { line in lines.withLock { $0.append(line) } }
    _ = try await LogWrite().perform(invocation)
    #expect(lines.withLock { $0 } == ["warning: hello"])
  }
}
