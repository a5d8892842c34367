import CEL
import Values

/// Turns a schema into a program, and reports what is wrong with the schema itself.
struct SchemaCompiler {
  typealias Location = SchemaLibrary.Location

  private var library: SchemaLibrary
  private let assertsFormat: Bool
  private var program = SchemaProgram()
  private var numbers: [Location: Int] = [:]
  private var resources: [String: Int] = [:]
  /// Anchors that a `$dynamicRef` may look for.
  private var wanted: Set<String> = []

  init(_ root: Value, documents: [String: Value], assertsFormat: Bool) {
    library = SchemaLibrary(root, documents: documents)
    self.assertsFormat = assertsFormat
  }

  mutating func compile() throws(SchemaError) -> SchemaProgram {
    _ = try compile(SchemaLibrary.root)
    var known = -1
    while program.nodes.count != known {
      known = program.nodes.count
      for (uri, anchors) in library.dynamicAnchors {
        for (name, location) in anchors where wanted.contains(name) {
          program.dynamicAnchors[resource(uri), default: [:]][name] = try compile(location)
        }
      }
    }
    program.takesEveryText = program.nodes[SchemaProgram.root].keywords.allSatisfy { keyword in
      if case .types(let types) = keyword { types.contains(.string) } else { false }
    }
    return program
  }

  private mutating func resource(_ uri: String) -> Int {
    if let number = resources[uri] { return number }
    resources[uri] = resources.count
    return resources.count - 1
  }

  /// The number of the node for a location; a schema that refers to itself is compiled once.
  private mutating func compile(_ location: Location) throws(SchemaError) -> Int {
    if let number = numbers[location] { return number }
    let number = program.nodes.count
    numbers[location] = number
    program.nodes.append(SchemaProgram.Node())
    let node = try build(location)
    program.nodes[number] = node
    return number
  }

  private mutating func build(_ location: Location) throws(SchemaError) -> SchemaProgram.Node {
    let uri = library.resource(of: location)
    var node = SchemaProgram.Node(resource: resource(uri))
    switch library.value(at: location) {
    case .bool(let flag)?: node.keywords = flag ? [] : [.never]
    case .map(let map)?:
      var source = SchemaSource(map: map, location: location, uri: uri)
      node.keywords = try keywords(&source)
    default:
      throw SchemaError(
        path: location.path, message: "a schema is a map of keywords, or true or false")
    }
    return node
  }

  /// A schema that is being compiled.
  private struct SchemaSource {
    let map: ValueMap
    let location: Location
    let uri: String

    func inner(_ path: String...) -> Location {
      Location(document: location.document, path: location.path + path)
    }

    func error(_ key: String, _ message: String, help: String? = nil) -> SchemaError {
      SchemaError(path: location.path + [key], message: message, help: help)
    }

    func count(_ key: String) throws(SchemaError) -> Int? {
      guard let value = map[key] else { return nil }
      guard let number = value.asNumber, number >= 0, number == number.rounded(), number < 1e15
      else { throw error(key, "`\(key)` must be a whole number from 0") }
      return Int(number)
    }

    func names(_ key: String, _ value: Value) throws(SchemaError) -> [String] {
      guard let list = value.asList else { throw error(key, "`\(key)` must be a list of names") }
      return list.compactMap(\.asString)
    }
  }

  private mutating func keywords(_ source: inout SchemaSource) throws(SchemaError)
    -> [SchemaKeyword]
  {
    var keywords = try references(source)
    keywords += try values(source)
    keywords += try numberLimits(source)
    keywords += try texts(source)
    keywords += try lists(source)
    keywords += try maps(source)
    keywords += try combinations(source)
    // Last, because they look at what the others have seen.
    if source.map["unevaluatedItems"] != nil {
      program.tracksEvaluation = true
      keywords.append(.unevaluatedItems(try compile(source.inner("unevaluatedItems"))))
    }
    if source.map["unevaluatedProperties"] != nil {
      program.tracksEvaluation = true
      keywords.append(.unevaluatedMembers(try compile(source.inner("unevaluatedProperties"))))
    }
    return keywords
  }

  private mutating func references(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword] {
    var keywords: [SchemaKeyword] = []
    if let reference = source.map["$ref"] {
      keywords.append(.reference(try target("$ref", reference, source).number))
    }
    if let reference = source.map["$dynamicRef"] {
      let (number, anchor) = try target("$dynamicRef", reference, source)
      keywords.append(anchor.map { .dynamicReference(number, anchor: $0) } ?? .reference(number))
    }
    return keywords
  }

  /// What a reference leads to; the anchor only where it is a dynamic one.
  private mutating func target(
    _ key: String, _ reference: Value, _ source: SchemaSource
  ) throws(SchemaError) -> (number: Int, anchor: String?) {
    guard let text = reference.asString, let found = library.resolve(text, in: source.uri) else {
      throw source.error(key, "`\(reference.asString ?? "")` refers to nothing")
    }
    let uri = library.resource(of: found.location)
    let anchor = found.anchor.flatMap { name in
      library.dynamicAnchors[uri]?[name] == found.location ? name : nil
    }
    if let anchor { wanted.insert(anchor) }
    return (try compile(found.location), anchor)
  }

  private func values(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword] {
    var keywords: [SchemaKeyword] = []
    if let type = source.map["type"] {
      let names = type.asList ?? [type]
      var types: [SchemaType] = []
      for name in names { types.append(try self.type(name, source)) }
      keywords.append(.types(types))
    }
    if let list = source.map["enum"] {
      guard let values = list.asList else { throw source.error("enum", "`enum` must be a list") }
      keywords.append(.oneOfValues(values.map(normalized)))
    }
    if let value = source.map["const"] { keywords.append(.oneOfValues([normalized(value)])) }
    return keywords
  }

  private func type(_ value: Value, _ source: SchemaSource) throws(SchemaError) -> SchemaType {
    guard let name = value.asString, let type = SchemaType(rawValue: name) else {
      throw source.error("type", "unknown type `\(value.asString ?? SchemaValidator.shown(value))`")
    }
    return type
  }

  private func numberLimits(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword] {
    var keywords: [SchemaKeyword] = []
    for key in ["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
      guard let value = source.map[key] else { continue }
      guard let number = value.asNumber, let decimal = DecimalNumber(value),
        key != "multipleOf" || number > 0
      else {
        throw source.error(key, "`\(key)` must be a number\(key == "multipleOf" ? " above 0" : "")")
      }
      switch key {
      case "multipleOf": keywords.append(.multipleOf(value, exactly: decimal))
      case "minimum": keywords.append(.minimum(value, isExclusive: false))
      case "maximum": keywords.append(.maximum(value, isExclusive: false))
      case "exclusiveMinimum": keywords.append(.minimum(value, isExclusive: true))
      default: keywords.append(.maximum(value, isExclusive: true))
      }
    }
    return keywords
  }

  private func texts(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword] {
    var keywords: [SchemaKeyword] = []
    if let count = try source.count("minLength") { keywords.append(.minLength(count)) }
    if let count = try source.count("maxLength") { keywords.append(.maxLength(count)) }
    if let pattern = source.map["pattern"] {
      keywords.append(.pattern(try self.pattern("pattern", pattern.asString, source)))
    }
    if assertsFormat, let name = source.map["format"]?.asString, let format = Format(rawValue: name)
    {
      keywords.append(.format(format))
    }
    return keywords
  }

  private func pattern(
    _ key: String, _ text: String?, _ source: SchemaSource
  ) throws(SchemaError) -> SchemaPattern {
    guard let text else { throw source.error(key, "a pattern must be text") }
    do throws(PatternProblem) {
      return try SchemaPattern(text)
    } catch {
      throw source.error(key, "`\(text)` is not a pattern: \(error.message)", help: error.help)
    }
  }

  private mutating func lists(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword] {
    var keywords: [SchemaKeyword] = []
    let prefix = try compileAll("prefixItems", source)
    let rest = try compileOne("items", source)
    if !prefix.isEmpty || rest != nil { keywords.append(.items(prefix: prefix, rest: rest)) }
    if let schema = try compileOne("contains", source) {
      let least = try source.count("minContains") ?? 1
      keywords.append(.contains(schema, least: least, most: try source.count("maxContains")))
    }
    if let count = try source.count("minItems") { keywords.append(.minItems(count)) }
    if let count = try source.count("maxItems") { keywords.append(.maxItems(count)) }
    if source.map["uniqueItems"]?.asBool == true { keywords.append(.uniqueItems) }
    return keywords
  }

  private mutating func maps(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword] {
    var keywords: [SchemaKeyword] = []
    var rules = MemberRules()
    for name in try names(in: "properties", source) {
      rules.named.append((name, try compile(source.inner("properties", name))))
    }
    for name in try names(in: "patternProperties", source) {
      let pattern = try self.pattern("patternProperties", name, source)
      rules.patterned.append((pattern, try compile(source.inner("patternProperties", name))))
    }
    rules.additional = try compileOne("additionalProperties", source)
    if !rules.named.isEmpty || !rules.patterned.isEmpty || rules.additional != nil {
      keywords.append(.members(rules))
    }
    if let schema = try compileOne("propertyNames", source) {
      keywords.append(.memberNames(schema))
    }
    if let count = try source.count("minProperties") { keywords.append(.minMembers(count)) }
    if let count = try source.count("maxProperties") { keywords.append(.maxMembers(count)) }
    if let names = source.map["required"] {
      keywords.append(.required(try source.names("required", names)))
    }
    return keywords + (try dependencies(source))
  }

  private mutating func dependencies(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword]
  {
    var keywords: [SchemaKeyword] = []
    if let map = source.map["dependentRequired"]?.asMap {
      var rules: [(name: String, needs: [String])] = []
      for member in map {
        rules.append(
          (member.key.asString ?? "", try source.names("dependentRequired", member.value)))
      }
      keywords.append(.dependentRequired(rules))
    }
    var rules: [(name: String, schema: Int)] = []
    for name in try names(in: "dependentSchemas", source) {
      rules.append((name, try compile(source.inner("dependentSchemas", name))))
    }
    // `dependencies` of earlier drafts is both in one.
    for name in try names(in: "dependencies", source) {
      if let needs = source.map["dependencies"]?[name]?.asList {
        keywords.append(.dependentRequired([(name, needs.compactMap(\.asString))]))
      } else {
        rules.append((name, try compile(source.inner("dependencies", name))))
      }
    }
    if !rules.isEmpty { keywords.append(.dependentSchemas(rules)) }
    return keywords
  }

  private mutating func combinations(_ source: SchemaSource) throws(SchemaError) -> [SchemaKeyword]
  {
    var keywords: [SchemaKeyword] = []
    let all = try compileAll("allOf", source)
    if !all.isEmpty { keywords.append(.allOf(all)) }
    let any = try compileAll("anyOf", source)
    if !any.isEmpty { keywords.append(.anyOf(any)) }
    let one = try compileAll("oneOf", source)
    if !one.isEmpty { keywords.append(.oneOf(one)) }
    if let schema = try compileOne("not", source) { keywords.append(.not(schema)) }
    if let schema = try compileOne("if", source) {
      keywords.append(
        .condition(
          schema, then: try compileOne("then", source), otherwise: try compileOne("else", source)))
    }
    return keywords
  }

  private mutating func compileOne(
    _ key: String, _ source: SchemaSource
  ) throws(SchemaError) -> Int? {
    source.map[key] == nil ? nil : try compile(source.inner(key))
  }

  private mutating func compileAll(
    _ key: String, _ source: SchemaSource
  ) throws(SchemaError) -> [Int] {
    guard let value = source.map[key] else { return [] }
    guard let list = value.asList else { throw source.error(key, "`\(key)` must be a list") }
    var numbers: [Int] = []
    for index in list.indices { numbers.append(try compile(source.inner(key, String(index)))) }
    return numbers
  }

  private func names(in key: String, _ source: SchemaSource) throws(SchemaError) -> [String] {
    guard let value = source.map[key] else { return [] }
    guard let map = value.asMap else { throw source.error(key, "`\(key)` must be a map") }
    return map.names
  }
}

/// Numbers of one amount are one value in JSON Schema: `1.0` is `1`.
func normalized(_ value: Value) -> Value {
  switch value {
  case .double(let number): Int64(exactly: number).map { .int($0) } ?? value
  case .uint(let number): Int64(exactly: number).map { .int($0) } ?? value
  case .list(let values): .list(values.map(normalized))
  case .map(let map): .map(ValueMap(map.map { ($0.key.asString ?? "", normalized($0.value)) }))
  default: value
  }
}
