/// How many of some sealed values cannot be opened.
struct SealedCount {
  private let total: Int
  private var keyless = 0
  private var lost = 0

  /// - Parameter vaults: Where they may be, the one first that most are in.
  init(_ commitments: Set<String>, in vaults: [Vault]) {
    total = commitments.count
    for commitment in commitments {
      switch Self.obstacle(to: commitment, in: vaults) {
      case nil: break
      case .key: keyless += 1
      case .damaged, .gone: lost += 1
      }
    }
  }

  private static func obstacle(to commitment: String, in vaults: [Vault]) -> Vault.Obstacle? {
    guard let commitment = Commitment(hex: commitment) else { return .gone }
    for vault in vaults {
      let obstacle = vault.obstacle(to: commitment)
      if obstacle != .gone { return obstacle }
    }
    return .gone
  }

  /// What is worth knowing of them, as sentences.
  var notes: [String] {
    var notes: [String] = []
    if lost > 0 {
      let (are, them) = lost == 1 ? ("is", "it") : ("are", "them")
      notes.append("\(values(lost)) \(are) gone or damaged: what still needs \(them) is blocked")
    }
    if keyless > 0 {
      notes.append(
        "\(values(keyless)) cannot be opened: \(keyless == 1 ? "its" : "their") key is not here")
    }
    return notes
  }

  private func values(_ count: Int) -> String {
    "\(count) of \(total) \(total == 1 ? "sealed value" : "sealed values")"
  }
}
