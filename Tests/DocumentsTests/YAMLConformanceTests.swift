import SourceText
import Testing
import Values

@testable import Documents

/// The tests of yaml-test-suite that libyaml meets by itself.
@Suite struct YAMLConformanceTests {
  private struct Case {
    let id: String
    let yaml: String
    let fails: Bool
    let json: String?
    let documents: Int
    let events: [String]
  }

  private func cases() throws -> [Case] {
    let index = try #require(
      try ConformanceData.json("yaml-test-suite/index.json") as? [String: Any])
    let rows = try #require(index["tests"] as? [[String: Any]])
    return try rows.filter { $0["libyaml"] as? String == "pass" }.map { row in
      let file = try #require(row["file"] as? String)
      let test = try #require(
        try ConformanceData.json("yaml-test-suite/\(file)") as? [String: Any])
      return Case(
        id: row["id"] as? String ?? "", yaml: try #require(test["yaml"] as? String),
        fails: test["fail"] as? Bool ?? false, json: test["json"] as? String,
        documents: test["json_documents"] as? Int ?? 1,
        events: try #require(test["events"] as? [String]))
    }
  }

  /// What of a test is refused on purpose, as its events show.
  private func refusals(of test: Case) -> Set<String> {
    let documents = test.events.count { $0.hasPrefix("+DOC") }
    var refusals: [DiagnosticCode] = []
    if documents > 1 { refusals.append(.severalDocuments) }
    if documents == 0 { refusals.append(.emptyDocument) }
    if test.events.contains(where: hasTag) { refusals.append(.tagNotSupported) }
    if hasKeyThatIsNoText(test.events) { refusals.append(.keyNotText) }
    return Set(refusals.map(\.text))
  }

  /// `+MAP &a <tag>`: in front of a scalar's text, which can hold anything.
  private func hasTag(_ event: String) -> Bool {
    event.split(separator: " ").dropFirst().prefix { !":'\"|>".contains($0.first ?? ":") }
      .contains { $0.hasPrefix("<") }
  }

  /// A key that is a list or a map, or is missing.
  private func hasKeyThatIsNoText(_ events: [String]) -> Bool {
    // For each open collection whether it is a map that expects a key.
    var expectsKey: [Bool?] = []
    for event in events {
      if event.hasPrefix("-SEQ") || event.hasPrefix("-MAP") { expectsKey.removeLast() }
      guard event.hasPrefix("+SEQ") || event.hasPrefix("+MAP") || event.hasPrefix("=") else {
        continue
      }
      if let isKey = expectsKey.last ?? nil {
        if isKey, event.hasPrefix("+") || event.hasSuffix(" :") { return true }
        expectsKey[expectsKey.count - 1] = !isKey
      }
      if event.hasPrefix("+") { expectsKey.append(event.hasPrefix("+MAP") ? true : nil) }
    }
    return false
  }

  // Skipped where the conformance data is not at hand.
  @Test(.enabled(if: ConformanceData.isPresent))
  func `reads what libyaml reads, as YAML 1.2 says`() throws {
    var refused: [String: Int] = [:]
    var met = 0
    for test in try cases() {
      let file = SourceFile(path: "\(test.id).yaml", text: test.yaml)
      let diagnostics = Diagnostics()
      let node = DocumentReader.read(file, into: diagnostics)
      if test.fails {
        #expect(diagnostics.hasErrors, "\(test.id) is invalid")
        continue
      }
      if let first = diagnostics.sorted.first {
        #expect(refusals(of: test).contains(first.code.text), "\(test.id): \(first.message)")
        refused[first.code.text, default: 0] += 1
        continue
      }
      guard let json = test.json else { continue }
      let expected = try JSONReader.value(from: Array(json.utf8))
      #expect(test.documents == 1, "\(test.id)")
      #expect(sameByAmount(node?.value ?? .string("nothing"), expected), "\(test.id)")
      met += 1
    }
    #expect(met > 0)
    // Of the part of the suite that the project knows: no more than these are refused.
    guard try cases().count == 230 else { return }
    #expect(met == 144)
    #expect(refused == ["B0105": 7, "B0112": 2, "B0111": 10, "B0109": 13])
  }

  /// Every node lies in its parent, and a scalar's pieces are where the scalar is.
  @Test(.enabled(if: ConformanceData.isPresent))
  func `places of nodes are nested and in order`() throws {
    for test in try cases() where !test.yaml.contains("*") {
      let file = SourceFile(path: "\(test.id).yaml", text: test.yaml)
      guard let node = DocumentReader.read(file, into: Diagnostics()) else { continue }
      check(node, within: SourceSpan(start: 0, end: file.bytes.count), test.id)
    }
  }

  private func check(_ node: Node, within outer: SourceSpan, _ id: String) {
    #expect(outer.start <= node.span.start && node.span.end <= outer.end, "\(id) \(node)")
    for child in node.items ?? node.members?.values ?? [] {
      check(child, within: node.span, id)
    }
    guard let scalar = node.scalar else { return }
    let count = scalar.text.utf8.count
    var last = 0
    for offset in 0..<count {
      let place = scalar.fileSpan(offset..<offset + 1)
      #expect(last <= place.start, "\(id)")
      last = place.start
      guard place.end - place.start == 1 else { continue }
      let byte = Array(scalar.text.utf8)[offset]
      let source = scalar.file.bytes[place.start]
      #expect(byte == source || (byte == 0x20 && source == 0x0A), "\(id) at \(offset)")
    }
  }

  private func sameByAmount(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.list(let a), .list(let b)):
      a.count == b.count && zip(a, b).allSatisfy { sameByAmount($0, $1) }
    case (.map(let a), .map(let b)):
      a.count == b.count
        && a.allSatisfy { pair in
          b.value(for: pair.key).map { sameByAmount(pair.value, $0) } ?? false
        }
    case (.int, .double), (.double, .int): left.asNumber == right.asNumber
    default: left == right
    }
  }
}
