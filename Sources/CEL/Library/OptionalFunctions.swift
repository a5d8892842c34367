import Values

/// Values that may be absent (CEL extension "optional types").
enum OptionalFunctions {
  private static let inner = CELType.parameter("A")

  static let table: [FunctionDeclaration] = [
    FunctionDeclaration(
      "optional.of", "A value as an optional one.",
      overloads: [Overload("optional_of", [inner], .optional(inner), .unary(of))],
      examples: [("optional.of(1).value()", "1")]),
    FunctionDeclaration(
      "optional.none", "No value.",
      overloads: [
        Overload(
          "optional_none", [], .optional(inner),
          .many { (_) throws(EvaluationError) in .object(OptionalValue.none) })
      ], examples: [("optional.none().hasValue()", "false")]),
    FunctionDeclaration(
      "optional.ofNonZeroValue", "A value as an optional one; none where it is empty or zero.",
      overloads: [
        Overload("optional_ofNonZeroValue", [inner], .optional(inner), .unary(ofNonZero))
      ],
      examples: [("optional.ofNonZeroValue('').hasValue()", "false")]),
    member("hasValue", "Whether there is a value.", .bool, ("optional.of(1).hasValue()", "true")) {
      (optional) throws(EvaluationError) in .bool(optional.value != nil)
    },
    member(
      "value", "The value; an error where there is none.", inner, ("optional.of(1).value()", "1")
    ) {
      (optional) throws(EvaluationError) in
      guard let value = optional.value else {
        throw EvaluationError(.invalidArgument, "there is no value")
      }
      return value
    },
    FunctionDeclaration(
      "or",
      "The first of two optional values that is there; the second may fail where it is not needed.",
      overloads: [
        Overload(
          "optional_or_optional", isMember: true, [.optional(inner), .optional(inner)],
          .optional(inner), .fallback(unwraps: false))
      ], examples: [("optional.none().or(optional.of(2)).value()", "2")]),
    FunctionDeclaration(
      "orValue", "The value, or another where there is none; it may fail where it is not needed.",
      overloads: [
        Overload(
          "optional_orValue_value", isMember: true, [.optional(inner), inner], inner,
          .fallback(unwraps: true))
      ],
      examples: [
        ("optional.none().orValue(2)", "2"), ("optional.of(1).orValue(int('none'))", "1"),
      ]),
    FunctionDeclaration(
      "unwrapOpt", "The values of a list of optional ones that are there.",
      overloads: [
        Overload(
          "optional_unwrapOpt", isMember: true, [.list(.optional(inner))], .list(inner),
          .unary(unwrap))
      ]),
    FunctionDeclaration(
      "optional.unwrap", "The values of a list of optional ones that are there.",
      overloads: [
        Overload("optional_unwrap", [.list(.optional(inner))], .list(inner), .unary(unwrap))
      ], examples: [("optional.unwrap([optional.of(1), optional.none()])", "[1]")]),
    end("first", "The first element, absent where the list is empty.", \.first),
    end("last", "The last element, absent where the list is empty.", \.last),
  ]

  private static func of(_ value: Value) throws(EvaluationError) -> Value {
    .object(OptionalValue(value))
  }

  private static func ofNonZero(_ value: Value) throws(EvaluationError) -> Value {
    let isZero =
      switch value {
      case .null: true
      case .bool(let flag): !flag
      case .int(let number): number == 0
      case .uint(let number): number == 0
      case .double(let number): number == 0
      case .string(let text): text.isEmpty
      case .bytes(let bytes): bytes.isEmpty
      case .list(let list): list.isEmpty
      case .map(let map): map.isEmpty
      case .duration(let span): span == .zero
      case .timestamp(let moment): moment == Timestamp(seconds: 0)
      case .object: false
      }
    return .object(isZero ? OptionalValue.none : OptionalValue(value))
  }

  private static func read(_ value: Value) throws(EvaluationError) -> OptionalValue {
    guard case .object(let optional as OptionalValue) = value else {
      throw EvaluationError(
        .noSuchOverload, "expected an optional value, found \(value.typeName)")
    }
    return optional
  }

  private static func unwrap(_ value: Value) throws(EvaluationError) -> Value {
    guard case .list(let list) = value else { throw TypeFunctions.unfit("unwrap", value) }
    var values: [Value] = []
    for element in list {
      if let inner = try read(element).value { values.append(inner) }
    }
    return .list(values)
  }

  private static func member(
    _ name: String, _ summary: String, _ result: CELType, _ example: FunctionDeclaration.Example,
    _ body: @escaping @Sendable (OptionalValue) throws(EvaluationError) -> Value
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name, summary,
      overloads: [
        Overload(
          "optional_\(name)", isMember: true, [.optional(inner)], result,
          .unary { (value) throws(EvaluationError) in try body(try read(value)) })
      ], examples: [example])
  }

  private static func end(
    _ name: String, _ summary: String, _ element: @escaping @Sendable ([Value]) -> Value?
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name, summary,
      overloads: [
        Overload(
          "list_\(name)", isMember: true, [.list(inner)], .optional(inner),
          .unary { (value) throws(EvaluationError) in
            guard case .list(let list) = value else { throw TypeFunctions.unfit(name, value) }
            return .object(element(list).map { OptionalValue($0) } ?? .none)
          })
      ], examples: [("[1, 2].\(name)().value()", name == "first" ? "1" : "2")])
  }
}
