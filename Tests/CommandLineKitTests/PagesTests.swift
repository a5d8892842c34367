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
