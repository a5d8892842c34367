import Values

extension MomentFormat {
  private static let starts = ["waits until ", "waits for the first of: ", "tried again at "]

  /// Why a run waits, with the moments of the engine's own sentences as people read them in a plan.
  package func sentence(_ text: String) -> String { sentence(text) { minutes($0) } }

  /// The same with moments as a record has them.
  func recordedSentence(_ text: String) -> String { sentence(text) { self.text($0) } }

  private func sentence(_ text: String, _ shown: (Timestamp) -> String) -> String {
    guard Self.starts.contains(where: text.hasPrefix) else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { word in
        let end = word.lastIndex { $0 != ")" && $0 != "," }.map(word.index(after:))
        let core = word[..<(end ?? word.startIndex)]
        guard let moment = Timestamp(journalText: String(core)) else { return String(word) }
        return shown(moment) + word[core.endIndex...]
      }.joined(separator: " ")
  }
}
