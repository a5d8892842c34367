/// Why a text is no regular expression, in words that say what can be written instead.
///
/// RE2 names the part that it does not take, as other engines call it.
package struct PatternProblem: Error, Hashable {
  /// A clause without its subject: ``it looks ahead with `(?=`, which patterns cannot do``.
  package let message: String
  package let help: String?

  /// - Parameters:
  ///   - reason: what RE2 says, `bad repetition operator: ++`.
  ///   - source: the pattern.
  package init(_ reason: String, in source: String) {
    let parts = reason.split(separator: ": ", maxSplits: 1).map(String.init)
    let part = parts.count == 2 ? parts[1] : ""
    (message, help) = Self.words(parts.first ?? "", part, source)
  }

  private static func words(
    _ kind: String, _ part: String, _ source: String
  ) -> (message: String, help: String?) {
    switch kind {
    case "invalid perl operator", "invalid named capture group": return group(part, source)
    case "invalid escape sequence": return escape(part)
    case "bad repetition operator":
      return ("`\(part)` repeats what is repeated already", "leave one of the two out")
    case "no argument for repetition operator":
      return (
        "there is nothing that `\(part)` could repeat",
        "`\\\(part)` is the character itself"
      )
    case "invalid repetition size":
      return (
        "`\(part)` does not go from a smaller number to a larger one, or goes beyond 1000",
        "how long a text is at most says `maxLength`, or `size(…)` in an expression"
      )
    case "missing ]": return ("its `[` is not closed", "`\\[` is the character itself")
    case "missing )": return ("its `(` is not closed", "`\\(` is the character itself")
    case "unexpected )": return ("its `)` closes nothing", "`\\)` is the character itself")
    case "trailing \\ at end of expression":
      return ("it ends in a `\\` with nothing behind it", "`\\\\` is the character itself")
    case "invalid character class range", "invalid character class":
      return ("there are no such characters as `\(part)`", nil)
    case "pattern too large - compile failed": return ("it is too large", nil)
    default: return ("it cannot be read: \(part.isEmpty ? kind : part)", nil)
    }
  }

  /// What begins with `(?` and is no group that patterns can have.
  private static func group(
    _ part: String, _ source: String
  ) -> (message: String, help: String?) {
    let starts = ["(?=", "(?!", "(?<=", "(?<!", "(?>"]
    let start = starts.first { $0.hasPrefix(part) && source.contains($0) } ?? part
    let several =
      "in a field `allOf: [{ pattern: … }, { pattern: … }]`, in an expression `matches(…) && matches(…)`"
    let without = "in a field `not: { pattern: … }`, in an expression `!….matches(…)`"
    switch start {
    case "(?=":
      return (
        "it looks ahead with `(?=`, which patterns cannot do",
        "say each thing that has to be there by a pattern of its own: \(several)"
      )
    case "(?!":
      return (
        "it looks ahead with `(?!`, which patterns cannot do",
        "say what must not be there by a pattern of its own: \(without)"
      )
    case "(?<=", "(?<!":
      return (
        "it looks back with `\(start)`, which patterns cannot do",
        start == "(?<="
          ? "let the pattern begin with what stands before"
          : "say what must not be there by a pattern of its own: \(without)"
      )
    case "(?>": return ("it has an atomic group, `(?>`, which patterns do not have", "write `(?:`")
    default:
      return (
        "patterns have no group that begins with `\(part)`",
        "`(…)` and `(?:…)` are groups, `\\(` is the character itself"
      )
    }
  }

  private static func escape(_ part: String) -> (message: String, help: String?) {
    guard let sign = part.dropFirst().first else { return ("it has an empty escape", nil) }
    if sign.isASCII, sign.isNumber || sign == "k" {
      return (
        "it refers back with `\(part)`, which patterns cannot do",
        "compare the two parts in an expression"
      )
    }
    let help =
      switch sign {
      case "A": "`^` is the beginning of the text"
      case "Z", "z": "`$` is the end of the text"
      case "h": "`[ \\t]` is a blank or a tab"
      default: "a letter that means itself has no `\\` before it"
      }
    return ("`\(part)` means nothing", help)
  }
}
