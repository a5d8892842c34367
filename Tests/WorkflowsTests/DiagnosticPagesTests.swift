import Fields
import Glibc
import SourceText
import TestSupport
import Testing

@testable import Workflows

@Suite struct DiagnosticPagesTests {
  static let codes: [DiagnosticCode] = [
    .expressionSyntax, .expressionType, .expressionResult, .unclosedInterpolation,
    .interpolationInExpression, .notInsertable, .missingKey, .languageVersion, .unknownKey,
    .misplacedKey, .wrongShape, .valueNotAllowed, .badLength, .missingKind, .severalKinds,
    .badName, .duplicateName, .unreachable, .unknownRole, .unknownStep, .unknownOperation,
    .unknownEvent, .missingInput, .unknownInput, .inputMismatch, .effectsNotAllowed,
    .unknownWorkflow, .workflowCycle, .badJump, .mayNotHaveRun, .mayBeAbsent, .impossibleApproval,
    .valueInScript, .exampleMismatch, .endlessRepeat, .calendarShape, .interpolationInName,
    .neverEqual,
  ]

  /// Those that are found only with what the project knows.
  static let advice: [DiagnosticCode] =
    DiagnosticCode.warnings + [.unknownCalendar, .badAllowance, .idleAllowance]

  @Test(arguments: codes + advice)
  func `the page of a code has an example that is wrong and one that is right`(
    code: DiagnosticCode
  ) throws {
    let path = "\(Repository.path)/docs/diagnostics/\(code).md"
    let page = String(decoding: try #require(contents(of: path)), as: UTF8.self)
    let examples = fencedBlocks(page)
    try #require(examples.count == 2)
    let facts = Self.advice.contains(code) ? sampleFacts : nil
    let wrong = findings(examples[0], facts)
    #expect(wrong.contains { $0.code == code }, "\(wrong.map { "\($0.code) \($0.message)" })")
    let right = findings(examples[1], facts)
    #expect(right.isEmpty, "\(right.map { "\($0.code) \($0.message)" })")
  }

  private func findings(
    _ example: (language: String, text: String), _ facts: ProjectFacts?
  ) -> [Diagnostic] {
    if example.language.contains("contract") {
      let diagnostics = Diagnostics()
      _ = PluginContract.decode(
        SourceFile(path: "plugin.yaml", text: example.text), into: diagnostics)
      return diagnostics.sorted
    }
    if example.language.contains("calendar") {
      let diagnostics = Diagnostics()
      _ = CalendarFile.decode(
        SourceFile(path: "calendars/za.yaml", text: example.text), name: "za", into: diagnostics)
      return diagnostics.sorted
    }
    let itself = WorkflowSource(find: { name, file in name == "example" ? file : nil })
    return load(example.text, catalog: projectCatalog, workflows: itself, facts: facts).findings
  }

  private func fencedBlocks(_ page: String) -> [(language: String, text: String)] {
    var blocks: [(language: String, text: String)] = []
    var open: (language: String, text: String)?
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(block)
          open = nil
        } else {
          open = (String(line.dropFirst(3)), "")
        }
      } else {
        open?.text += line + "\n"
      }
    }
    return blocks
  }
}
