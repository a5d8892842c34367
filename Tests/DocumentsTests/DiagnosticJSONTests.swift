import SourceText
import Testing
import Values

@testable import Documents

@Suite struct DiagnosticJSONTests {
  @Test func `a finding is data too`() {
    let file = SourceFile(path: "a.yaml", text: "é: 1\né: 2\n")
    let diagnostics = Diagnostics()
    _ = DocumentReader.read(file, into: diagnostics)
    let finding = diagnostics.json["findings"]?.asList?.first
    #expect(finding?["code"] == "B0103")
    #expect(finding?["severity"] == "error")
    #expect(
      finding?["place"]
        == [
          "file": "a.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 2, "start": 6,
          "end": 8,
        ])
    #expect(finding?["notes"]?.asList?.first?["place"]?["line"] == 1)
    #expect(diagnostics.json["errors"] == 1)
  }
}
