import Values

/// Numbers (CEL extension "math").
enum MathExtension {
  static let table: [FunctionDeclaration] =
    [
      extreme("greatest", "The greatest of some numbers, or of a list of them.", "3") { $0 > 0 },
      extreme("least", "The least of some numbers, or of a list of them.", "1") { $0 < 0 },
      rounding("ceil", "The next whole number upwards.", ("math.ceil(1.2)", "2.0"), .up),
      rounding("floor", "The next whole number downwards.", ("math.floor(1.8)", "1.0"), .down),
      rounding(
        "round", "The nearest whole number, halves away from zero.", ("math.round(1.5)", "2.0"),
        .toNearestOrAwayFromZero),
      rounding(
        "trunc", "The number without its fraction.", ("math.trunc(-1.9)", "-1.0"), .towardZero),
      FunctionDeclaration(
        "math.abs", "The number without its sign.", perNumber("math_abs"), [("math.abs(-2)", "2")],
        abs),
      FunctionDeclaration(
        "math.sign", "-1, 0 or 1 of the number's type.", perNumber("math_sign"),
        [("math.sign(-2.5)", "-1.0")], sign),
      FunctionDeclaration(
        "math.sqrt", "The square root; NaN of a negative number.",
        [CELType.double, .int, .uint].map { ("math_sqrt_\($0)", false, [$0], .double) },
        [("math.sqrt(9)", "3.0")], squareRoot),
      test("isNaN", "Whether a number is NaN.", "math.isNaN(0.0 / 0.0)", \.isNaN),
      test("isInf", "Whether a number is infinite.", "math.isInf(1.0 / 0.0)", \.isInfinite),
      test(
        "isFinite", "Whether a number is neither NaN nor infinite.", "math.isFinite(1.5)",
        \.isFinite),
    ] + bits

  private static let numbers: [CELType] = [.int, .uint, .double]

  private typealias Signature = (id: String, isMember: Bool, parameters: [CELType], result: CELType)

  private static func perNumber(_ id: String) -> [Signature] {
    numbers.map { ("\(id)_\($0)", false, [$0], $0) }
  }

  /// The most numbers that can be given one by one; a list may have any count.
  private static let mostNumbers = 16

  private static func extreme(
    _ name: String, _ summary: String, _ result: String,
    _ isBetter: @escaping @Sendable (Int) -> Bool
  ) -> FunctionDeclaration {
    var signatures = perNumber("math_\(name)")
    for one in numbers {
      for other in numbers {
        signatures.append(
          ("math_\(name)_\(one)_\(other)", false, [one, other], one == other ? one : .dyn))
      }
    }
    for element in numbers + [.dyn] {
      signatures.append(("math_\(name)_list_\(element)", false, [.list(element)], element))
    }
    for count in 3...mostNumbers {
      let any = [CELType](repeating: .dyn, count: count)
      signatures.append(("math_\(name)_\(count)", false, any, .dyn))
    }
    return FunctionDeclaration(
      "math.\(name)", summary, signatures, [("math.\(name)(2, 3, 1)", result)]
    ) { (call) throws(EvaluationError) in
      var candidates = call.values
      if candidates.count == 1, case .list(let list) = candidates[0] { candidates = list }
      guard var best = candidates.first else {
        throw EvaluationError(.invalidArgument, "`math.\(name)` of an empty list")
      }
      for candidate in candidates {
        guard candidate.asNumber != nil else {
          throw TypeFunctions.unfit(call.function, candidate)
        }
        if isBetter(CELOperations.order(candidate, best) ?? 0) { best = candidate }
      }
      return best
    }
  }

  private static func rounding(
    _ name: String, _ summary: String, _ example: FunctionDeclaration.Example,
    _ rule: FloatingPointRoundingRule
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      "math.\(name)", summary, id: "math_\(name)_double", [.double], .double, [example]
    ) { (call) throws(EvaluationError) in
      guard case .double(let number) = call.values[0] else { throw call.unfit(0) }
      return .double(number.rounded(rule))
    }
  }

  private static func test(
    _ name: String, _ summary: String, _ example: String,
    _ holds: @escaping @Sendable (Double) -> Bool
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      "math.\(name)", summary, id: "math_\(name)_double", [.double], .bool, [(example, "true")]
    ) { (call) throws(EvaluationError) in
      guard case .double(let number) = call.values[0] else { throw call.unfit(0) }
      return .bool(holds(number))
    }
  }

  private static func abs(_ call: Arguments) throws(EvaluationError) -> Value {
    switch call.values[0] {
    case .int(.min): throw EvaluationError(.overflow, "integer overflow")
    case .int(let number): return .int(Swift.abs(number))
    case .uint(let number): return .uint(number)
    case .double(let number): return .double(number.magnitude)
    default: throw call.unfit(0)
    }
  }

  private static func sign(_ call: Arguments) throws(EvaluationError) -> Value {
    switch call.values[0] {
    case .int(let number): return .int(number.signum())
    case .uint(let number): return .uint(number == 0 ? 0 : 1)
    case .double(let number): return .double(number > 0 ? 1 : number < 0 ? -1 : number)
    default: throw call.unfit(0)
    }
  }

  private static func squareRoot(_ call: Arguments) throws(EvaluationError) -> Value {
    guard let number = call.values[0].asNumber else { throw call.unfit(0) }
    return .double(number.squareRoot())
  }

  // MARK: Bits

  private static let bits: [FunctionDeclaration] = [
    pair("bitAnd", "The bits that both have.", ("math.bitAnd(6, 3)", "2"), { $0 & $1 }),
    pair("bitOr", "The bits that either has.", ("math.bitOr(6, 3)", "7"), { $0 | $1 }),
    pair("bitXor", "The bits that just one has.", ("math.bitXor(6, 3)", "5"), { $0 ^ $1 }),
    FunctionDeclaration(
      "math.bitNot", "The bits it has not.",
      [CELType.int, .uint].map { ("math_bitNot_\($0)", false, [$0], $0) },
      [("math.bitNot(1)", "-2")]
    ) { (call) throws(EvaluationError) in
      switch call.values[0] {
      case .int(let number): return .int(~number)
      case .uint(let number): return .uint(~number)
      default: throw call.unfit(0)
      }
    },
    shift("bitShiftLeft", "The bits moved to the left.", ("math.bitShiftLeft(1, 2)", "4")) {
      $0 << $1
    },
    shift("bitShiftRight", "The bits moved to the right.", ("math.bitShiftRight(1024, 2)", "256")) {
      $0 >> $1
    },
  ]

  private static func pair(
    _ name: String, _ summary: String, _ example: FunctionDeclaration.Example,
    _ operation: @escaping @Sendable (UInt64, UInt64) -> UInt64
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      "math.\(name)", summary,
      [CELType.int, .uint].map { ("math_\(name)_\($0)_\($0)", false, [$0, $0], $0) }, [example]
    ) { (call) throws(EvaluationError) in
      switch (call.values[0], call.values[1]) {
      case (.int(let a), .int(let b)):
        return .int(Int64(bitPattern: operation(UInt64(bitPattern: a), UInt64(bitPattern: b))))
      case (.uint(let a), .uint(let b)): return .uint(operation(a, b))
      default: throw call.unfit(0)
      }
    }
  }

  /// Shifts fill with zeros, also of negative numbers; 64 places and more leave nothing.
  private static func shift(
    _ name: String, _ summary: String, _ example: FunctionDeclaration.Example,
    _ operation: @escaping @Sendable (UInt64, UInt64) -> UInt64
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      "math.\(name)", summary,
      [CELType.int, .uint].map { ("math_\(name)_\($0)_int", false, [$0, .int], $0) }, [example]
    ) { (call) throws(EvaluationError) in
      guard case .int(let places) = call.values[1] else { throw call.unfit(1) }
      guard places >= 0 else {
        throw EvaluationError(.invalidArgument, "`math.\(name)` by a negative number: \(places)")
      }
      switch call.values[0] {
      case .int(let number):
        return .int(Int64(bitPattern: operation(UInt64(bitPattern: number), UInt64(places))))
      case .uint(let number): return .uint(operation(number, UInt64(places)))
      default: throw call.unfit(0)
      }
    }
  }
}
