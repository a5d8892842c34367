import Documents
import Foundation
import SourceText
import TestSupport
import Testing

@testable import Fields

/// The pages of the codes that documents and fields give.
@Suite struct DiagnosticPagesTests {
  private static let codes: [DiagnosticCode] = [
    .yamlSyntax, .jsonSyntax, .duplicateKey, .tabIndentation, .severalDocuments, .nestedTooDeep,
    .aliasExpansion, .unknownAlias, .tagNotSupported, .mergeKey, .keyNotText, .emptyDocument,
    .invalidField, .unknownFieldKey, .unknownFieldType, .invalidDefault, .invalidFieldName,
    .keyWithoutEffect, .nothingFits,
  ]

  @Test(arguments: codes)
  func `the page of a code has an example that is wrong and one that is right`(
    code: DiagnosticCode
  ) throws {
    let blocks = try page(code).components(separatedBy: "```").enumerated()
      .filter { $0.offset % 2 == 1 }.map(\.element)
    try #require(blocks.count == 2)
    #expect(findings(blocks[0]).map(\.code) == [code])
    #expect(findings(blocks[1]).map(\.message) == [])
  }

  @Test(arguments: [DiagnosticCode.notUTF8, .fileTooLarge, .controlCharacter])
  func `what an example cannot show has a page too`(code: DiagnosticCode) throws {
    #expect(try page(code).hasPrefix("# \(code): "))
  }

  private func page(_ code: DiagnosticCode) throws -> String {
    let file = Repository.root.appendingPathComponent("docs/diagnostics/\(code).md")
    return try String(contentsOf: file, encoding: .utf8)
  }

  /// A block with its language in front.
  private func findings(_ block: String) -> [Diagnostic] {
    let parts = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    let file = SourceFile(path: "a.\(parts[0])", text: String(parts.last ?? ""))
    let diagnostics = Diagnostics()
    if let inputs = DocumentReader.read(file, into: diagnostics)?["inputs"] {
      _ = FieldSet.decode(inputs, in: file, into: diagnostics)
    }
    return diagnostics.sorted
  }
}
