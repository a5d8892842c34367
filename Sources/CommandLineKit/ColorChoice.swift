/// When to use colour, as `--color` says.
package enum ColorChoice: String, Sendable, CaseIterable {
  case auto, always, never

  /// Whether a stream is coloured: `auto` asks for a terminal that knows how, and for the absence
  /// of `NO_COLOR` (no-color.org: set and not empty).
  package func isColored(isTerminal: Bool, variable: (String) -> String?) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && variable("TERM") != "dumb" && (variable("NO_COLOR") ?? "").isEmpty
    }
  }
}
