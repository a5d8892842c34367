import CEL
import Documents
import SourceText

/// A step as far as it is known before any expression is looked at: its id, its kind, its place.
///
/// There is one of each step, so what few have stands out of line.
final class StepOutline {
  let node: Node
  private let number: UInt32
  var index: Int { Int(number) }
  let id: String
  let span: SourceSpan
  /// The keys that it has.
  let keys: StepKeys
  let parent: StepOutline?
  /// The key of the kind, and its value.
  var kind: (key: StepKey, node: Node)? { kindNode.map { (kindKey, $0) } }
  private let kindNode: Node?
  private let kindKey: StepKey
  /// The type of what the step gives, once it was asked for.
  var knownType: CELType?
  /// What a `set` outside of loops and recoveries gives, once it is decoded.
  var values: [NamedTemplate]?
  /// Whether the step stands in the recovery of `defaults`, which has no step around it.
  var isInRecovery = false
  private var parts: Parts?

  /// What else belongs to a step.
  private final class Parts {
    var definition: Workflow?
    var lists: [ListOutline] = []
    var recoveries: [String: [ListOutline]] = [:]
  }

  private var madeParts: Parts {
    if let parts { return parts }
    let made = Parts()
    parts = made
    return made
  }

  /// What another workflow gives and takes, where the step calls one.
  var definition: Workflow? {
    get { parts?.definition }
    set { if newValue != nil { madeParts.definition = newValue } }
  }

  /// The lists of the kind: one of a section or a loop, one for each case.
  var lists: [ListOutline] {
    get { parts?.lists ?? [] }
    set { madeParts.lists = newValue }
  }

  /// The lists of `on_failure` and `on_expiry`, one for each branch.
  var recoveries: [String: [ListOutline]] {
    get { parts?.recoveries ?? [:] }
    set { madeParts.recoveries = newValue }
  }

  init(
    index: Int, id: String, span: SourceSpan, node: Node, keys: StepKeys, parent: StepOutline?,
    kind: (key: StepKey, node: Node)?
  ) {
    number = UInt32(index)
    self.id = id
    self.span = span
    self.node = node
    self.keys = keys
    self.parent = parent
    kindNode = kind?.node
    kindKey = kind?.key ?? .id
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
  /// The keys that occur at all: a check of what does not occur has nothing to do.
  private(set) var keys = StepKeys()
  /// The first step of each id.
  private(set) var indexByID: [String: Int] = [:]

  init(_ decoder: FileDecoder) { self.decoder = decoder }

  func step(named id: String) -> StepOutline? { indexByID[id].map { all[$0] } }
  var ids: some Collection<String> { indexByID.keys }

  /// Reports a word that no step has as its id.
  func reportUnknown(_ id: String, at span: SourceSpan) {
    if decoder.lostIDs.contains(id) { return }
    decoder.report(
      .unknownStep, "unknown step `\(id)`", at: span,
      label: all.isEmpty ? "there are no steps" : "the steps are \(all.lazy.map(\.id).shortList)",
      help: decoder.suggestion(id, ids))
  }

  /// The steps of a list.
  func list(_ node: Node?, _ what: String, parent: StepOutline?) -> ListOutline {
    let items = node.flatMap { decoder.list($0, what) } ?? []
    if let node, node.items == nil { decoder.noteLost(node) }
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
    guard let (members, keys) = decoder.stepKeys(of: node) else { return nil }
    let index = all.count
    let (id, span) = identifier(node, members, keys, index: index)
    let outline = StepOutline(
      index: index, id: id, span: span, node: node, keys: keys, parent: parent,
      kind: kind(node, members, id, keys))
    all.append(outline)
    self.keys.formUnion(keys)
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

  private func identifier(
    _ node: Node, _ members: MemberList, _ keys: StepKeys, index: Int
  ) -> (String, SourceSpan) {
    guard let position = keys.idPosition else {
      let start = members.first?.key.span ?? node.span
      if decoder.isMisspelt(["id"], inMapAt: node.span.start) {
        return (misspeltID(members) ?? "step \(index)", start)
      }
      decoder.missing("id", in: "a step", at: start, help: "for example `id: \(proposedID(node))`")
      return ("step \(index)", start)
    }
    let written = members[position].value
    guard let id = decoder.text(written, "id") else { return ("step \(index)", written.span) }
    if !decoder.isName(id) {
      decoder.report(
        .badName, "`\(id)` is not an id", at: written.span,
        label: "expected small letters, digits and `_`", help: "did you mean `\(id.snakeCased)`?")
    }
    return (id, written.span)
  }

  /// The id under a wrong name, so that nothing that reads the step is wrong too.
  private func misspeltID(_ members: MemberList) -> String? {
    members.first { member in
      StepKey(name: member.name) == nil
        && nearest(member.name, among: LanguageKeys.step.keys) == StepKey.id.name
    }?.value.text
  }

  private func proposedID(_ node: Node) -> String {
    (node["name"]?.text ?? node["action"]?.text).map(\.snakeCased) ?? "first_step"
  }

  private func kind(
    _ node: Node, _ members: MemberList, _ id: String, _ keys: StepKeys
  ) -> (key: StepKey, node: Node)? {
    if let (key, position) = keys.onlyKind { return (key, members[position].value) }
    let found = members.filter { LanguageKeys.kinds.contains($0.name) }
    guard let first = found.first, let key = StepKey(name: first.name) else {
      if decoder.isMisspelt(LanguageKeys.kinds, inMapAt: node.span.start) { return nil }
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
      let letters = LatinLetters.plain(character.lowercased())
      if letters.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
        if character.isUppercase, let last = text.last, last.isLowercase { text += "_" }
        text += letters
      } else if !text.isEmpty, !text.hasSuffix("_") {
        text += "_"
      }
    }
    while text.hasSuffix("_") { text.removeLast() }
    return text.first?.isLetter == true ? text : "step_\(text)"
  }
}
