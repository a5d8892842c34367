import Documents
import Values

extension Shown {
  /// The value as people read it: text as it is, everything else as JSON on one line.
  var text: String {
    switch value {
    case nil: "(sensitive)"
    case .string(let text): text
    case let value?: JSONText.compact(value)
    }
  }

  /// Whether the text has more than one line.
  var isLong: Bool { text.utf8.contains(0x0A) }
}
