/// What is typed on a terminal, and when: at the next question, or once the program has written something.
struct Keys: Encodable, ExpressibleByStringLiteral, Sendable {
  /// What the program has to write before; nil: a question.
  private var after: String?
  private var type = ""
  /// What a shell does before.
  private var shell: String?
  /// Whether the terminal goes away in place of anything typed.
  private var hangup = false

  static let ctrlC: Keys = "\u{3}"
  static let ctrlD: Keys = "\u{4}"

  static func hangup(after: String) -> Keys {
    var keys = Keys(after: after)
    keys.hangup = true
    return keys
  }

  init(stringLiteral text: String) { type = text }

  init(after: String, type: String = "", shell: String? = nil) {
    self.after = after
    self.type = type
    self.shell = shell
  }

  private enum CodingKeys: String, CodingKey {
    case after, type, shell, hangup
  }

  func encode(to encoder: any Encoder) throws {
    guard let after else {
      var text = encoder.singleValueContainer()
      return try text.encode(type)
    }
    var map = encoder.container(keyedBy: CodingKeys.self)
    try map.encode(after, forKey: .after)
    try map.encode(type, forKey: .type)
    try map.encodeIfPresent(shell, forKey: .shell)
    try map.encode(hangup, forKey: .hangup)
  }
}
