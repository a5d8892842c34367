import Documents
import SourceText
import TestSupport
import Testing

@testable import Publishing
@testable import Workflows

@Suite struct DocumentFormatterTests {
  private func formatted(_ text: String, path: String = "a.yaml") -> String {
    let diagnostics = Diagnostics()
    let file = SourceFile(path: path, text: text)
    switch DocumentFormatter.format(file, into: diagnostics) {
    case .same: return text
    case .changed(let result): return result
    case .refused(let sentence): return "refused: \(sentence)"
    case nil: return "unreadable: \(diagnostics.sorted.first?.message ?? "")"
    }
  }

  @Test(arguments: [
    // Indentation, lists farther in than their key, one blank line.
    (
      "a:\n    - b\n    -   c:   1\n        d: 2\n\n\n\ne: 3",
      "a:\n  - b\n  - c: 1\n    d: 2\n\ne: 3\n"
    ),
    ("a:\n- b\n", "a:\n  - b\n"),
    ("- - a\n  - b\n- c\n", "- - a\n  - b\n- c\n"),
    // Flow collections.
    ("a: {b: 1,c: [x,y] }\n", "a: { b: 1, c: [x, y] }\n"),
    ("a: {\n  b: 1,\n  c: 2\n}\n", "a: { b: 1, c: 2 }\n"),
    ("a: [\n  x, # one\n  y\n]\n", "a:\n  - x  # one\n  - y\n"),
    ("a: { }\nb: [ ]\n", "a: {}\nb: []\n"),
    ("a: [b: 1]\n", "a: [{ b: 1 }]\n"),
    // Scalars keep their style and their text.
    (
      "a:    1.10\nb: 'it''s'\nc: \"x\\ty\"\nd: ~\ne:\n",
      "a: 1.10\nb: 'it''s'\nc: \"x\\ty\"\nd: ~\ne:\n"
    ),
    ("a: one\n     two\n\n     three\n", "a: one\n  two\n\n  three\n"),
    ("a: |\n     x\n       y\n\n     z\n\n\nb: 1\n", "a: |\n  x\n    y\n\n  z\n\nb: 1\n"),
    ("a: |+\n     x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"),
    ("a: >4-\n        x\n      y\n", "a: >2-\n      x\n    y\n"),
    ("a: &x [1]\nb: *x\n", "a: &x [1]\nb: *x\n"),
    ("a: !!str 12\n? b\n: c\n", "a: !!str 12\nb: c\n"),
    // Comments.
    (
      "# file\n\n# key\na: 1    # one\nbb: 2 # two\n# end",
      "# file\n\n# key\na: 1   # one\nbb: 2  # two\n# end\n"
    ),
    (
      "a:   # the list\n  # first\n  - b\n\n  # last\nc: 1\n",
      "a:  # the list\n  # first\n  - b\n\n  # last\nc: 1\n"
    ),
    ("a:\n  - b\n# of c\nc: 1\n", "a:\n  - b\n# of c\nc: 1\n"),
    ("a:\n  - # odd\n    b: 1\n", "a:\n  # odd\n  - b: 1\n"),
    ("a: | # text\n   x\n# of b\nb: 1\n", "a: |  # text\n  x\n# of b\nb: 1\n"),
    // Line ends, marks, trailing space.
    ("---\r\na: 1   \r\nb: |\r\n  x\r\n...\r\n", "a: 1\nb: |\n  x\n"),
    ("\u{FEFF}a: 1\n", "a: 1\n"),
    ("a: |\n    x", "a: |\n  x"),
  ])
  func `layout`(_ source: String, _ wanted: String) {
    #expect(formatted(source) == wanted)
    #expect(formatted(wanted) == wanted)
  }

  @Test func `a long flow collection is broken up`() {
    let word = String(repeating: "x", count: 60)
    #expect(
      formatted("a: { b: \(word), c: { d: \(word) }, e: [1, 2] }\n")
        == "a:\n  b: \(word)\n  c: { d: \(word) }\n  e: [1, 2]\n")
  }

  @Test func `keys stand in the order of the language, with their comments`() {
    let source = """
      # The file.

      id: x
      steps:
        # About the id.
        - action: log.write
          # The message.
          with: { message: hi }   # inline
          name: Say it
          # Its id.
          id: a

        - steps: [{ id: c, set: { z: 1, a: 2 } }]
          checkpoint: done
          id: b
      name: X
      # The language.
      baton: 1
      """
    #expect(
      formatted(source) == """
        # The file.

        # The language.
        baton: 1
        id: x
        name: X
        steps:
          # About the id.
          # Its id.
          - id: a
            name: Say it
            action: log.write
            # The message.
            with: { message: hi }  # inline

          - id: b
            steps: [{ id: c, set: { z: 1, a: 2 } }]
            checkpoint: done

        """)
  }

  @Test func `an anchor stays before its alias`() {
    let text = "steps:\n  - id: a\n    set: &x { a: 1 }\nid: x\nbaton: 1\noutputs: *x\n"
    #expect(formatted(text) == text)
  }

  @Test func `a comment behind an anchor stays there`() {
    let text = """
      baton: 1
      id: x
      steps:
        - id: a
          set: &values  # the anchor
            # of x
            x: 1
        - id: b
          ask: &question  # another
            - y
        - id: c
          set: *values

      """
    #expect(formatted(text) == text)
  }

  @Test func `JSON has two spaces, and numbers as they were written`() {
    let source = #"{"steps":[{"set":{"n":1.0e0,"t":"A"},"id":"a"}],"baton":1, "id":"x"}"#
    #expect(
      formatted(source, path: "a.json") == """
        {
          "baton": 1,
          "id": "x",
          "steps": [{ "id": "a", "set": { "n": 1.0e0, "t": "A" } }]
        }

        """)
  }

  @Test func `what cannot be read is not touched`() {
    #expect(formatted("a: [\n").hasPrefix("unreadable"))
    #expect(formatted("a: 1\na: 2\n").hasPrefix("unreadable"))
  }

  @Test func `every key of the language has its place in the order`() {
    let pairs: [(LanguageShape, KeySet)] = [
      (.workflow, LanguageKeys.workflow), (.document, LanguageKeys.document),
      (.role, LanguageKeys.role), (.defaults, LanguageKeys.defaults),
      (.check, LanguageKeys.check), (.retry, LanguageKeys.retry),
      (.policy, LanguageKeys.recovery), (.undo, LanguageKeys.undo),
      (.probe, LanguageKeys.probe), (.call, LanguageKeys.call),
      (.reminder, LanguageKeys.reminder), (.escalation, LanguageKeys.escalation),
      (.ask, LanguageKeys.ask), (.item, LanguageKeys.item), (.approve, LanguageKeys.approve),
      (.wait, LanguageKeys.wait), (.forEach, LanguageKeys.forEach),
      (.choice, LanguageKeys.choice), (.loop, LanguageKeys.loop), (.finish, LanguageKeys.finish),
      (.target, LanguageKeys.target), (.trigger, LanguageKeys.trigger),
      (.respond, LanguageKeys.respond), (.limit, LanguageKeys.limit),
    ]
    for (shape, keys) in pairs {
      #expect(Set(LanguageShape.orders[shape] ?? []) == Set(keys.keys), "\(shape)")
    }
    #expect(Set(LanguageShape.plainStep) == Set(LanguageKeys.step.keys))
    #expect(Set(LanguageShape.containerStep) == Set(LanguageKeys.step.keys))
  }

  @Test func `formatting twice is formatting once, for every file of the project`() {
    for (path, text) in ProjectFiles.documents {
      let once = formatted(text, path: path)
      #expect(!once.hasPrefix("refused") && !once.hasPrefix("unreadable"), "\(path): \(once)")
      #expect(formatted(once, path: path) == once, "\(path)")
    }
  }

  /// Changes of the layout that leave the values alone lead to the same text; whatever else still
  /// can be read is formatted without losing anything (the formatter compares by itself).
  @Test(arguments: 0..<40)
  func `whatever the layout was, the result is the same`(_ seed: Int) {
    var numbers = SeededNumbers(seed: UInt64(seed))
    for (path, text) in ProjectFiles.documents where path.hasSuffix(".yaml") {
      let wanted = formatted(text, path: path)
      let harmless = LayoutMutation.harmless(wanted, using: &numbers)
      #expect(formatted(harmless, path: path) == wanted, "seed \(seed), \(path)\n\(harmless)")
      let wild = LayoutMutation.wild(text, using: &numbers)
      let once = formatted(wild, path: path)
      guard !once.hasPrefix("unreadable") else { continue }
      #expect(!once.hasPrefix("refused"), "seed \(seed), \(path)\n\(once)\n\(wild)")
      #expect(formatted(once, path: path) == once, "seed \(seed), \(path)\n\(wild)")
    }
  }
}

/// Changes to the layout of a text.
enum LayoutMutation {
  /// What changes nothing: trailing space outside of texts, other line ends, more blank lines where
  /// there is one, wider gaps before comments.
  static func harmless(_ text: String, using numbers: inout SeededNumbers) -> String {
    var lines: [String] = []
    var blockIndent: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let indent = line.prefix { $0 == " " }.count
      if let block = blockIndent, line.isEmpty || indent > block {
        lines.append(line)
        continue
      }
      blockIndent = nil
      let isText = [": |", ": >", ": |-", ": >-", "- |", "- >-"].contains { line.hasSuffix($0) }
      if isText { blockIndent = line.contains("- ") ? indent + 1 : indent }
      if line.isEmpty, Bool.random(using: &numbers) { lines.append("  ") }
      lines.append(line + (Int.random(in: 0..<3, using: &numbers) == 0 && !isText ? "  " : ""))
    }
    let isReturned = Int.random(in: 0..<4, using: &numbers) == 0
    return lines.joined(separator: isReturned ? "\r\n" : "\n")
  }

  /// What may change anything: lines moved in or out, comments and blank lines put in anywhere.
  static func wild(_ text: String, using numbers: inout SeededNumbers) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for number in 0..<Int.random(in: 1...12, using: &numbers) {
      let place = Int.random(in: 0..<lines.count, using: &numbers)
      let margin = String(repeating: " ", count: Int.random(in: 0..<12, using: &numbers))
      switch Int.random(in: 0..<7, using: &numbers) {
      case 0: lines.insert("\(margin)# note \(number)", at: place)
      case 1: lines.insert("", at: place)
      case 2: lines[place] += "  # remark \(number)"
      case 3: lines[place] = "  " + lines[place]
      case 4: lines.swapAt(place, min(place + 1, lines.count - 1))
      case 5: lines[place] = String(lines[place].drop { $0 == " " })
      default: lines = lines.map { "  " + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }
}
