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
    if let items = node["items"]?.members, !items.isEmpty {
      let ticks = ObjectType(
        "items of", of: outline.id, fields: items.map { (name: $0.name, type: CELType.bool) })
      types += [("items", .object(ticks)), ("progress", .double)]
    }
    guard let fields = node["fields"] else {
      _ = source.decoder.members(node, LanguageKeys.ask)
      let areMisspelt = source.decoder.isMisspelt(["fields"], inMapAt: node.span.start)
      return areMisspelt ? .dyn : record(outline, types)
    }
    let set = FieldSet.decode(
      fields, in: source.decoder.file, into: Diagnostics(), isStarted: source.decoder.isStarted)
    types += set.types
    return record(outline, types, optional: set.optionalNames, words: set.words)
  }

  /// Only what an event has ended has an event.
  private func waitType(_ outline: StepOutline, _ node: Node, _ source: Source) -> CELType {
    var fields: [(name: String, type: CELType)] = [("which", .string), ("at", .string)]
    if let event = node["event"] {
      let contract = event.text.flatMap { source.catalog.event(named: $0) }
      let name = event.text ?? ""
      fields.append(("event", contract?.fields.objectType(named: "`\(name)`") ?? .dyn))
    }
    guard let members = node["first_of"]?.members else { return record(outline, fields) }
    let ways = self.ways(members)
    let events = ways.compactMap { $0.node["event"] }
    fields.append(("event", eventType(outline, events, source)))
    return record(
      outline, fields, optional: events.count < ways.count ? ["event"] : [],
      words: ["which": ways.map(\.name)])
  }

  /// The ways to end a wait, with their names as `which` has them.
  private func ways(_ members: MemberList) -> [(name: String, node: Node)] {
    members.flatMap { way -> [(name: String, node: Node)] in
      guard let inner = way.value["first_of"]?.members else { return [(way.name, way.value)] }
      return ways(inner).map { ("\(way.name).\($0.name)", $0.node) }
    }
  }

  /// The type of one of several events: which one has come, `which` tells, so a field that not all of
  /// them have may be absent.
  private func eventType(
    _ outline: StepOutline, _ events: [Node], _ source: Source
  ) -> CELType {
    let contracts = events.map { $0.text.flatMap { source.catalog.event(named: $0) } }
    let sets = contracts.compactMap { $0?.fields }
    guard let first = sets.first, sets.count == contracts.count else { return .dyn }
    if Set(events.map(\.text)).count == 1 {
      return first.objectType(named: "`\(events[0].text ?? "")`")
    }
    var types: [String: CELType] = [:]
    var optional: Set<String> = []
    for (name, type) in sets.flatMap(\.types) {
      types[name] = types[name].map { $0 == type ? type : .dyn } ?? type
      if sets.contains(where: { $0[name].map(\.isOptional) ?? true }) { optional.insert(name) }
    }
    return .object(
      ObjectType("the event of `\(outline.id)`", fields: types, optional: optional))
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
