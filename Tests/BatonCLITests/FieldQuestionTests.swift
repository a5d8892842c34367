import CommandLineKit
import Documents
import Fields
import SourceText
import Testing
import Values

@testable import BatonCLI

@Suite struct FieldQuestionTests {
  private func fields(_ yaml: String) throws -> FieldSet {
    let file = SourceFile(path: "a.yaml", text: yaml)
    let diagnostics = Diagnostics()
    let node = try #require(DocumentReader.read(file, into: diagnostics))
    let fields = FieldSet.decode(node, in: file, into: diagnostics)
    #expect(diagnostics.sorted.isEmpty)
    return fields
  }

  private func question(_ yaml: String) throws -> FieldQuestion {
    FieldQuestion(try #require(try fields("f: " + yaml).fields.first))
  }

  @Test(arguments: [
    ("string", ""), ("{ type: string, format: email }", "email address"),
    ("{ type: string, format: date }", "date, such as 2026-01-18"),
    ("{ type: string, format: time }", "a time such as 09:30:00Z"),
    ("{ type: integer, minimum: 1 }", "whole number, at least 1"),
    ("{ type: array, items: string }", "list, with commas between"),
    ("{ type: array, items: { type: object, properties: { a: string } } }", "list, in JSON"),
    ("object", "in JSON"), ("{ type: string, sensitive: true }", "confidential"),
  ])
  func `a question says what is to be typed`(yaml: String, hint: String) throws {
    let question = try question(yaml).question
    #expect(question.hint == hint)
    #expect(question.choices.isEmpty)
  }

  @Test func `what is true or false is yes or no, its default too`() throws {
    let question = try question("{ type: boolean, default: true, label: Fine }")
    #expect(question.question.choices == ["yes", "no"])
    #expect(question.question.defaultText == "yes")
    #expect(try question.read("no").get() == false)
    #expect(try question.read("true").get() == true)
  }

  @Test(arguments: [
    ("{ type: integer, label: How many }", "x", "`How many` must be a whole number, not `x`"),
    ("{ type: integer, maximum: 3, label: How many }", "4", "`How many` must be at most 3"),
    (
      "{ type: array, items: { type: string, maxLength: 1 }, label: Names }", "a, bc",
      "`[1]` of `Names` must"
    ),
    ("{ type: boolean, label: Fine }", "perhaps", "`Fine` must be yes or no, not `perhaps`"),
    ("{ type: boolean, label: Fine, sensitive: true }", "perhaps", "`Fine` must be yes or no"),
    ("integer", "x", "`f` must be a whole number"),
  ])
  func `what does not fit is said of the label`(yaml: String, typed: String, start: String) throws {
    guard case .failure(let problem) = try question(yaml).read(typed) else {
      Issue.record("accepted \(typed)")
      return
    }
    #expect(problem.message.hasPrefix(start), "\(problem.message)")
    #expect(!yaml.contains("sensitive") || !problem.message.contains(typed))
  }

  // MARK: Several

  private func prompt(_ lines: [String]) -> AnswerPrompt {
    AnswerPrompt(
      console: Console(
        output: TextSink(), errors: TextSink(isTerminal: true),
        input: TextSource(lines: lines, isTerminal: true)))
  }

  @Test func `whoever breaks off has given what they typed before`() throws {
    let fields = try fields(
      "{ a: integer, b: { type: string, default: x y, label: Bee }, c: string, k: { type: string, sensitive: true }, d: string }"
    )
    let answers = prompt(["7", "", "it's", "s3cret"]).answers(for: fields, except: ValueMap())
    #expect(answers.isBrokenOff && answers.areGiven)
    #expect(answers.values == ["a": 7, "b": "x y", "c": "it's", "k": "s3cret"])
    #expect(answers.labels == ["a", "Bee", "c", "k"])
    let again = answers.again(fields, except: ValueMap(), option: "-i ")
    #expect(again?.hasSuffix(#"-i a=7 -i 'b=x y' -i 'c=it'\''s' -i k=…"#) == true)
  }

  @Test func `nothing typed and broken off is nothing, and everything left out an answer`() throws {
    let fields = try fields("{ a: { type: string, optional: true } }")
    #expect(!prompt([]).answers(for: fields, except: ValueMap()).areGiven)
    let answers = prompt([""]).answers(for: fields, except: ValueMap())
    #expect(
      answers.areGiven && answers.values.isEmpty && answers.again(fields, except: ValueMap()) == nil
    )
  }
}
