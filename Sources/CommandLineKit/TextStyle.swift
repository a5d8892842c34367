/// Colour and weight of text: escape sequences, or nothing where they are not wanted.
package struct TextStyle: Sendable, Hashable {
  package let isColored: Bool

  package init(isColored: Bool) { self.isColored = isColored }

  /// Text as it is.
  package static let plain = TextStyle(isColored: false)

  package func bold(_ text: String) -> String { wrap(text, "1") }
  package func dim(_ text: String) -> String { wrap(text, "2") }
  package func red(_ text: String) -> String { wrap(text, "31") }
  package func green(_ text: String) -> String { wrap(text, "32") }
  package func yellow(_ text: String) -> String { wrap(text, "33") }
  package func cyan(_ text: String) -> String { wrap(text, "36") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
