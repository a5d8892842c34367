import Documents
import Values

extension Shown {
  /// The value as people read it: text as it is, a moment of the journal in their time zone,
  /// everything else as JSON on one line.
  func text(in format: MomentFormat) -> String {
    switch value {
    case nil: "(sensitive)"
    case .timestamp(let moment): format.text(moment)
    case .string(let text): isSentence ? format.recordedSentence(text) : text
    case let value?: JSONText.compact(value)
    }
  }

  /// Whether the text has more than one line.
  var isLong: Bool { value?.asString?.utf8.contains(0x0A) ?? false }
}
