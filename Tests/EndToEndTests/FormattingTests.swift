import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct FormattingTests {
  private let untidy = """
    # Who wrote this.

    id: tidy
    baton: 1   # the language
    name: Tidy
    steps:
    - action: log.write
      with: {message: hi}
      id: say   # its id
    """

  private let tidy = """
    # Who wrote this.

    baton: 1  # the language
    id: tidy
    name: Tidy
    steps:
      - id: say  # its id
        action: log.write
        with: { message: hi }

    """

  @Test func `a file is checked, shown, formatted, and then left alone`() throws {
    try Scenario()
      .file("workflows/tidy.yaml", untidy)
      .baton("fmt", "--check", exits: 1, prints: "workflows/tidy.yaml\n")
      .baton("fmt", "--stdout", prints: tidy)
      .baton("fmt", "--diff", complains: "1 file, 1 to be formatted")
      .then { scenario in
        #expect(scenario.output.contains("--- workflows/tidy.yaml\n"))
        #expect(scenario.output.contains("+baton: 1  # the language\n"))
        try #expect(scenario.text("workflows/tidy.yaml") == untidy)
      }
      .baton("fmt", prints: "workflows/tidy.yaml\n")
      .then { try #expect($0.text("workflows/tidy.yaml") == tidy) }
      .baton("fmt", "--check", prints: "", complains: "nothing to change")
      .baton("validate")
  }

  @Test func `who may read a file stays, and so does a link`() throws {
    try Scenario()
      .file("real.yaml", untidy)
      .then { scenario in
        let file = scenario.folder.appending(path: "real.yaml").path
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        try FileManager.default.createSymbolicLink(
          atPath: scenario.folder.appending(path: "link.yaml").path, withDestinationPath: file)
      }
      .baton("fmt", "link.yaml")
      .then { scenario in
        try #expect(scenario.text("real.yaml") == tidy)
        let attributes = try FileManager.default.attributesOfItem(
          atPath: scenario.folder.appending(path: "real.yaml").path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        let link = try FileManager.default.attributesOfItem(
          atPath: scenario.folder.appending(path: "link.yaml").path)
        #expect(link[.type] as? FileAttributeType == .typeSymbolicLink)
      }
  }

  @Test func `a file that cannot be written stays as it is, and nothing is left beside it`() throws
  {
    let text = "baton: 1\nid:   big\nsteps:\n" + String(repeating: "  # a comment\n", count: 2_000)
    try Scenario().file("big.yaml", text)
      .then { scenario in
        #expect(try scenario.shell("trap '' XFSZ; ulimit -f 8; $BATON fmt big.yaml") != 0)
        #expect(scenario.errors.contains("big.yaml") && !scenario.errors.contains(".tmp"))
        #expect(try scenario.text("big.yaml") == text)
        let names = try FileManager.default.contentsOfDirectory(atPath: scenario.folder.path)
        #expect(names.filter { !$0.hasPrefix(".") } == ["big.yaml"])
      }
  }

  @Test func `inputs without an end are not read for ever`() throws {
    try Scenario().file("one.yaml", "baton: 1\nid: one\nsteps: [ { id: a, set: { x: 1 } } ]\n")
      .baton("run", "one.yaml", "--inputs", "/dev/zero", exits: 2, complains: "larger than 16 MiB")
  }

  @Test func `a file that cannot be read stays as it is`() throws {
    try Scenario()
      .file("bad.yaml", "a: [1\n")
      .baton("fmt", "bad.yaml", exits: 3, complains: "bad.yaml:")
      .then { try #expect($0.text("bad.yaml") == "a: [1\n") }
      .baton("fmt", "absent.yaml", exits: 6)
  }
}
