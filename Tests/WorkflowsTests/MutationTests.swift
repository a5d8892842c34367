import SourceText
import TestSupport
import Testing

@testable import Workflows

@Suite struct MutationTests {
  private static let pieces = [
    "${{", "}}", "'", "\"", ": ", " #", "[", "{", "!", "&a", "*a", "steps.", ".?", "|\n", "\t",
    "é", "0", "-", "? ", "&& ", "\n  ", "if: ",
  ]

  @Test(arguments: ["standard-onboarding", "manual-onboarding"], 1...4 as ClosedRange<UInt64>)
  func `no damage to a file makes the loader crash`(name: String, seed: UInt64) throws {
    let original = try #require(contents(of: "\(Repository.path)/workflows/\(name).yaml"))
    var generator = SeededNumbers(seed: seed)
    for _ in 0..<40 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) { damage(&bytes, &generator) }
      let diagnostics = Diagnostics()
      let workflow = Workflow.load(
        file: SourceFile(path: "damaged.yaml", bytes: bytes), catalog: projectCatalog,
        into: diagnostics)
      #expect((workflow == nil) == diagnostics.hasErrors, "seed \(seed)")
      for finding in diagnostics.sorted {
        #expect(finding.span.start <= finding.span.end, "seed \(seed): \(finding.message)")
        #expect(finding.span.end <= bytes.count, "seed \(seed): \(finding.message)")
        #expect(!DiagnosticRenderer().render(finding).isEmpty)
      }
    }
  }

  private func damage(_ bytes: inout [UInt8], _ generator: inout SeededNumbers) {
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let length = min(Int.random(in: 1...30, using: &generator), bytes.count - place)
    switch Int.random(in: 0...3, using: &generator) {
    case 0: bytes.removeSubrange(place..<place + length)
    case 1: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 2:
      let piece = generator.choose(Self.pieces)
      bytes.insert(contentsOf: piece.utf8, at: place)
    default: bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator)
    }
  }

  /// Each defect with the line that it is put in place of, and the code that must be found there.
  static let defects: [(line: String, defect: String, code: DiagnosticCode)] = [
    ("action: payments.confirm", "action: payments.confrim", .unknownOperation),
    ("role: system", "role: sytem", .unknownRole),
    ("target: 5s", "target: 5", .badLength),
    ("event: site.user_logged_in", "event: site.user_loged_in", .unknownEvent),
    (
      "if: size(steps.existing_user.outputs.users) == 0",
      "if: size(steps.existing_user.outputs.users)", .expressionResult
    ),
    (
      "if: size(steps.existing_user.outputs.users) == 0",
      "if: ${{ size(steps.existing_user.outputs.users) == 0 }}", .interpolationInExpression
    ),
    (
      "with: { order_id: \"${{ inputs.order_id }}\" }",
      "with: { order: \"${{ inputs.order_id }}\" }",
      .unknownInput
    ),
    (
      "match: event.user_id == steps.user.outputs.user_id",
      "match: event.user == steps.user.outputs.user_id", .expressionType
    ),
    (
      "match: event.user_id == steps.user.outputs.user_id",
      "match: event.user_id == steps.usr.outputs.user_id", .unknownStep
    ),
    ("- id: tour", "- id: welcome", .duplicateName),
    ("- id: tour", "- iid: tour", .unknownKey),
    ("- id: tour", "- number: tour", .missingKey),
    ("checkpoint: provisioned", "checkpoint: order-complete", .duplicateName),
    ("baton: 1", "baton: 3", .languageVersion),
    (
      "tenant_id: ${{ steps.tenant.outputs.tenant_id }}",
      "tenant_id: ${{ steps.new_user.outputs.user_id }}", .mayNotHaveRun
    ),
  ]

  @Test(arguments: defects.indices)
  func `a defect put into the real procedure is found at its line`(index: Int) throws {
    let (line, defect, code) = Self.defects[index]
    let bytes = try #require(
      contents(of: "\(Repository.path)/workflows/standard-onboarding.yaml"))
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let number = try #require(
      lines.firstIndex { $0.drop { $0 == " " } == line }, "the procedure has `\(line)`")
    lines[number] = String(lines[number].prefix { $0 == " " }) + defect
    let findings = load(lines.joined(separator: "\n"), catalog: projectCatalog).findings
    let places = findings.map { "\($0.code):\($0.file.location(of: $0.span.start).line)" }
    #expect(places.contains("\(code):\(number + 1)"), "\(places)")
  }
}
