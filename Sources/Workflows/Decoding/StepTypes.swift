import CEL
import Documents
import Fields
import SourceText
import Synchronization

/// Finds what each step gives, when an expression asks for it: the source of the fields of `steps`.
///
/// What `set` and `collect` give is what their expressions give; a circle of them ends in `dyn`.
///
/// It is used by one thread while the file is decoded; ``finish()`` ends that, and from then on it only
/// gives what has been found, which is every step that an expression of the file names.
final class StepTypes: FieldSource, @unchecked Sendable {
  private final class Source {
    /// What it reports is not kept: the same is found again when the step is decoded.
    let decoder: FileDecoder
    let catalog: Catalog
    let outlines: OutlineReader
    let names: [Scope.Name]

    init(_ file: SourceFile, _ catalog: Catalog, _ outlines: OutlineReader, _ names: [Scope.Name]) {
      decoder = FileDecoder(file, Diagnostics())
      self.catalog = catalog
      self.outlines = outlines
      self.names = names
    }
  }

  /// Guarded by being set and cleared before the types are handed to other threads.
  private var source: Source?
  private let indexByID: [String: Int]
  /// By index: the types of `steps.ID` that were asked for.
  private let found: Mutex<[CELType?]>
  private var scope: Scope?
  /// The step that was asked for last.
  private(set) var lastIndex: Int?
  /// The steps whose types are being looked for.
  private var isOpen: [Bool]
  private var depth = 0
  /// How long a row of values may be of which each needs the type of the next one.
  private static let depthLimit = 40

  init(
    _ decoder: FileDecoder, _ catalog: Catalog, _ outlines: OutlineReader, names: [Scope.Name]
  ) {
    source = Source(decoder.file, catalog, outlines, names)
    indexByID = outlines.indexByID
    found = Mutex(Array(repeating: nil, count: outlines.all.count))
    isOpen = Array(repeating: false, count: outlines.all.count)
  }

  /// The type of `steps`. Unknown steps are no type error: they are reported with a better message.
  var stepsType: CELType { .object(ObjectType("steps", source: self, isOpen: true)) }

  func finish() {
    source = nil
    scope = nil
  }

  func type(of id: String) -> CELType? {
    guard let index = indexByID[id] else { return nil }
    if let known = found.withLock({ $0[index] }) {
      if source != nil { lastIndex = index }
      return known
    }
    guard let source else { return nil }
    let type = ContextTypes.step(id, outputs: outputType(of: source.outlines.all[index]))
    found.withLock { $0[index] = type }
    lastIndex = index
    return type
  }

  /// Whether a step has an id.
  func knows(_ id: String) -> Bool { indexByID[id] != nil }

  var fieldNames: [String] { source.map { Array($0.outlines.ids) } ?? [] }

  /// What a step gives.
  func outputType(of outline: StepOutline) -> CELType {
    if let known = outline.knownType { return known }
    guard !isOpen[outline.index], depth < Self.depthLimit else { return .dyn }
    isOpen[outline.index] = true
    depth += 1
    defer {
      isOpen[outline.index] = false
      depth -= 1
    }
    let type = type(of: outline)
    outline.knownType = type
    return type
  }

  private func type(of outline: StepOutline) -> CELType {
    guard let source, let (key, node) = outline.kind else { return .dyn }
    switch key {
    case .action:
      let contract = node.text.flatMap { source.catalog.operation(named: $0) }
      return contract.map { record(outline, $0.outputs) } ?? .dyn
    case .ask: return questionType(outline, node, source)
    case .approve: return record(outline, [("by", .string), ("comment", .string)])
    case .wait: return waitType(outline, node, source)
    case .set: return setType(outline, node, source)
    case .forEach: return listType(outline, node, source)
    case .loop:
      return outline.lists.first?.steps.last.map { outputType(of: $0) } ?? record(outline, [])
    case .workflow:
      guard let definition = outline.definition else { return .dyn }
      let outputs = definition.outputs
      return record(
        outline, outputs.map { ($0.name, $0.value.type) }, optional: outputs.optionalNames)
    default: return record(outline, [])
    }
  }

  // MARK: What expressions give

  private func setType(_ outline: StepOutline, _ node: Node, _ source: Source) -> CELType {
    if let values = outline.values {
      return record(
        outline, values.map { ($0.name, $0.value.type) }, optional: values.optionalNames)
    }
    let inner = scope(around: outline, source)
    var fields: [(name: String, type: CELType)] = []
    var optional: Set<String> = []
    for member in node.members ?? [] {
      let (type, mayLack) = source.decoder.templateType(member.value, in: inner)
      fields.append((member.name, type))
      if mayLack { optional.insert(member.name) }
    }
    return record(outline, fields, optional: optional)
  }

  private func listType(_ outline: StepOutline, _ node: Node, _ source: Source) -> CELType {
    guard let collect = node["collect"] else { return record(outline, []) }
    let inner = scope(around: outline, source).with(
      Scope.Name(name: node["as"]?.text ?? "item", type: .dyn),
      Scope.Name(name: "index", type: .int))
    return .list(source.decoder.templateType(collect, in: inner).type)
  }

  /// The names at a step; of those of loops and recoveries nothing is known.
  private func scope(around outline: StepOutline, _ source: Source) -> Scope {
    let steps = Scope.Name(name: "steps", type: stepsType)
    let outer = scope ?? Scope(FileScope(source.names + [steps]))
    scope = outer
    guard outline.parent != nil || outline.isInRecovery else { return outer }
    var inner = outer.with(
      Scope.Name(name: "index", type: .dyn), Scope.Name(name: "error", type: .dyn))
    var parent = outline.parent
    while let step = parent {
      if let (key, node) = step.kind, key == .forEach {
        inner = inner.with(Scope.Name(name: node["as"]?.text ?? "item", type: .dyn))
      }
      parent = step.parent
    }
    return inner
  }

  // MARK: Records

  private func questionType(_ outline: StepOutline, _ node: Node, _ source: Source) -> CELType {
    var types: [(name: String, type: CELType)] = []
    if node["items"]?.members?.isEmpty == false {
      types += [("items", .map(.string, .bool)), ("progress", .double)]
    }
    guard let fields = node["fields"] else { return record(outline, types) }
    let set = FieldSet.decode(fields, in: source.decoder.file, into: Diagnostics())
    types += set.types
    return record(outline, types, optional: set.optionalNames, words: set.words)
  }

  /// Only what an event has ended has an event.
  private func waitType(_ outline: StepOutline, _ node: Node, _ source: Source) -> CELType {
    var fields: [(name: String, type: CELType)] = [("which", .string), ("at", .string)]
    if node["event"] != nil || node["first_of"] != nil {
      let event = node["event"]?.text.flatMap { source.catalog.event(named: $0) }
      let name = node["event"]?.text ?? ""
      fields.append(("event", event?.fields.objectType(named: "`\(name)`") ?? .dyn))
    }
    let ways = node["first_of"]?.members.map { ["which": $0.map(\.name)] } ?? [:]
    return record(
      outline, fields, optional: mayEndWithoutEvent(node) ? ["event"] : [], words: ways)
  }

  /// Whether one of several things that a step waits for is no event.
  private func mayEndWithoutEvent(_ node: Node) -> Bool {
    guard let ways = node["first_of"]?.members else { return false }
    return ways.contains { way in
      way.value["event"] == nil && (way.value["first_of"] == nil || mayEndWithoutEvent(way.value))
    }
  }

  private func record(_ outline: StepOutline, _ fields: FieldSet) -> CELType {
    record(outline, fields.types, optional: fields.optionalNames, words: fields.words)
  }

  private func record(
    _ outline: StepOutline, _ fields: [(name: String, type: CELType)],
    optional: Set<String> = [], words: [String: [String]] = [:]
  ) -> CELType {
    .object(
      ObjectType("outputs of", of: outline.id, fields: fields, optional: optional, words: words))
  }
}
