/// Why a step was passed over, as records name it.
package enum SkipReason {
  /// The reason in words; what a person gave as one stays as it is.
  package static func words(for reason: String) -> String {
    switch reason {
    case "if", "condition": "its condition does not hold"
    case "go_to": "another step sent the run past it"
    case "finish": "the run ended before it"
    case "person": "a person passed over it"
    case "migration": "the procedure got it when the run had passed its place"
    case "no_case": "no case holds"
    default: reason
    }
  }
}
