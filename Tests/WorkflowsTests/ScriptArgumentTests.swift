import SourceText
import Testing

@testable import Workflows

/// Values are never read as commands, unless somebody puts them where a shell reads some: that is refused.
@Suite struct ScriptArgumentTests {
  private static let inputs = "inputs: { s: string, n: { type: integer, default: 1 } }\n"

  @Test(arguments: [
    "[sh, -c, 1️⃣\"echo ${{ inputs.s }}\"]",
    "[/bin/sh, -c, 1️⃣\"${{ inputs.s }}\"]",
    "[bash, -ec, 1️⃣\"echo ${{ inputs.n }}\", bash, x]",
    "[bash, -lc, 1️⃣\"echo ${{ inputs.s }}\"]",
    "[bash, -euo, pipefail, -c, 1️⃣\"echo ${{ inputs.s }}\"]",
    "[bash, --norc, -c, --, 1️⃣\"echo ${{ inputs.s }}\"]",
    "[/usr/bin/env, -i, A=1, zsh, -c, 1️⃣\"echo ${{ inputs.s }}\"]",
    "[env, SHELL=/bin/sh, ksh, -c, 1️⃣\"echo ${{ inputs.s }}\"]",
    "[timeout, \"5\", dash, -c, 1️⃣\"echo ${{ inputs.s }}\"]",
    "1️⃣\"${{ ['sh', '-c', 'echo ' + inputs.s] }}\"",
  ])
  func `a value in a script is refused`(command: String) {
    expectFindings(
      "\(Self.inputs)steps: [ { id: a, action: command.run, with: { command: \(command) } } ]",
      [(.valueInScript, "read as commands")])
  }

  @Test(arguments: [
    "[sh, -c, 'echo \"$1\"', sh, \"${{ inputs.s }}\"]", "[sh, -c, \"echo $${{ x }}\"]",
    "[sh, -c, echo]", "[sh, script.sh, -c, \"${{ inputs.s }}\"]", "[sh, \"${{ inputs.s }}\"]",
    "[tar, -c, \"${{ inputs.s }}\"]", "[grep, -c, sh, \"${{ inputs.s }}\"]",
    "[bash, -o, -c, \"${{ inputs.s }}\"]", "\"${{ ['sh', '-c', 'ls'] }}\"",
    "[sh, -c, 'echo \"$2\"', sh, -c, \"${{ inputs.s }}\"]",
  ])
  func `one beside it is not`(command: String) {
    expectFindings(
      "\(Self.inputs)steps: [ { id: a, action: command.run, with: { command: \(command) } } ]", [])
  }

  @Test func `people are told in the same way, and it is said how`() {
    let found = load(
      """
      baton: 1
      id: x
      name: X
      roles: { r: R }
      steps:
        - id: a
          role: r
          ask: { items: { i: I } }
          due: 2d
          remind:
            - before: 1d
              notify: { action: command.run, with: { command: [bash, -c, "say ${{ person.name }} now"] } }
        - { id: b, run: "echo ${{ run.id }}" }
      """
    ).findings
    let value = "'echo \"$1\"'"
    #expect(found.map(\.code) == [.valueInScript, .unknownKey])
    #expect(
      found.first?.help
        == "put `\"$1\"` in its place, and the value behind the script: "
        + "`[bash, -c, \(value), bash, \"${{ person.name }}\"]`")
    #expect(
      found.contains { $0.help?.contains("[sh, -c, \(value), sh, \"${{ run.id }}\"]") == true },
      "\(found.map(\.help))")
  }

  @Test func `a run that was started with one goes on`() {
    let file = SourceFile(
      path: "x.yaml",
      text: """
        baton: 1
        id: x
        name: X
        steps: [ { id: a, action: command.run, with: { command: [sh, -c, "echo ${{ run.id }}"] } } ]
        """)
    let diagnostics = Diagnostics()
    #expect(Workflow.load(file: file, catalog: .builtIn, isStarted: true, into: diagnostics) != nil)
    #expect(!diagnostics.hasErrors)
  }
}
