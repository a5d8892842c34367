import CEL
import Documents
import Fields
import SourceText

/// Finds what each step gives, before any expression is checked against it.
struct StepTypes {
  let decoder: FileDecoder
  let catalog: Catalog
  let outlines: OutlineReader

  /// The type of `steps`. Unknown steps are no type error: they are reported with a better message.
  func stepsType() -> CELType {
    var fields: [String: CELType] = Dictionary(minimumCapacity: outlines.all.count)
    for outline in outlines.all {
      fields[outline.id] = ContextTypes.step(outline.id, outputs: outline.outputType)
    }
    return .object(ObjectType("steps", fields: fields, isOpen: true))
  }

  /// Types that need no expression to be looked at.
  func assign() {
    for outline in outlines.all { outline.outputType = type(of: outline) }
    for outline in outlines.all.reversed() where outline.kind?.key == "repeat" {
      outline.outputType = outline.lists.first?.steps.last?.outputType ?? none
    }
  }

  /// Types that an expression gives: `set`, `collect`. What they read of each other is not known
  /// yet, so a chain of them ends in `dyn`.
  func assignComputed(in scope: Scope) {
    let scratch = FileDecoder(decoder.file, Diagnostics())
    for outline in outlines.all {
      guard let (key, node) = outline.kind else { continue }
      if key == "set" {
        outline.outputType = setType(outline, node, scratch, scope)
      } else if key == "for_each", let collect = node["collect"] {
        let inner = scope.with(
          Scope.Name(name: node["as"]?.text ?? "item", type: .dyn),
          Scope.Name(name: "index", type: .int))
        outline.outputType = .list(scratch.template(collect, in: inner)?.type ?? .dyn)
      }
    }
  }

  private func setType(
    _ outline: StepOutline, _ node: Node, _ scratch: FileDecoder, _ scope: Scope
  ) -> CELType {
    var inner = scope.with(
      Scope.Name(name: "index", type: .dyn), Scope.Name(name: "error", type: .dyn))
    for name in loopNames(around: outline) {
      inner = inner.with(Scope.Name(name: name, type: .dyn))
    }
    var fields: [String: CELType] = [:]
    for member in node.members ?? [] {
      fields[member.name] = scratch.template(member.value, in: inner)?.type ?? .dyn
    }
    return .object(ObjectType("outputs of `\(outline.id)`", fields: fields))
  }

  private func loopNames(around outline: StepOutline) -> [String] {
    var names: [String] = []
    var parent = outline.parent
    while let step = parent {
      if let (key, node) = step.kind, key == "for_each" {
        names.append(node["as"]?.text ?? "item")
      }
      parent = step.parent
    }
    return names
  }

  private func type(of outline: StepOutline) -> CELType {
    guard let (key, node) = outline.kind else { return .dyn }
    switch key {
    case "action":
      let contract = node.text.flatMap { catalog.operation(named: $0) }
      return contract?.outputs.objectType(named: "outputs of `\(outline.id)`") ?? .dyn
    case "ask": return questionType(outline, node)
    case "approve": return record(outline, ["by": .string, "comment": .string])
    case "wait": return record(outline, waitFields(node))
    case "set": return .dyn
    case "for_each": return node["collect"] == nil ? none : .list(.dyn)
    case "workflow":
      guard let definition = outline.definition else { return .dyn }
      return record(outline, definition.outputs.map { ($0.name, $0.value.type) })
    default: return none
    }
  }

  private func questionType(_ outline: StepOutline, _ node: Node) -> CELType {
    var types: [(String, CELType)] = [("items", .map(.string, .bool)), ("progress", .double)]
    if let fields = node["fields"] {
      let set = FieldSet.decode(fields, in: decoder.file, into: Diagnostics())
      types += set.fields.map { ($0.name, $0.type) }
    }
    return record(outline, types)
  }

  /// Only what an event has ended has an event.
  private func waitFields(_ node: Node) -> [String: CELType] {
    var fields: [String: CELType] = ["which": .string, "at": .string]
    if node["event"] != nil || node["first_of"] != nil { fields["event"] = eventType(node) }
    return fields
  }

  private func eventType(_ node: Node) -> CELType {
    guard let name = node["event"]?.text else { return .dyn }
    return catalog.event(named: name)?.fields.objectType(named: "`\(name)`") ?? .dyn
  }

  private func record(_ outline: StepOutline, _ fields: [String: CELType]) -> CELType {
    .object(ObjectType("outputs of `\(outline.id)`", fields: fields))
  }

  private func record(_ outline: StepOutline, _ fields: [(String, CELType)]) -> CELType {
    record(outline, Dictionary(fields, uniquingKeysWith: { _, later in later }))
  }

  private var none: CELType { .object(ObjectType("no outputs", fields: [:])) }
}
