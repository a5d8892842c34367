import Foundation
import TestSupport
import Testing

@testable import CommandLineKit

@Suite struct PagesTests {
  @Test func `the help of a command shows all that is declared`() {
    let page = HelpPage(SampleProgram.program).page(of: SampleProgram.run)
    #expect(
      page == """
        Starts a run.

        Usage: tool run [options] WORKFLOW [FIELD=VALUE…]

        It asks on a terminal and parks otherwise.

        Arguments:
          WORKFLOW     the file
          FIELD=VALUE  what to say

        Options:
          -i, --input NAME=VALUE  an input of the run
              --format FORMAT     the form: text, markdown, json
          -r, --rehearse          does nothing for real

        Options of every command:
              --json            prints JSON
          -q, --quiet           prints ids only
          -C, --project FOLDER  the project

        Examples:
          tool run a.yaml -i x=1
              starts it

        """)
  }

  @Test func `the overview lists the commands in their groups`() {
    let page = HelpPage(SampleProgram.program).overview()
    #expect(page.contains("Work:\n  run          starts a run\n"))
    #expect(page.contains("Look:\n  plugins      lists plugins\n  plugins try  calls one\n"))
  }

  @Test(arguments: Shell.allCases)
  func `completions know every command and option`(shell: Shell) {
    let script = shell.completionScript(for: SampleProgram.program)
    for word in ["run", "plugins", "input", "format", "markdown", "project"] {
      #expect(script.contains(word))
    }
  }

  @Test(arguments: [
    ("", ["run", "plugins"]), ("plu", ["plugins"]), ("plugins ", ["try"]), ("plugins try ", []),
    ("-C somewhere ru", ["run"]), ("run -i x=1 -C some", ["somewhere"]),
    ("run --format ", ["text", "markdown", "json"]),
    ("run --format =", ["text", "markdown", "json"]),
    ("run --format = m", ["markdown"]), ("run --format = json --re", ["--rehearse"]),
    ("run --format json so", ["some file", "somewhere"]), ("run plugins --fo", ["--format"]),
    ("plugins try --pr", ["--project"]),
  ])
  func `bash completes what stands where`(typed: String, replies: [String]) throws {
    let folder = TemporaryFolder()
    try folder.write("", to: "some file")
    try folder.write("", to: "somewhere/x")
    try folder.write(Shell.bash.completionScript(for: SampleProgram.program), to: ".script")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.currentDirectoryURL = URL(filePath: folder.path)
    process.arguments =
      [
        "bash", "-uc",
        ". ./.script; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _tool; "
          + "printf '%s\\n' ${COMPREPLY[@]+\"${COMPREPLY[@]}\"}",
        "tool", "tool",
      ] + typed.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(output.split(separator: "\n").map(String.init).sorted() == replies.sorted())
  }

  @Test func `the man page escapes what roff would read`() {
    let page = ManualPage(SampleProgram.program).text
    #expect(page.contains(".B \\-i, \\-\\-input NAME=VALUE"))
    #expect(page.contains(".SH EXIT STATUS\n.TP\n.B 0\ndone"))
  }

  @Test func `the reference page has a section for each command`() {
    let page = ReferencePage(SampleProgram.program).text
    #expect(page.contains("## run\n\nStarts a run."))
    #expect(page.contains("| `-i, --input NAME=VALUE` | an input of the run |"))
  }
}
