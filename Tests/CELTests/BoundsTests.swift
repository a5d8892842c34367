import Testing
import Values

@testable import CEL

/// No expression exhausts memory, the stack or time. A test that hangs or crashes has failed.
@Suite(.timeLimit(.minutes(20))) struct BoundsTests {
  private let environment = CELEnvironment(variables: ["x": .dyn, "list": .list(.dyn)])

  private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  @Test func `refuses what nests too deep or chains too long`() {
    for source in [
      repeated("(", 10_000), repeated("[", 10_000) + repeated("]", 10_000), repeated("-", 10_000),
      repeated("!", 50_000) + "true", "x" + repeated(".a", 40_000), "x" + repeated("[0]", 30_000),
      "1" + repeated("+1", 40_000), repeated("x?", 5_000), repeated("{1:", 30_000),
      repeated("f(", 40_000), repeated("x.map(x,", 10_000),
      repeated("(", 150) + "x" + repeated(repeated(".a", 300) + ")", 150),
      "x" + repeated(" ", 200_000),
    ] {
      #expect(throws: Issue.self) { try Parser.parse(source) }
    }
  }

  @Test func `takes a long chain of conditions`() throws {
    let source = Array(repeating: "true", count: 10_000).joined(separator: " && ")
    #expect(try environment.compile(source).get().evaluate(Variables()) == true)
  }

  @Test func `ends a loop within loops`() throws {
    let list = "[" + Array(repeating: "1", count: 100).joined(separator: ",") + "]"
    try expectLimit(
      "\(list).all(a, \(list).all(b, \(list).all(c, \(list).all(d, \(list).all(e, true)))))")
  }

  @Test func `ends the doubling of texts and lists`() throws {
    var text = "a + a"
    var list = "[a, a]"
    for _ in 0..<60 {
      text = "cel.bind(a, a + a, \(text))"
      list = "cel.bind(a, [a, a], \(list))"
    }
    try expectLimit("cel.bind(a, 'abcdefgh', \(text))")
    try expectLimit("cel.bind(a, [1], \(text))")
    try expectLimit("cel.bind(a, [1], \(list))")
    try expectLimit("cel.bind(a, [1], \(list)) == cel.bind(a, [1], \(list))")
  }

  @Test func `checks types of exponential size in little time`() throws {
    var source = "a"
    for name in Array(repeating: ["a", "b"], count: 40).flatMap(\.self) {
      source = "cel.bind(\(name), {\(name == "a" ? "b" : "a"): [b, a]}, \(source))"
    }
    _ = environment.compile("cel.bind(a, {1: 1}, cel.bind(b, {1: 1}, \(source)))")
    var nested = "[a0]"
    for index in 0..<60 {
      nested = "[].map(a\(index), [a\(index), {a\(index): [a\(index)]}, \(nested)])"
    }
    _ = environment.compile(nested)
  }

  @Test func `ends searches that compare everything with everything`() throws {
    let grown = repeated("cel.bind(a, a+a+a+a+a+a+a+a, ", 5)
    try expectLimit(
      "cel.bind(a, 'aaaaaaaa', " + grown + "a.contains(a + 'b')" + repeated(")", 6))
  }

  private func expectLimit(_ source: String) throws {
    let expression = try environment.compile(source).get()
    do throws(EvaluationError) {
      let value = try expression.evaluate(Variables(["x": 1]))
      Testing.Issue.record("\(source.prefix(60)) gave \(value.typeName)")
    } catch {
      #expect(error.code == .limitReached)
    }
  }

  @Test func `survives whatever is mutated from valid expressions`() {
    let seed: UInt64 = 20_261_120
    var generator = ExpressionGenerator(seed: seed)
    for _ in 0..<3_000 {
      var bytes = Array(generator.expression(depth: 4).utf8)
      for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
        let position = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes.remove(at: position)
        case 1: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        default: bytes.insert(contentsOf: bytes[..<position].suffix(8), at: position)
        }
      }
      exercise(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// Everything that can be done with an expression.
  private func exercise(_ source: String) {
    let variables = Variables(["x": ["y": [1, 2]], "list": [1, "a"], "y": ["z": 1.5]])
    for compiled in [environment.compile(source), environment.compileUnchecked(source)] {
      guard case .success(let expression) = compiled else { continue }
      _ = try? expression.evaluate(variables, costLimit: 20_000)
      _ = expression.evaluatePartially(variables, unknowns: [Unknown(["x"])], costLimit: 20_000)
      _ = expression.references
      _ = expression.tree.sourceText
    }
  }
}
