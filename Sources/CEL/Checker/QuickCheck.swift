import Values

/// A path that an expression reads: a name with the constant fields selected from it,
/// `["steps", "user", "outputs", "id"]`.
public struct PathRead: Sendable {
  public let path: [String]
  /// UTF-8 range in the expression's source.
  public let range: Range<Int>
  /// How many leading elements of the path are read for certain; fewer than there are where the
  /// expression allows for absence (`.?`, `has()`).
  public let certainCount: Int

  public init(path: [String], range: Range<Int>, certainCount: Int) {
    self.path = path
    self.range = range
    self.certainCount = certainCount
  }
}

/// Reads a plain expression in one pass and says what type it has and what it reads, without building
/// a tree: paths, literals, operators on simple types, and a few conversions.
///
/// It knows less than the checker and never more: where it gives a result, compiling the same source
/// succeeds with the same type; everything else, mistakes above all, it leaves to the checker. A large
/// file is checked several times faster by it.
public struct QuickCheck: QuickReader {
  /// What is known of an expression.
  public struct Result: Sendable {
    public let type: CELType
    /// In the order of the source.
    public let reads: [PathRead]
  }

  /// The variables, none of them dotted; of two of the same name the later counts.
  public struct Names: Sendable {
    fileprivate struct Entry: Sendable {
      /// The name as a number; nil for one of more than eight bytes.
      let code: UInt64?
      let name: String
      let type: CELType
    }

    fileprivate private(set) var all: [Entry] = []

    public init(_ variables: [(name: String, type: CELType)]) {
      for variable in variables { append(variable.name, variable.type) }
    }

    public mutating func append(_ name: String, _ type: CELType) {
      let code = name.utf8.count <= 8 ? QuickCheck.code(of: name) : nil
      all.append(Entry(code: code, name: name, type: type))
    }
  }

  /// Longer sources are left to the checker, which has the limits.
  private static let sizeLimit = 400
  private static let depthLimit = 20
  private static let pathLimit = 50

  let bytes: UnsafeBufferPointer<UInt8>
  private let names: Names
  var place = 0
  private var depth = 0
  private var reads: [PathRead] = []

  /// The type and the reads of an expression; nil where the checker has to look.
  public static func check(
    _ source: UnsafeBufferPointer<UInt8>, names: Names
  ) -> Result? {
    guard source.count <= sizeLimit else { return nil }
    var check = QuickCheck(bytes: source, names: names)
    guard let type = check.expression() else { return nil }
    check.skipSpace()
    guard check.place == source.count else { return nil }
    return Result(type: type, reads: check.reads)
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, names: Names) {
    self.bytes = bytes
    self.names = names
  }

  // MARK: Operators

  private mutating func expression() -> CELType? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit, let condition = disjunction() else { return nil }
    guard accept(0x3F) else { return condition }
    guard condition.isTruth, let positive = disjunction(), accept(0x3A),
      let negative = expression(), let kind = positive.simple, kind == negative.simple
    else { return nil }
    return positive
  }

  private mutating func disjunction() -> CELType? {
    guard var type = conjunction() else { return nil }
    while accept(0x7C, 0x7C) {
      guard type.isTruth, let right = conjunction(), right.isTruth else { return nil }
      type = .bool
    }
    return type
  }

  private mutating func conjunction() -> CELType? {
    guard var type = relation() else { return nil }
    while accept(0x26, 0x26) {
      guard type.isTruth, let right = relation(), right.isTruth else { return nil }
      type = .bool
    }
    return type
  }

  private mutating func relation() -> CELType? {
    guard var type = sum() else { return nil }
    while true {
      let isEquality = accept(0x3D, 0x3D) || accept(0x21, 0x3D)
      guard isEquality || accept(0x3C, 0x3D) || accept(0x3E, 0x3D) || accept(0x3C) || accept(0x3E)
      else { return type }
      guard let right = sum(), let one = type.simple, let other = right.simple else { return nil }
      guard one == other || !isEquality && one.isNumber && other.isNumber else { return nil }
      type = .bool
    }
  }

  private mutating func sum() -> CELType? {
    guard let type = product() else { return nil }
    while true {
      let isPlus = accept(0x2B)
      guard isPlus || accept(0x2D) else { return type }
      guard let right = product(), let kind = type.simple, kind == right.simple else { return nil }
      guard kind.isNumber || isPlus && kind == .string else { return nil }
    }
  }

  private mutating func product() -> CELType? {
    guard let type = unary() else { return nil }
    while true {
      let isRest = accept(0x25)
      guard isRest || accept(0x2A) || accept(0x2F) else { return type }
      guard let right = unary(), let kind = type.simple, kind == right.simple else { return nil }
      guard kind == .int || !isRest && kind == .double else { return nil }
    }
  }

  private mutating func unary() -> CELType? {
    skipSpace()
    guard place < bytes.count else { return nil }
    switch bytes[place] {
    case 0x21:
      place += 1
      guard let type = member(), type.isTruth else { return nil }
      return .bool
    case 0x2D:
      place += 1
      guard let type = member(), type.simple?.isNumber == true else { return nil }
      return type
    default: return member()
    }
  }

  // MARK: Values

  private mutating func member() -> CELType? {
    skipSpace()
    guard place < bytes.count else { return nil }
    let byte = bytes[place]
    if byte.startsName { return name() }
    if byte.isDigit { return number() }
    switch byte {
    case 0x22, 0x27: return text(byte)
    case 0x28:
      place += 1
      guard let type = expression(), accept(0x29) else { return nil }
      // What is selected from it is no path.
      skipSpace()
      return place < bytes.count && (bytes[place] == 0x2E || bytes[place] == 0x5B) ? nil : type
    default: return nil
    }
  }

  private mutating func number() -> CELType? {
    let start = place
    while place < bytes.count, bytes[place].isDigit { place += 1 }
    var type = CELType.int
    if place < bytes.count, bytes[place] == 0x2E {
      let point = place
      place += 1
      while place < bytes.count, bytes[place].isDigit { place += 1 }
      guard place > point + 1 else { return nil }
      type = .double
    }
    guard place - start <= 18, place == bytes.count || !bytes[place].continuesName,
      place == bytes.count || bytes[place] != 0x2E
    else { return nil }
    return type
  }

  private mutating func text(_ quote: UInt8) -> CELType? {
    place += 1
    let start = place
    while place < bytes.count, bytes[place] != quote {
      guard bytes[place] != 0x5C, bytes[place] >= 0x20 else { return nil }
      place += 1
    }
    guard place < bytes.count else { return nil }
    place += 1
    // Three quotes begin another kind of text, and a text has methods.
    let isPlain =
      place == bytes.count
      || bytes[place] != 0x2E && bytes[place] != 0x5B
        && (bytes[place] != quote || place > start + 1)
    return isPlain ? .string : nil
  }

  /// A word, which is of ASCII.
  private func text(_ word: Range<Int>) -> String { Self.text(bytes[word]) }

  private static func text(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    String(unsafeUninitializedCapacity: word.count) { text in text.initialize(fromContentsOf: word)
    }
  }

  /// A word of up to eight bytes as a number; nil for a longer one.
  private func code(at word: Range<Int>) -> UInt64? {
    guard word.count <= 8 else { return nil }
    var code: UInt64 = 0
    for index in word { code = code << 8 | UInt64(bytes[index]) }
    return code
  }

  fileprivate static func code(of word: String) -> UInt64 {
    word.utf8.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The words that cannot select a field, and those that cannot be names either; of those, the only one
  /// of more than eight bytes is `namespace`.
  private static let keywords = ["true", "false", "null", "in"].map { code(of: $0) }
  private static let reserved =
    keywords
    + [
      "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
      "package", "return", "var", "void", "while",
    ].map { code(of: $0) }
  private static let outputs = code(of: "outputs")
  private static let truths = ["true", "false"].map { code(of: $0) }

  private func isReserved(_ word: Range<Int>, _ code: UInt64?) -> Bool {
    guard let code else { return word.count == 9 && text(word) == "namespace" }
    return Self.reserved.contains(code)
  }

  private func isKeyword(_ word: Range<Int>) -> Bool {
    guard word.count <= 5, let code = code(at: word) else { return false }
    return Self.keywords.contains(code)
  }

  private mutating func name() -> CELType? {
    let word = word()
    if place < bytes.count {
      let next = bytes[place]
      if next == 0x28 { return call(text(word)) }
      if next == 0x22 || next == 0x27 { return nil }
    }
    let code = code(at: word)
    if let code, Self.truths.contains(code) {
      return place < bytes.count && (bytes[place] == 0x2E || bytes[place] == 0x5B) ? nil : .bool
    }
    guard !isReserved(word, code), let index = position(of: word, code) else { return nil }
    return path(index, from: word.lowerBound)
  }

  /// Where a name stands among the variables.
  private func position(of word: Range<Int>, _ code: UInt64?) -> Int? {
    // By index: a loop over the names would copy their types.
    var index = names.all.count
    if let code {
      while index > 0, names.all[index - 1].code != code { index -= 1 }
    } else {
      let text = text(word)
      while index > 0, names.all[index - 1].name != text { index -= 1 }
    }
    return index > 0 ? index - 1 : nil
  }

  /// The fields that are selected from a variable; nil where the checker has to look.
  private mutating func path(_ root: Int, from start: Int) -> CELType? {
    var path: [String] = []
    path.reserveCapacity(elementCount())
    path.append(names.all[root].name)
    var type = names.all[root].type
    var certain = 1
    while place < bytes.count, bytes[place] == 0x2E {
      guard path.count < Self.pathLimit, let (word, isOptional) = selected() else { return nil }
      // Every second field is this one.
      let field = code(at: word) == Self.outputs ? "outputs" : text(word)
      guard let next = type.quickField(field) else { return nil }
      if !isOptional, certain == path.count { certain += 1 }
      path.append(field)
      type = isOptional ? next.madeOptional : next
    }
    if place < bytes.count, Self.goesOn(bytes[place]) { return nil }
    let read = PathRead(path: path, range: start..<place, certainCount: certain)
    if reads.isEmpty { reads = [read] } else { reads.append(read) }
    let end = place
    skipSpace()
    // `a .b`, `a (b)` and the like are left to the parser.
    if place > end, place < bytes.count, bytes[place] == 0x2E || Self.goesOn(bytes[place]) {
      return nil
    }
    return type
  }

  /// The field behind a point, and whether it may be absent.
  private mutating func selected() -> (word: Range<Int>, isOptional: Bool)? {
    place += 1
    let isOptional = place < bytes.count && bytes[place] == 0x3F
    if isOptional { place += 1 }
    guard place < bytes.count, bytes[place].startsName else { return nil }
    let word = word()
    return isKeyword(word) ? nil : (word, isOptional)
  }

  /// About how many elements the path has whose first name has been read.
  private func elementCount() -> Int {
    var count = 1
    var index = place
    while index < bytes.count, bytes[index] >= 0x2E {
      if bytes[index] == 0x2E { count += 1 }
      index += 1
    }
    return count
  }

  /// Whether what stands before a byte is called, looked into or filled in.
  private static func goesOn(_ byte: UInt8) -> Bool {
    byte == 0x28 || byte == 0x5B || byte == 0x7B
  }

  /// A conversion; other functions are left to the checker.
  private mutating func call(_ function: String) -> CELType? {
    place += 1
    guard let argument = expression(), accept(0x29) else { return nil }
    skipSpace()
    if place < bytes.count, bytes[place] == 0x2E || bytes[place] == 0x5B { return nil }
    switch (function, argument) {
    case ("size", .string), ("size", .list), ("size", .map): return .int
    case ("string", .int), ("string", .double), ("string", .bool), ("string", .string),
      ("string", .timestamp):
      return .string
    case ("double", .int), ("double", .double), ("double", .string): return .double
    case ("int", .int), ("int", .double), ("int", .string): return .int
    default: return nil
    }
  }

  // MARK: Bytes

  private mutating func accept(_ first: UInt8, _ second: UInt8) -> Bool {
    skipSpace()
    guard place + 1 < bytes.count, bytes[place] == first, bytes[place + 1] == second else {
      return false
    }
    place += 2
    return true
  }
}

/// The types whose operators need no search.
private enum SimpleType {
  case bool, int, double, string

  var isNumber: Bool { self == .int || self == .double }
}

extension CELType {
  fileprivate var simple: SimpleType? {
    switch self {
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .string: .string
    default: nil
    }
  }

  fileprivate var isTruth: Bool {
    switch self {
    case .bool, .dyn: true
    default: false
    }
  }

  fileprivate var madeOptional: CELType {
    if case .optional = self { self } else { .optional(self) }
  }

  /// The type of a field, where there is nothing to complain about.
  fileprivate func quickField(_ name: String) -> CELType? {
    switch self {
    case .dyn: .dyn
    case .map(_, let value): value
    case .object(let type): type.type(of: name)
    case .optional(let inner): inner.quickField(name)?.madeOptional
    default: nil
    }
  }
}
