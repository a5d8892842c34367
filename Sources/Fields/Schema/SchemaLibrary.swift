import Values

/// Schema documents with their resources and anchors (JSON Schema core, sections 8.2 and 9).
struct SchemaLibrary {
  /// A value inside a document.
  struct Location: Hashable {
    let document: Int
    /// The keys from the document's root.
    let path: [String]
  }

  /// The URI of a schema that has none of its own.
  static let anonymous = "schema:///root"

  private var roots: [Value] = []
  private var resources: [String: Location] = [:]
  private var resourceURIs: [Location: String] = [:]
  private var anchors: [String: Location] = [:]
  /// Names of dynamic anchors, by resource.
  private(set) var dynamicAnchors: [String: [String: Location]] = [:]
  private var waiting: [String: Value]

  init(_ root: Value, documents: [String: Value]) {
    waiting = documents
    add(root, uri: Self.anonymous)
  }

  static let root = Location(document: 0, path: [])

  private mutating func add(_ document: Value, uri: String) {
    let location = Location(document: roots.count, path: [])
    roots.append(document)
    register(uri, at: location)
    scan(document, location, base: uri)
  }

  private mutating func register(_ uri: String, at location: Location) {
    resources[uri] = location
    resourceURIs[location] = uri
  }

  /// The value at a location; nil where the path leads nowhere.
  func value(at location: Location) -> Value? {
    location.path.reduce(roots[location.document] as Value?) { value, key in
      if case .list(let items)? = value {
        Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
      } else {
        value?[key]
      }
    }
  }

  /// The URI of the resource that a location belongs to.
  func resource(of location: Location) -> String {
    for count in stride(from: location.path.count, through: 0, by: -1) {
      let outer = Location(
        document: location.document, path: Array(location.path.prefix(count)))
      if let uri = resourceURIs[outer] { return uri }
    }
    return Self.anonymous
  }

  /// What a reference in a resource leads to, and the name of its anchor if it has one.
  mutating func resolve(
    _ reference: String, in base: String
  ) -> (location: Location, anchor: String?)? {
    let target = SchemaURI(base).resolving(reference)
    let uri = target.absolute
    if resources[uri] == nil, let document = waiting.removeValue(forKey: uri) {
      add(document, uri: uri)
    }
    guard let root = resources[uri] else { return nil }
    let fragment = target.decodedFragment
    if fragment.isEmpty { return (root, nil) }
    guard fragment.hasPrefix("/") else {
      return anchors["\(resource(of: root))#\(fragment)"].map { ($0, fragment) }
    }
    let keys = fragment.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
    let location = Location(document: root.document, path: root.path + keys)
    return value(at: location).map { _ in (location, nil) }
  }

  // MARK: finding resources and anchors

  private mutating func scan(_ schema: Value, _ location: Location, base: String) {
    guard case .map(let map) = schema else { return }
    var base = base
    if let id = map["$id"]?.asString {
      base = SchemaURI(base).resolving(id).absolute
      register(base, at: location)
    }
    if let name = map["$anchor"]?.asString { anchors["\(base)#\(name)"] = location }
    if let name = map["$dynamicAnchor"]?.asString {
      anchors["\(base)#\(name)"] = location
      dynamicAnchors[base, default: [:]][name] = location
    }
    for (path, schema) in Self.subschemas(of: map) {
      let inner = Location(document: location.document, path: location.path + path)
      scan(schema, inner, base: base)
    }
  }

  private static let single: Set<String> = [
    "items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties", "contentSchema",
  ]
  private static let lists: Set<String> = ["prefixItems", "allOf", "anyOf", "oneOf"]
  private static let maps: Set<String> = [
    "properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions",
  ]

  private static func subschemas(of map: ValueMap) -> [([String], Value)] {
    map.flatMap { member -> [([String], Value)] in
      guard let key = member.key.asString else { return [] }
      if single.contains(key) { return [([key], member.value)] }
      if lists.contains(key) {
        return (member.value.asList ?? []).enumerated().map { ([key, String($0)], $1) }
      }
      guard maps.contains(key) else { return [] }
      return (member.value.asMap ?? ValueMap()).map { ([key, $0.key.asString ?? ""], $0.value) }
    }
  }
}
