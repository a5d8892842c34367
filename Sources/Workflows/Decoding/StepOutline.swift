import CEL
import Documents
import SourceText

/// A step as far as it is known before any expression is looked at: its id, its kind, its place.
final class StepOutline {
  let index: Int
  let id: String
  let span: SourceSpan
  let node: Node
  /// The keys that it has.
  let keys: StepKeys
  let parent: StepOutline?
  /// The key of the kind, and its value.
  let kind: (key: StepKey, node: Node)?
  /// What another workflow gives and takes, where the step calls one.
  var definition: Workflow?
  /// What finds the types, and what it has found of this step.
  var types: StepTypes?
  var knownType: CELType?
  var outputType: CELType { types?.outputType(of: self) ?? .map(.string, .dyn) }
  /// Whether the step stands in the recovery of `defaults`, which has no step around it.
  var isInRecovery = false
  /// The lists of the kind: one of a section or a loop, one for each case.
  var lists: [ListOutline] = []
  /// The lists of `on_failure` and `on_expiry`, one for each branch.
  var recoveries: [String: [ListOutline]] = [:]

  init(
    index: Int, id: String, span: SourceSpan, node: Node, keys: StepKeys, parent: StepOutline?,
    kind: (key: StepKey, node: Node)?
  ) {
    self.index = index
    self.id = id
    self.span = span
    self.node = node
    self.keys = keys
    self.parent = parent
    self.kind = kind
  }

  /// Where a key stands.
  func keySpan(_ key: StepKey) -> SourceSpan? {
    node.members?.first { $0.name == key.name }?.key.span
  }

  /// The value of a key.
  subscript(key: StepKey) -> Node? { keys.contains(key) ? node[key.name] : nil }
}

/// Steps that stand in one list.
final class ListOutline {
  let steps: [StepOutline]
  /// Where each step stands.
  private(set) lazy var positions: [String: Int] = Dictionary(
    steps.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { _, last in last })

  init(_ steps: [StepOutline]) { self.steps = steps }
}

/// Reads the outline of a file: every step gets its number here.
final class OutlineReader {
  private let decoder: FileDecoder
  private(set) var all: [StepOutline] = []
  /// The first step of each id.
  private(set) var indexByID: [String: Int] = [:]

  init(_ decoder: FileDecoder) { self.decoder = decoder }

  func step(named id: String) -> StepOutline? { indexByID[id].map { all[$0] } }
  var ids: some Collection<String> { indexByID.keys }

  /// The steps of a list.
  func list(_ node: Node?, _ what: String, parent: StepOutline?) -> ListOutline {
    let items = node.flatMap { decoder.list($0, what) } ?? []
    indexByID.reserveCapacity(indexByID.count + items.count)
    var steps: [StepOutline] = []
    steps.reserveCapacity(items.count)
    for item in items { if let step = step(item, parent: parent) { steps.append(step) } }
    return ListOutline(steps)
  }

  /// The lists of a failure policy: none, one, or one for each branch.
  func recoveries(_ node: Node?, parent: StepOutline?) -> [ListOutline] {
    guard let node else { return [] }
    switch node.content {
    case .scalar: return []
    case .mapping: return [list(node["steps"], "`steps`", parent: parent)]
    case .sequence(let branches):
      return branches.map { list($0["steps"], "`steps`", parent: parent) }
    }
  }

  private func step(_ node: Node, parent: StepOutline?) -> StepOutline? {
    guard let keys = decoder.keys(of: node, LanguageKeys.step) else { return nil }
    let index = all.count
    let (id, span) = identifier(node, index: index)
    let outline = StepOutline(
      index: index, id: id, span: span, node: node, keys: keys, parent: parent,
      kind: kind(node, id, keys))
    all.append(outline)
    if let first = indexByID.updateValue(index, forKey: id) {
      indexByID[id] = first
      decoder.report(
        .duplicateName, "the id `\(id)` is taken", at: span,
        notes: [.init("the first step `\(id)` is here", file: decoder.file, span: all[first].span)],
        help: "ids are unique in the file: runs and links name steps by them")
    }
    nested(outline)
    if keys.contains(.onFailure) || keys.contains(.onExpiry) { recoveries(of: outline) }
    return outline
  }

  private func recoveries(of outline: StepOutline) {
    for key in [StepKey.onFailure, .onExpiry] {
      let lists = recoveries(outline[key], parent: outline)
      if !lists.isEmpty { outline.recoveries[key.name] = lists }
    }
  }

  private func nested(_ outline: StepOutline) {
    guard let (key, node) = outline.kind else { return }
    switch key {
    case .steps, .parallel:
      decoder.requireSome(node, key.name, "step")
      outline.lists = [list(node, "`\(key.name)`", parent: outline)]
    case .forEach, .loop:
      decoder.requireSome(node["steps"], "steps", "step")
      outline.lists = [list(node["steps"], "`steps`", parent: outline)]
    case .choose:
      decoder.requireSome(node, key.name, "case")
      outline.lists = (node.items ?? []).map { list($0["steps"], "`steps`", parent: outline) }
    default: break
    }
  }

  private func identifier(_ node: Node, index: Int) -> (String, SourceSpan) {
    let start = node.members?.first?.key.span ?? node.span
    guard let written = node["id"] else {
      decoder.missing("id", in: "a step", at: start, help: "for example `id: \(proposedID(node))`")
      return ("step \(index)", start)
    }
    guard let id = decoder.text(written, "id") else { return ("step \(index)", written.span) }
    if !decoder.isName(id) {
      decoder.report(
        .badName, "`\(id)` is not an id", at: written.span,
        label: "expected small letters, digits and `_`", help: "did you mean `\(id.snakeCased)`?")
    }
    return (id, written.span)
  }

  private func proposedID(_ node: Node) -> String {
    (node["name"]?.text ?? node["action"]?.text).map(\.snakeCased) ?? "first_step"
  }

  private func kind(
    _ node: Node, _ id: String, _ keys: StepKeys
  ) -> (key: StepKey, node: Node)? {
    if let key = keys.onlyKind, let value = node[key.name] { return (key, value) }
    let found = (node.members ?? []).filter { LanguageKeys.kinds.contains($0.name) }
    guard let first = found.first, let key = StepKey(name: first.name) else {
      decoder.report(
        .missingKind, "step `\(id)` does not say what it does", at: node["id"]?.span ?? node.span,
        label: "expected one of \(LanguageKeys.kinds.quotedList)")
      return nil
    }
    for other in found.dropFirst() {
      decoder.report(
        .severalKinds, "a step does one thing: `\(first.name)` or `\(other.name)`",
        at: other.key.span, help: severalHelp(first.name, other.name))
    }
    return (key, first.value)
  }
}

/// What to do about a step with two kinds.
private func severalHelp(_ first: String, _ second: String) -> String {
  let kinds: Set = [first, second]
  for (loop, inside) in [("for_each", "in: …"), ("repeat", "until: …")]
  where kinds == [loop, "steps"] {
    return "the steps of a loop stand in it: `\(loop): { \(inside), steps: [ … ] }`"
  }
  return "make it two steps, or a section with `steps`"
}

extension String {
  /// As an id: small letters, digits and `_`.
  var snakeCased: String {
    var text = ""
    for character in self {
      if character.isASCII, character.isLetter || character.isNumber {
        if character.isUppercase, let last = text.last, last.isLowercase { text += "_" }
        text += character.lowercased()
      } else if !text.isEmpty, !text.hasSuffix("_") {
        text += "_"
      }
    }
    while text.hasSuffix("_") { text.removeLast() }
    return text.first?.isLetter == true ? text : "step_\(text)"
  }
}
