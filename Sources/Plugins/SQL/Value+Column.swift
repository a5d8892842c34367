import CEL
import Documents
import Values
import Workflows

extension Value {
  /// What a text column holds of a value that is no number and no text: JSON, or RFC 3339.
  var columnText: String {
    guard let stored = self.stored else { return "" }
    if case .string(let text) = stored { return text }
    guard let bytes = try? CanonicalJSON.encode(stored) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
