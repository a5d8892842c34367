import CEL
import Fields
import SourceText
import Values

/// A comparison with a word that can never be there: `steps.a.status == 'succeded'`,
/// `inputs.plan == 'gold'` where `plan` is one of `silver`, `bronze`; and `after` with a text that is
/// no length of time.
struct ComparisonCheck {
  /// The words of `steps.ID.status`.
  static let stepWords = [
    "pending", "running", "waiting", "blocked", "failed", "in_doubt", "succeeded", "skipped",
    "undone", "cancelled",
  ]
  /// The words of `run.status`.
  static let runWords = [
    "running", "waiting", "needs_attention", "interrupted", "succeeded", "failed", "cancelled",
    "undone",
  ]

  private let workflow: WorkflowUnderCheck
  /// The words of the inputs that have some.
  private let inputWords: [String: [String]]

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    let fields = workflow.parts.inputs.fields
    inputWords = Dictionary(
      fields.compactMap { field in Self.words(of: field).map { (field.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  func check(_ read: NameRead) {
    let expression = read.expression
    guard mayBeWrong(expression),
      let tree = try? Parser.parse(expression.source)
    else { return }
    tree.visit { node in
      guard case .call(let function, nil, let arguments) = node.kind, arguments.count == 2 else {
        return
      }
      switch function {
      case "_==_", "_!=_":
        compare(arguments[0], arguments[1], in: read)
        compare(arguments[1], arguments[0], in: read)
      case "@in": compare(arguments[0], arguments[1], in: read)
      case "after": length(arguments[1], in: read)
      default: break
      }
    }
  }

  /// A look at the bytes, which spares most expressions a tree: where every constant text is one of the
  /// words of every name that has words, no comparison can be wrong.
  private func mayBeWrong(_ expression: Expression) -> Bool {
    if expression.mentions("after(") { return true }
    let words = expression.references.compactMap { self.words(at: $0.path) }
    if words.isEmpty { return false }
    return !expression.holdsOnlyTexts { text in
      words.allSatisfy { words in
        words.contains { $0.utf8.count == text.count && $0.utf8.elementsEqual(text) }
      }
    }
  }

  /// Holds the constant texts on one side against the words that the other side can be.
  private func compare(_ side: SyntaxNode, _ other: SyntaxNode, in read: NameRead) {
    guard let path = side.path()?.path, let words = words(at: path) else { return }
    var texts = other.possibleTexts
    if case .list(let elements) = other.kind { texts = elements.flatMap(\.value.possibleTexts) }
    for (text, range) in texts where !words.contains(where: { $0.hasSameBytes(as: text) }) {
      workflow.decoder.report(
        .neverEqual, "`\(path.joined(separator: "."))` is never `\(text)`", at: read.span(range),
        label: "it is \(words.prefix(12).map(\.self).quotedList)",
        help: workflow.decoder.suggestion(text, words))
    }
  }

  // MARK: progress

  /// `progress >= 60`: a share lies between 0 and 1.
  func checkProgress(_ read: NameRead) {
    guard read.expression.references.contains(where: { isProgress($0.path) }),
      let tree = try? Parser.parse(read.expression.source)
    else { return }
    tree.visit { node in
      guard case .call(let function, nil, let sides) = node.kind, sides.count == 2,
        ["_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"].contains(function)
      else { return }
      hold(sides[0], against: sides[1], in: read)
      hold(sides[1], against: sides[0], in: read)
    }
  }

  private func isProgress(_ path: [String]) -> Bool {
    if path == ["progress"] { return true }
    guard path.count == 4, path[0] == "steps", path[2] == "outputs", path[3] == "progress",
      case .ask? = workflow.places.steps[path[1]]?.kind
    else { return false }
    return true
  }

  private func hold(_ side: SyntaxNode, against other: SyntaxNode, in read: NameRead) {
    guard let path = side.path()?.path, isProgress(path), case .literal(let value) = other.kind
    else { return }
    let number: Double
    switch value {
    case .int(let amount): number = Double(amount)
    case .double(let amount): number = amount
    default: return
    }
    guard number > 1 else { return }
    workflow.decoder.report(
      .neverEqual, "`\(path.joined(separator: "."))` is a share: it lies between 0 and 1",
      at: read.span(other.range),
      help: number <= 100 ? "\(Int64(number)) percent is `\(number / 100)`" : nil)
  }

  private func length(_ node: SyntaxNode, in read: NameRead) {
    for (text, range) in node.possibleTexts where Length(text) == nil {
      workflow.decoder.reportLength(text, "after", at: read.span(range))
    }
  }

  /// The only texts that a name can have; nil where that is not known.
  private func words(at path: [String]) -> [String]? {
    switch (path.first, path.count) {
    case ("run", 2): path[1] == "status" ? Self.runWords : nil
    case ("inputs", 2): inputWords[path[1]]
    case ("steps", 3): path[2] == "status" ? Self.stepWords : nil
    case ("steps", 4): path[2] == "outputs" ? words(ofStep: path[1], path[3]) : nil
    default: nil
    }
  }

  private func words(ofStep id: String, _ output: String) -> [String]? {
    guard let step = workflow.places.steps[id] else { return nil }
    switch step.kind {
    case .ask(let question): return Self.words(of: question.fields[output])
    case .action(let call): return Self.words(of: call.contract?.outputs[output])
    case .wait(.firstOf(let ways)): return output == "which" ? ways.map { $0.name } : nil
    default: return nil
    }
  }

  private static func words(of field: Field?) -> [String]? {
    guard let field, field.type.present == .string, let choices = field.schema.choices else {
      return nil
    }
    let words = choices.compactMap(\.asString)
    return words.count == choices.count ? words : nil
  }
}
