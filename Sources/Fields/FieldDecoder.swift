import CEL
package import Documents
import SourceText
import Values

/// Reads fields as authors write them, and reports every mistake at its place.
struct FieldDecoder {
  let file: SourceFile
  let diagnostics: Diagnostics
  /// Where an author puts what is not the same in every run.
  let differing: String?
  /// Whether a run was started with the fields.
  let isStarted: Bool

  /// Keys of a field beside those of JSON Schema.
  static let ownKeys = ["optional", "default", "label", "help", "sensitive"]

  func fields(_ node: Node) -> FieldSet {
    if node.isNull { return FieldSet() }
    guard let members = node.members else {
      report(.invalidField, "fields are a map of names to types, not \(node.kindName)", node.span)
      return FieldSet()
    }
    return FieldSet(members.compactMap(field))
  }

  private func field(_ member: Member) -> Field? {
    guard isUsable(member.key) else { return nil }
    // A field that is not understood may be anything, so that its uses are not mistakes too.
    let source = SchemaDecoder(self).schema(member.value, isField: true) ?? true
    guard let schema = compile(source, member) ?? (try? Schema.decode(true)) else { return nil }
    let defaultNode = member.value["default"]
    let fallback = defaultNode.flatMap { checkedDefault($0, schema, of: member) }
    for key in ["label", "help", "default", "enum"] {
      if let fixed = member.value[key] { checkFixed(fixed, key) }
    }
    return Field(
      name: member.name, schema: schema,
      isOptional: flag("optional", member.value) && defaultNode == nil, defaultValue: fallback,
      label: text("label", member.value), help: text("help", member.value),
      isSensitive: flag("sensitive", member.value) || SchemaDecoder.holdsSensitive(source),
      type: isStarted ? schema.type.asHeldBefore : schema.type, span: member.key.span)
  }

  /// A name must be one that an expression can select: `inputs.order_id`.
  private func isUsable(_ key: Scalar) -> Bool {
    let bytes = Array(key.text.utf8)
    let isName =
      bytes.first.map { $0.isLetter || $0 == 0x5F } == true
      && bytes.allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x5F }
    let isReserved = ["true", "false", "null", "in"].contains(key.text)
    if isName, !isReserved { return true }
    let reason =
      isReserved
      ? "`\(key.text)` is a word of the expression language and cannot name a field"
      : "`\(key.text)` cannot name a field: only a–z, A–Z, digits and `_`, and no digit first"
    report(.invalidFieldName, reason, key.span)
    return false
  }

  private func compile(_ source: Value, _ member: Member) -> Schema? {
    do throws(SchemaError) {
      return try Schema.decode(source)
    } catch {
      let isType = error.path.last == "type"
      report(
        isType ? .unknownFieldType : .invalidField, error.message,
        member.value.part(at: error.path).span, help: error.help)
      return nil
    }
  }

  private func checkedDefault(_ node: Node, _ schema: Schema, of member: Member) -> Value? {
    let value = schema.coerce(SchemaDecoder.value(node, ofType: schema.typeName))
    let problems = schema.validate(value)
    for problem in problems {
      report(
        .invalidDefault, "the default of `\(member.name)` does not fit: it \(problem.message)",
        node.part(at: problem.path).span, help: problem.remedy)
    }
    return problems.isEmpty ? value : nil
  }

  /// Fields are the same in every run: a `${{ }}` in them would be shown as it stands.
  private func checkFixed(_ node: Node, _ key: String) {
    switch node.content {
    case .scalar(let scalar):
      guard scalar.withUTF8({ $0.contains(0x24) }), scalar.text.contains("${{") else { return }
      report(
        .interpolationInName, "`\(key)` is the same in every run: `${{ }}` is not evaluated here",
        node.span, help: differing)
    case .sequence(let items): for item in items { checkFixed(item, key) }
    case .mapping(let members): for member in members { checkFixed(member.value, key) }
    }
  }

  private func flag(_ key: String, _ node: Node) -> Bool {
    guard let value = node[key] else { return false }
    if let flag = value.value.asBool { return flag }
    report(.invalidField, "`\(key)` must be true or false, not \(value.kindName)", value.span)
    return false
  }

  private func text(_ key: String, _ node: Node) -> String? {
    guard let value = node[key] else { return nil }
    if let text = value.text { return text }
    report(.invalidField, "`\(key)` must be text, not \(value.kindName)", value.span)
    return nil
  }

  func report(
    _ code: DiagnosticCode, _ message: String, _ span: SourceSpan, label: String? = nil,
    help: String? = nil
  ) {
    diagnostics.add(code, message, in: file, at: span, label: label, help: help)
  }
}

extension Node {
  /// The node that a path of names and indices leads to, or the last one on the way.
  package func part(at path: [String]) -> Node {
    var current = self
    for key in path {
      let index = Int(key.filter { $0 != "[" && $0 != "]" })
      if let inner = current[key] {
        current = inner
      } else if let items = current.items, let index, items.indices.contains(index) {
        current = items[index]
      } else {
        return current
      }
    }
    return current
  }
}
