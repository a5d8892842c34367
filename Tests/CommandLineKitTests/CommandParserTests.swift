import Testing

@testable import CommandLineKit

@Suite struct CommandParserTests {
  @Test func `reads arguments and options in any order`() throws {
    let parsed = try SampleProgram.parse("-i", "a=1", "x.yaml", "--input=b=2", "-ic=3", "m=4")
    #expect(parsed.values(SampleProgram.input) == ["a=1", "b=2", "c=3"])
    #expect(parsed.value(SampleProgram.workflow) == "x.yaml")
    #expect(parsed.values(SampleProgram.more) == ["m=4"])
  }

  @Test func `reads flags together`() throws {
    let parsed = try SampleProgram.parse("-qri", "a=1", "x.yaml")
    #expect(parsed.has(SampleProgram.quiet))
    #expect(parsed.has(SampleProgram.rehearse))
    #expect(parsed.values(SampleProgram.input) == ["a=1"])
  }

  @Test func `takes everything after two dashes as arguments`() throws {
    let parsed = try SampleProgram.parse("x.yaml", "--", "-i", "--json")
    #expect(parsed.values(SampleProgram.more) == ["-i", "--json"])
    #expect(!parsed.has(SampleProgram.json))
  }

  @Test func `keeps an empty value and one that looks like an option`() throws {
    let parsed = try SampleProgram.parse("x.yaml", "--input=", "-i", "--json")
    #expect(parsed.values(SampleProgram.input) == ["", "--json"])
  }

  @Test(arguments: [
    (["x", "--inptu", "a"], "unknown option `--inptu` for `tool run`", "did you mean `--input`?"),
    (["x", "-i"], "`--input` needs a value: --input NAME=VALUE", nil),
    (["x", "--json=yes"], "`--json` takes no value", nil),
    (["x", "-Ca", "-Cb"], "`--project` is given twice", nil),
    (
      ["x", "--format", "jsn"], "`--format` is one of `text`, `markdown`, `json`, not `jsn`",
      "did you mean `json`?"
    ),
    (
      [], "`tool run` needs WORKFLOW: the file",
      "usage: tool run [options] WORKFLOW [FIELD=VALUE…]"
    ),
  ])
  func `refuses what does not fit`(words: [String], message: String, help: String?) {
    let parser = CommandParser(
      program: "tool", command: SampleProgram.run,
      commonOptions: SampleProgram.program.commonOptions)
    #expect(throws: UsageError(message, help: help)) { try parser.parse(words) }
  }

  @Test func `does not ask for arguments when help is wanted`() throws {
    let parser = CommandParser(
      program: "tool", command: SampleProgram.run, commonOptions: [SampleProgram.json])
    #expect(try parser.parse(["--json"], excusing: [SampleProgram.json]).has(SampleProgram.json))
  }

  @Test(
    arguments: [
      (["run", "a"], "run", ["a"]),
      (["--json", "run", "a"], "run", ["--json", "a"]),
      (["-C", "here", "run"], "run", ["-C", "here"]),
      (["plugins", "try", "x"], "plugins try", ["x"]),
      (["plugins", "x"], "plugins", ["x"]),
      (["--json"], nil, ["--json"]),
      (["--", "run"], nil, ["--", "run"]),
    ] as [([String], String?, [String])])
  func `finds the command among options`(words: [String], name: String?, rest: [String]) {
    let locator = CommandLocator(
      names: ["run", "plugins", "plugins try"],
      commonOptions: SampleProgram.program.commonOptions)
    let found = locator.find(in: words)
    #expect(found.name == name)
    #expect(found.words == rest)
  }
}
