import CEL
import Fields
import SourceText
import Values

/// A comparison with a word that can never be there: `steps.a.status == 'succeded'`,
/// `inputs.plan == 'gold'` where `plan` is one of `silver`, `bronze`, `error.step == 'paymnt'`; and
/// `after` with a text that is no length of time.
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
  private let inputs: CELType
  private let codes: FailureCodes
  private let addresses: FailedStepAddresses

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    inputs = workflow.parts.inputs.objectType
    codes = FailureCodes(workflow.parts)
    addresses = FailedStepAddresses(workflow)
  }

  func check(_ read: NameRead) {
    let expression = read.expression
    guard mayBeWrong(read),
      let checked = expression.checked
    else { return }
    checked.tree.visit { node in
      guard case .call(let function, nil, let arguments) = node.kind, arguments.count == 2 else {
        return
      }
      switch function {
      case "_==_", "_!=_":
        compare(arguments[0], arguments[1], in: read, checked)
        compare(arguments[1], arguments[0], in: read, checked)
      case "@in": compare(arguments[0], arguments[1], in: read, checked)
      case "after": length(arguments[1], in: read, checked)
      default: break
      }
    }
  }

  /// A look at the bytes, which spares most expressions a tree: where every constant text is one of the
  /// words of every name that has words, no comparison can be wrong.
  private func mayBeWrong(_ read: NameRead) -> Bool {
    let expression = read.expression
    if expression.mentions("after(") { return true }
    let isOfFailure = expression.references.contains {
      isOfError($0.path, "code") || isOfError($0.path, "step")
    }
    if expression.isCompiled || isOfFailure { return true }
    let words = expression.references.compactMap { self.words(at: $0.path, read) }
    if words.isEmpty { return false }
    return !expression.holdsOnlyTexts { text in
      words.allSatisfy { words in
        words.contains { $0.utf8.count == text.count && $0.utf8.elementsEqual(text) }
      }
    }
  }

  /// Holds the constant texts on one side against the words that the other side can be.
  private func compare(
    _ side: SyntaxNode, _ other: SyntaxNode, in read: NameRead, _ checked: CheckedExpression
  ) {
    guard let (path, instead) = side.comparedPath else { return }
    var texts = other.possibleTexts
    if case .list(let elements) = other.kind { texts = elements.flatMap(\.value.possibleTexts) }
    if isOfError(path, "code") { return hold(texts, path, or: instead, in: read) }
    if isOfError(path, "step") { return holdAddresses(texts, path, or: instead, in: read) }
    guard let known = words(of: side, at: path, read, checked) else { return }
    let words = known + instead
    for (text, range) in texts where !words.contains(where: { $0.hasSameBytes(as: text) }) {
      workflow.decoder.report(
        .neverEqual, "`\(path.joined(separator: "."))` is never `\(text)`", at: read.span(range),
        label: "it is \(words.shortQuotedList)",
        help: workflow.decoder.suggestion(text, words))
    }
  }

  // MARK: Failures

  /// Whether a path is that of a field of an error: of the one that is being recovered from, or of a step's.
  private func isOfError(_ path: [String], _ field: String) -> Bool {
    guard path.last == field else { return false }
    return path.count == 2 && path[0] == "error"
      || path.count == 4 && path[0] == "steps" && path[2] == "error"
  }

  // MARK: Codes of failures

  /// Holds the texts that a code is compared with against those that it can be.
  private func hold(
    _ texts: [(text: String, range: Range<Int>)], _ path: [String], or instead: [String],
    in read: NameRead
  ) {
    guard let known = known(at: path, read) else { return }
    let name = path.joined(separator: ".")
    let words = known.words + instead
    for (text, range) in texts where !words.contains(where: { $0.hasSameBytes(as: text) }) {
      if !known.isOpen {
        workflow.decoder.report(
          .neverEqual, "`\(name)` is never `\(text)`", at: read.span(range),
          label: "it is \(words.shortQuotedList)",
          help: workflow.decoder.suggestion(text, words))
        continue
      }
      let likely = known.likely(amongOthers: codes.declared)
      guard let help = workflow.decoder.suggestion(text, likely) else { continue }
      workflow.decoder.report(
        .nearCode, "no contract declares the code `\(text)`", at: read.span(range), help: help)
    }
  }

  /// The codes that a failure can have which an expression looks at.
  private func known(at path: [String], _ read: NameRead) -> FailureCodes.Known? {
    switch failed(at: path, read) {
    case .only(let step), .within(let step): codes.codes(of: step)
    case .anything: codes.codesOfAll()
    case nil: nil
    }
  }

  /// What can have failed where an expression looks at a failure; nil where that is not known.
  private func failed(at path: [String], _ read: NameRead) -> FailedStepAddresses.Failed? {
    guard path[0] == "error" else { return workflow.places.steps[path[1]].map { .only($0) } }
    guard let place = workflow.places.place(of: read) else { return .anything }
    if case .failure = read.purpose {
      guard place.position < place.list.steps.count else { return nil }
      return .within(place.list.steps.steps[place.position])
    }
    for location in workflow.places.map.chain(place).reversed() {
      guard case .recovery = location.list.purpose else { continue }
      return location.list.owner.map { .within($0) } ?? .anything
    }
    return nil
  }

  // MARK: The step that has failed

  /// Holds the texts that `error.step` is compared with against the addresses of what can have failed.
  private func holdAddresses(
    _ texts: [(text: String, range: Range<Int>)], _ path: [String], or instead: [String],
    in read: NameRead
  ) {
    guard let failed = failed(at: path, read) else { return }
    let name = path.joined(separator: ".")
    for (text, range) in texts where !instead.contains(where: { $0.hasSameBytes(as: text) }) {
      guard !addresses.canBe(text, failed) else { continue }
      let likely = workflow.decoder.diagnostics.omitted == 0 ? addresses.likely(failed) : []
      workflow.decoder.report(
        .neverEqual, "`\(name)` is never `\(text)`", at: read.span(range),
        label: likely.isEmpty
          ? nil : "it is the address of a step: \(likely.shortQuotedList)",
        help: addresses.help(text, likely, name))
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
      hold(sides[0], against: sides[1], isAbove: function == "_>_", in: read)
      hold(sides[1], against: sides[0], isAbove: function == "_<_", in: read)
    }
  }

  private func isProgress(_ path: [String]) -> Bool {
    if path == ["progress"] { return true }
    guard path.count == 4, path[0] == "steps", path[2] == "outputs", path[3] == "progress",
      case .ask? = workflow.places.steps[path[1]]?.kind
    else { return false }
    return true
  }

  /// - Parameter isAbove: whether the share has to be more than the other side.
  private func hold(
    _ side: SyntaxNode, against other: SyntaxNode, isAbove: Bool, in read: NameRead
  ) {
    guard let path = side.path()?.path, isProgress(path), case .literal(let value) = other.kind
    else { return }
    let number: Double
    switch value {
    case .int(let amount): number = Double(amount)
    case .double(let amount): number = amount
    default: return
    }
    guard number > 1 || isAbove && number == 1 else { return }
    workflow.decoder.report(
      .neverEqual, "`\(path.joined(separator: "."))` is a share: it lies between 0 and 1",
      at: read.span(other.range),
      help: number == 1
        ? "everything is `progress >= 1`"
        : number <= 100 ? "\(Int64(number)) percent is `\(number / 100)`" : nil)
  }

  private func length(_ node: SyntaxNode, in read: NameRead, _ checked: CheckedExpression) {
    workflow.decoder.checkUnit(node, "after", of: checked, at: read.span(node.range))
    for (text, range) in node.possibleTexts where Length(text) == nil {
      workflow.decoder.reportLength(text, "after", at: read.span(range))
    }
  }

  // MARK: Words

  /// The only texts that a name can have; nil where that is not known.
  private func words(at path: [String], _ read: NameRead) -> [String]? {
    guard path.count > 1 else { return nil }
    switch (path[0], path.count) {
    case ("run", 2): return path[1] == "status" ? Self.runWords : nil
    case ("steps", 3): return path[2] == "status" ? Self.stepWords : nil
    default: break
    }
    var type = root(path[0], read)
    for name in path.dropFirst().dropLast() {
      guard case .object(let record)? = type?.present.unwrapped else { return nil }
      type = record.type(of: name)
    }
    guard case .object(let record)? = type?.present.unwrapped else { return nil }
    return record.words(of: path[path.count - 1])
  }

  /// The same of a node: a macro's variable hides the name that it has.
  private func words(
    of side: SyntaxNode, at path: [String], _ read: NameRead, _ checked: CheckedExpression
  ) -> [String]? {
    if case .select(let operand, let field, _) = side.kind,
      case .object(let record)? = checked.type(of: operand)?.present.unwrapped,
      let words = record.words(of: field)
    {
      return words
    }
    let isLocal = !read.expression.references.contains { $0.path.starts(with: path) }
    return isLocal ? nil : words(at: path, read)
  }

  private func root(_ name: String, _ read: NameRead) -> CELType? {
    if let type = read.type(ofName: name) { return type }
    switch name {
    case "inputs": return inputs
    case "steps": return workflow.decoder.types?.stepsType
    default: return nil
    }
  }
}
