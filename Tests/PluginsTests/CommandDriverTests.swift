import Actions
import Foundation
import TestSupport
import Testing
import Values

@testable import Plugins

@Suite(.timeLimit(.minutes(20))) struct CommandDriverTests {
  private let project = TemporaryFolder()

  private func setUp(_ operation: String, effects: String = "once", top: String = "") throws {
    try project.write(
      "baton: 1\nenvironments: { local: { connections: { t: { driver: tool, token: \"${{ secret('BATON_TEST_TOKEN') }}\" } } } }\n",
      to: "baton.yaml")
    try project.write(
      """
      plugin: t
      version: 1.0.0
      summary: T
      operations:
        go:
          summary: Go
          effects: \(effects)
          inputs: { a: string, list: { type: array, items: { type: string }, optional: true } }
          outputs: { text: { type: string, optional: true }, n: { type: integer, optional: true } }
          errors: { not_found: It is not there }

      """, to: "plugins/t/plugin.yaml")
    try project.write(
      "driver: tool\nkind: command\nsettings: { token: { type: string, sensitive: true } }\n\(top)"
        + "operations:\n  go:\n\(operation)\n", to: "plugins/t/tool.yaml")
    setenv("BATON_TEST_TOKEN", "t0ken-s3cret", 1)
  }

  private func call(_ a: String, _ more: ValueMap = [:]) async throws -> ValueMap {
    var inputs = more
    inputs["a"] = .string(a)
    return try await project.call(project.registry(), "t.go", inputs)
  }

  private func failure(_ a: String = "x", timeout: TimeSpan? = nil) async throws -> ActionFailure? {
    await project.failure(try project.registry(), "t.go", ["a": .string(a)], timeout: timeout)
  }

  @Test(arguments: ["plain", "$(id)", "; ls", "a b", "${{ x }}", "'\"", "ö\n"])
  func `values are arguments, never a shell's text`(text: String) async throws {
    try setUp(
      """
          run: [printf, "%s", "v=${{ inputs.a }}"]
          outputs: { text: "${{ stdout }}" }
      """)
    #expect(try await call(text)["text"] == .string("v=" + text))
  }

  @Test func `a value that would be an option is refused, unless the options have ended`()
    async throws
  {
    try setUp("    run: [printf, \"${{ inputs.a }}\"]\n    outputs: { text: \"${{ stdout }}\" }")
    #expect(try await failure("--help")?.code == "invalid_input")
    try setUp(
      "    run: [printf, --, \"${{ inputs.a }}\"]\n    outputs: { text: \"${{ stdout }}\" }")
    #expect(try await call("--help")["text"] == "--help")
  }

  @Test func `lists become several arguments, absent values none`() async throws {
    try setUp(
      """
          run: [printf, "[%s]", "${{ inputs.?list }}", "${{ inputs.a }}"]
          outputs: { text: "${{ stdout }}" }
      """)
    #expect(try await call("x", ["list": ["1", "2"]])["text"] == "[1][2][x]")
    #expect(try await call("x")["text"] == "[x]")
  }

  @Test func `JSON goes in and comes out`() async throws {
    try setUp(
      """
          run: [cat]
          stdin: { n: 3, text: "${{ inputs.a }}" }
          output: json
          outputs: { text: "${{ json.text }}", n: "${{ json.n }}" }
      """)
    #expect(try await call("q\"\n") == ["text": "q\"\n", "n": 3])
  }

  @Test func `exit codes are the contract's errors`() async throws {
    try setUp(
      """
          run: [sh, -c, "echo why >&2; exit 4"]
          exit_codes: { 4: not_found }
      """)
    let known = try await failure()
    #expect(known?.code == "not_found" && known?.message == "It is not there")
    #expect(known?.kind == .definite && known?.details["exit_code"] == 4)
    #expect(known?.canRetry == nil, "the contract is to say")
    try setUp(
      """
          run: [sh, -c, "exit 4"]
          exit_codes: { 4: { code: not_found, retry: false } }
      """)
    #expect(try await failure()?.canRetry == false)
    try setUp("    run: [sh, -c, \"exit 5\"]")
    #expect(try await failure()?.code == "exit_code")
  }

  @Test func `what cannot be read after an effect is a doubt, without one a failure`() async throws
  {
    let operation = """
          run: [echo, not json]
          output: json
          outputs: { text: "${{ json.text }}" }
      """
    try setUp(operation)
    #expect(try await failure()?.kind == .lost)
    try setUp(operation, effects: "none")
    #expect(try await failure()?.kind == .definite)
  }

  private static let broken = ["printf 'caf\\\\351'", "printf '%0200d' 0"]

  @Test(arguments: broken, ["stdout", "stderr"])
  func `a stream that is too long or not UTF-8 is refused where the answer is made of it`(
    writing: String, stream: String
  ) async throws {
    let redirection = stream == "stderr" ? ">&2" : ""
    func operation(_ read: String) -> String {
      """
          run: [sh, -c, "\(writing) \(redirection); echo x >> happened"]
          output_limit: 100
          outputs: { text: "${{ \(read) }}" }
      """
    }
    try setUp(operation(stream))
    let lost = try await failure()
    #expect(lost?.kind == .lost && lost?.code == "invalid_output")
    let name = stream == "stderr" ? "standard error" : "standard output"
    #expect(lost?.message.contains("to its \(name)") == true, "\(lost?.message ?? "-")")
    try setUp(operation(stream), effects: "none")
    #expect(try await failure()?.kind == .definite)
    try setUp(operation("'seen ' + string(exit_code)"))
    #expect(try await call("x")["text"] == "seen 0")
  }

  @Test func `much on stderr is no reason to doubt a whole answer`() async throws {
    try setUp(
      #"""
          run: [sh, -c, "printf '%0200d' 0 >&2; printf '\\351' >&2; echo '{\"text\": \"whole\"}'"]
          output: json
          output_limit: 100
          outputs: { text: "${{ json.text }}" }
      """#)
    #expect(try await call("x")["text"] == "whole")
  }

  @Test func `JSON that is not UTF-8 is refused`() async throws {
    try setUp(
      #"""
          run: [printf, "{\"text\": \"caf\\351\"}"]
          output: json
          outputs: { text: "${{ json.text }}" }
      """#)
    let lost = try await failure()
    #expect(lost?.kind == .lost && lost?.message.contains("not UTF-8") == true)
  }

  @Test func `the message of a failure may show what is not UTF-8`() async throws {
    try setUp(
      #"""
          run: [sh, -c, "printf 'caf\\351'; exit 4"]
          exit_codes: { 4: { code: not_found, message: "No ${{ stdout }}" } }
      """#)
    let known = try await failure()
    #expect(known?.kind == .definite && known?.message == "No caf\u{FFFD}")
  }

  @Test(arguments: ["text", "json"])
  func `an output that fails after the program succeeded is a doubt, and names the expression`(
    form: String
  ) async throws {
    let operation = """
          run: [sh, -c, "echo 1; echo x >> happened"]
          output: \(form)
          outputs: { n: "${{ int(stdout.split(',')[7]) }}" }
      """
    try setUp(operation)
    let lost = try await failure()
    #expect(lost?.kind == .lost && lost?.code == "invalid_output")
    #expect(lost?.message.contains("plugins/t/tool.yaml:8:") == true, "\(lost?.message ?? "-")")
    #expect(lost?.hint == "correct the driver's `outputs`")
    #expect(try project.python("print(open('happened').read())") == "x\n\n", "it was run once")
    try setUp(operation, effects: "none")
    #expect(try await failure()?.kind == .definite)
  }

  @Test func `an output that the contract does not allow is a doubt`() async throws {
    try setUp("    run: [echo, x]\n    outputs: { n: \"${{ json }}\" }\n    output: text")
    #expect(try await call("x") == [:], "null is an absent value")
    try setUp(
      "    run: [echo, '{\"n\": \"x\"}']\n    outputs: { n: \"${{ json.n }}\" }\n    output: json")
    let lost = try await failure()
    #expect(lost?.kind == .lost && lost?.code == "invalid_output")
  }

  @Test func `a failure whose message cannot be made keeps its code and its certainty`()
    async throws
  {
    try setUp(
      """
          run: [sh, -c, "exit 4"]
          exit_codes: { 4: { code: not_found, message: "${{ stdout.split(',')[7] }}", retry: false } }
      """)
    let known = try await failure()
    #expect(known?.kind == .definite && known?.code == "not_found" && known?.canRetry == false)
    #expect(known?.message.hasPrefix("It is not there (the driver's message") == true)
    #expect(known?.message.contains("plugins/t/tool.yaml:7:") == true, "\(known?.message ?? "-")")
  }

  @Test func `a timeout is a doubt`() async throws {
    try setUp("    run: [sleep, \"1000\"]")
    let late = try await failure(timeout: TimeSpan(seconds: 0, nanoseconds: 50_000_000))
    #expect(late?.kind == .lost && late?.code == "timeout")
  }

  @Test func `a secret reaches the program and no message`() async throws {
    try setUp(
      """
          run: [sh, -c, "echo $TOKEN >&2; exit 1"]
      """, top: "env: { TOKEN: \"${{ settings.token }}\" }\n")
    let failure = try await failure()
    #expect(failure?.details["stderr"] == "[redacted]\n")
    #expect(failure?.message.contains("t0ken") == false)
  }

  @Test func `a missing program is unavailable`() async throws {
    try setUp("    run: [no-such-program-x]")
    #expect(try await failure()?.kind == .unavailable)
  }
}
