package import Values

/// `password.generate`: a password from a secure source of randomness.
///
/// Each character is drawn without bias. From the built-in alphabet a password always has a capital
/// and a small letter, a digit and a sign, as password policies want it.
package struct PasswordGenerate: ActionHandler {
  /// Without characters that people confuse (`0O1lI`).
  package static let alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%+-_=?"
  package static let lengths = 8...256

  private let random: @Sendable () -> UInt64

  /// - Parameter random: 64 random bits a call; the system's secure generator unless a test says
  ///   otherwise.
  package init(
    random: @escaping @Sendable () -> UInt64 = {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    }
  ) {
    self.random = random
  }

  package func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let length = Int(invocation.inputs["length"]?.asNumber ?? 20)
    guard Self.lengths.contains(length) else {
      throw .definite(
        code: "invalid_input",
        "a password of \(length) characters cannot be made; 8 to 256 are allowed")
    }
    let given = invocation.inputs["alphabet"]?.asString
    let characters = Array((given ?? Self.alphabet).unicodeScalars)
    guard Set(characters).count == characters.count, characters.count >= 10 else {
      throw .definite(
        code: "invalid_input", "the alphabet needs at least ten characters, each of them once")
    }
    var password = draw(length, from: characters)
    while given == nil && !Self.hasEachClass(password) {
      password = draw(length, from: characters)
    }
    return ["password": .string(password)]
  }

  private func draw(_ length: Int, from characters: [Unicode.Scalar]) -> String {
    var source = InjectedGenerator(random: random)
    var password = String.UnicodeScalarView()
    for _ in 0..<length {
      // The standard library draws by Lemire's method, which rejects what would give a bias.
      password.append(characters[Int.random(in: 0..<characters.count, using: &source)])
    }
    return String(password)
  }

  private static func hasEachClass(_ password: String) -> Bool {
    let scalars = password.unicodeScalars
    return scalars.contains { ("A"..."Z").contains($0) }
      && scalars.contains { ("a"..."z").contains($0) }
      && scalars.contains { ("0"..."9").contains($0) }
      && scalars.contains { !$0.properties.isAlphabetic && !("0"..."9").contains($0) }
  }
}

private struct InjectedGenerator: RandomNumberGenerator {
  let random: @Sendable () -> UInt64
  mutating func next() -> UInt64 { random() }
}
