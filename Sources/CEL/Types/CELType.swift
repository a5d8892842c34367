import Values

/// A static type of the expression language (CEL specification, "Values" and "Gradual type
/// checking").
public enum CELType: Hashable, Sendable {
  /// Known only when the expression is evaluated; fits everything.
  case dyn
  case null, bool, int, uint, double, string, bytes, timestamp, duration
  indirect case list(CELType)
  indirect case map(CELType, CELType)
  /// The type of a type: `type(1)` is `type(int)`.
  indirect case type(CELType)
  indirect case optional(CELType)
  /// A value, a list or a record of the type, or null.
  indirect case wrapper(CELType)
  /// A record with known fields.
  case object(ObjectType)
  /// A named type of an extension, with its parameters.
  indirect case opaque(String, [CELType])
  /// A type parameter of a function's signature, `T`.
  indirect case parameter(String)
  /// What an expression with a type error has; it fits everything, so that one mistake is reported
  /// once.
  case error
}

/// The fields of a record type that are found when they are asked for: there may be many, and most are
/// never named.
public protocol FieldSource: AnyObject, Sendable {
  /// The type of a field; nil where there is no such field.
  func type(of field: String) -> CELType?
  /// The known fields, in no order.
  var fieldNames: [String] { get }
}

/// A record type: a name and the fields that are known of it.
///
/// A misspelled field is a type error with a suggestion. An open type allows other fields too; they
/// are `dyn`.
public final class ObjectType: Hashable, Sendable {
  private let title: String
  /// What the title is about; it is put behind it in back-ticks.
  private let subject: String?
  public let isOpen: Bool
  /// Fields that a value may lack. Types that differ in nothing else are equal.
  private let optionalNames: Set<String>
  /// The only texts that some of the fields can have. Types that differ in nothing else are equal.
  private let words: [String: [String]]
  // One of the three; side by side, since looking into an enum counts what is in it.
  /// A few, which are searched.
  private let list: [(name: String, type: CELType)]
  private let table: [String: CELType]?
  private let source: (any FieldSource)?

  /// How many fields are searched without a table.
  private static let listLimit = 8

  /// - Parameters:
  ///   - optional: the fields that a value may lack.
  ///   - words: the only texts that fields can have, by their names.
  public init(
    _ name: String, fields: [String: CELType], optional: Set<String> = [],
    words: [String: [String]] = [:], isOpen: Bool = false
  ) {
    title = name
    subject = nil
    self.isOpen = isOpen
    optionalNames = optional
    self.words = words
    table = fields.count > Self.listLimit ? fields : nil
    list = fields.count > Self.listLimit ? [] : fields.map { ($0.key, $0.value) }
    source = nil
  }

  /// A record of what a title is about: ``outputs of `user` ``. Of two fields of the same name the
  /// later counts.
  ///
  /// - Parameters:
  ///   - optional: the fields that a value may lack.
  ///   - words: the only texts that fields can have, by their names.
  public init(
    _ title: String, of subject: String, fields: [(name: String, type: CELType)],
    optional: Set<String> = [], words: [String: [String]] = [:]
  ) {
    self.title = title
    self.subject = subject
    isOpen = false
    optionalNames = optional
    self.words = words
    let isLarge = fields.count > Self.listLimit
    table =
      isLarge
      ? Dictionary(fields.map { ($0.name, $0.type) }, uniquingKeysWith: { $1 }) : nil
    list = isLarge ? [] : fields
    source = nil
  }

  /// A record whose fields are found when they are asked for.
  public init(
    _ title: String, of subject: String? = nil, source: any FieldSource, isOpen: Bool = false
  ) {
    self.title = title
    self.subject = subject
    self.isOpen = isOpen
    optionalNames = []
    words = [:]
    list = []
    table = nil
    self.source = source
  }

  /// Whether a value has the known fields only, and all of them are at hand.
  public var isClosed: Bool { !isOpen && source == nil }

  public var name: String { subject.map { "\(title) `\($0)`" } ?? title }

  /// The type of a field; nil where the type has no such field.
  public func type(of field: String) -> CELType? {
    let known: CELType? =
      if let source { source.type(of: field) } else if let table { table[field] } else {
        listed(field)
      }
    return known ?? (isOpen ? .dyn : nil)
  }

  /// Whether a value of the type may lack a field that the type knows.
  public func mayLack(_ field: String) -> Bool {
    !optionalNames.isEmpty && optionalNames.contains(field)
  }

  /// The only texts that a field can have; nil where others are possible, or not ruled out.
  public func words(of field: String) -> [String]? { words.isEmpty ? nil : words[field] }

  /// Whether a value of the type, or anything inside it, may lack a field. Fields that are found when
  /// they are asked for are not looked at.
  public var hasOptional: Bool {
    if !optionalNames.isEmpty { return true }
    guard source == nil else { return false }
    return table?.values.contains(where: \.hasOptional) ?? list.contains { $0.type.hasOptional }
  }

  private func listed(_ field: String) -> CELType? {
    // By index: a loop over the pairs would copy each.
    var index = list.count
    while index > 0 {
      index -= 1
      if list[index].name.hasSameBytes(as: field) { return list[index].type }
    }
    return nil
  }

  /// The known fields, in no order.
  public var fieldNames: [String] {
    if let source { return source.fieldNames }
    return table.map { Array($0.keys) } ?? list.map(\.name)
  }

  public static func == (left: ObjectType, right: ObjectType) -> Bool {
    if left === right { return true }
    guard left.isOpen == right.isOpen, left.name == right.name else { return false }
    if let one = left.source, let other = right.source { return one === other }
    if let one = left.table, let other = right.table { return one == other }
    guard left.source == nil, right.source == nil, left.table == nil, right.table == nil else {
      return false
    }
    let names = Set(left.fieldNames)
    return names == Set(right.fieldNames)
      && names.allSatisfy { left.type(of: $0) == right.type(of: $0) }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension CELType {
  /// Whether a record in a value of the type may lack a field.
  public var hasOptional: Bool {
    switch self {
    case .list(let type), .map(_, let type), .optional(let type), .wrapper(let type):
      type.hasOptional
    case .object(let type): type.hasOptional
    default: false
    }
  }
}

extension CELType: CustomStringConvertible {
  /// As the specification writes it: `map(string, list(int))`.
  public var description: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .type(let type): "type(\(type))"
    case .optional(let type): "optional_type(\(type))"
    case .wrapper(let type): "wrapper(\(type))"
    case .object(let type): type.name
    case .opaque(let name, let parameters):
      parameters.isEmpty
        ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
    case .parameter(let name): name
    case .error: "error"
    }
  }
}
