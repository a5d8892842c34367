import Values

/// Network addresses (CEL extension "network").
enum NetworkExtension {
  private static let address = CELType.opaque("net.IP", [])
  private static let range = CELType.opaque("net.CIDR", [])

  static let table: [FunctionDeclaration] =
    [
      FunctionDeclaration(
        "ip", "An address from its text, or the address of a network.",
        [("string_to_ip", false, [.string], address), ("cidr_ip", true, [range], address)],
        [("string(ip('2001:DB8::68'))", "'2001:db8::68'")], ip),
      FunctionDeclaration(
        "isIP", "Whether a text is an address.", id: "is_ip", [.string], .bool,
        [("isIP('192.168.0.1')", "true")]
      ) { (call) throws(EvaluationError) in .bool(NetworkAddress(try call.string(0)) != nil) },
      FunctionDeclaration(
        "isCIDR", "Whether a text is a network.", id: "is_cidr", [.string], .bool,
        [("isCIDR('10.0.0.0/8')", "true")]
      ) { (call) throws(EvaluationError) in .bool(NetworkRange(try call.string(0)) != nil) },
      FunctionDeclaration(
        "ip.isCanonical", "Whether an address is written in its canonical form.",
        id: "ip_is_canonical", [.string], .bool, [("ip.isCanonical('2001:DB8::68')", "false")]
      ) { (call) throws(EvaluationError) in
        let text = try call.string(0)
        return .bool(try address(text).description.hasSameBytes(as: text))
      },
      FunctionDeclaration(
        "family", "The version of an address, 4 or 6.", id: "ip_family", isMember: true, [address],
        .int, [("ip('::1').family()", "6")]
      ) { (call) throws(EvaluationError) in .int(try address(call, 0).isVersion4 ? 4 : 6) },
      FunctionDeclaration(
        "cidr", "A network from its text.", id: "string_to_cidr", [.string], range,
        [("cidr('10.0.0.0/8').prefixLength()", "8")]
      ) { (call) throws(EvaluationError) in .object(try range(try call.string(0))) },
      FunctionDeclaration(
        "containsIP", "Whether an address is in a network.",
        [
          ("cidr_contains_ip", true, [range, address], .bool),
          ("cidr_contains_ip_string", true, [range, .string], .bool),
        ], [("cidr('192.168.0.0/24').containsIP('192.168.0.1')", "true")]
      ) { (call) throws(EvaluationError) in
        .bool(try range(call, 0).contains(try address(call, 1)))
      },
      FunctionDeclaration(
        "containsCIDR", "Whether a network is part of another.",
        [
          ("cidr_contains_cidr", true, [range, range], .bool),
          ("cidr_contains_cidr_string", true, [range, .string], .bool),
        ], [("cidr('192.168.0.0/24').containsCIDR('192.168.0.0/25')", "true")]
      ) { (call) throws(EvaluationError) in
        .bool(try range(call, 0).contains(try range(call, 1)))
      },
      FunctionDeclaration(
        "prefixLength", "How many bits name the network.", id: "cidr_prefix_length",
        isMember: true, [range], .int, [("cidr('10.0.0.0/8').prefixLength()", "8")]
      ) { (call) throws(EvaluationError) in .int(Int64(try range(call, 0).prefixLength)) },
      FunctionDeclaration(
        "masked", "A network with the bits after its prefix cleared.", id: "cidr_masked",
        isMember: true, [range], range, [("string(cidr('10.1.2.3/8').masked())", "'10.0.0.0/8'")]
      ) { (call) throws(EvaluationError) in .object(try range(call, 0).masked) },
      FunctionDeclaration(
        "string", "The text of a value.",
        [("ip_to_string", false, [address], .string), ("cidr_to_string", false, [range], .string)],
        []
      ) { (call) throws(EvaluationError) in
        guard case .object(let object) = call.values[0] else { throw call.unfit(0) }
        return .string(object.description)
      },
    ] + [
      test("isUnspecified", "Whether an address is all zeros.", "0.0.0.0", \.isUnspecified),
      test("isLoopback", "Whether an address is the machine's own.", "127.0.0.1", \.isLoopback),
      test(
        "isGlobalUnicast", "Whether an address names one machine beyond its link.", "192.168.0.1",
        \.isGlobalUnicast),
      test(
        "isLinkLocalUnicast", "Whether an address names one machine on its link.", "169.254.0.1",
        \.isLinkLocalUnicast),
      test(
        "isLinkLocalMulticast", "Whether an address names a group on its link.", "224.0.0.1",
        \.isLinkLocalMulticast),
    ]

  private static func test(
    _ name: String, _ summary: String, _ example: String,
    _ holds: @escaping @Sendable (NetworkAddress) -> Bool
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name, summary, id: "ip_\(name)", isMember: true, [address], .bool,
      [("ip('\(example)').\(name)()", "true")]
    ) { (call) throws(EvaluationError) in .bool(holds(try address(call, 0))) }
  }

  private static func ip(_ call: Arguments) throws(EvaluationError) -> Value {
    if case .object(let range as NetworkRange) = call.values[0] { return .object(range.address) }
    return .object(try address(try call.string(0)))
  }

  private static func address(_ text: String) throws(EvaluationError) -> NetworkAddress {
    guard let address = NetworkAddress(text) else {
      throw EvaluationError(
        .invalidConversion,
        "IP Address '\(text.prefix(60))' parse error during conversion from string")
    }
    return address
  }

  private static func range(_ text: String) throws(EvaluationError) -> NetworkRange {
    guard let range = NetworkRange(text) else {
      throw EvaluationError(
        .invalidConversion,
        "'\(text.prefix(60))': network address parse error during conversion from string")
    }
    return range
  }

  private static func address(
    _ call: Arguments, _ index: Int
  ) throws(EvaluationError) -> NetworkAddress {
    switch call.values[index] {
    case .object(let address as NetworkAddress): return address
    case .string(let text): return try address(text)
    default: throw call.unfit(index)
    }
  }

  private static func range(_ call: Arguments, _ index: Int) throws(EvaluationError) -> NetworkRange
  {
    switch call.values[index] {
    case .object(let range as NetworkRange): return range
    case .string(let text): return try range(text)
    default: throw call.unfit(index)
    }
  }
}
