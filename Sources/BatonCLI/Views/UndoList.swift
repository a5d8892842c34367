import CommandLineKit
import Engine
import Values

/// What taking back would do, line by line, for people to read first.
struct UndoList {
  let preview: UndoPreview

  var lines: [String] {
    var lines: [String] = []
    if !preview.entries.isEmpty {
      lines.append("to be taken back, in this order:")
      lines += preview.entries.map { "  \($0.step): \(words(for: $0.plan))" }
    } else {
      lines.append("there is nothing to take back")
    }
    return lines + irreversible
  }

  /// The steps whose effects stay.
  var irreversible: [String] {
    guard !preview.irreversible.isEmpty else { return [] }
    return ["cannot be taken back:"]
      + preview.irreversible.map { step, count in
        "  \(step)\(count > 1 ? " (\(count) times)" : "")"
      }
  }

  private func words(for plan: UndoPlan) -> String {
    switch plan {
    case .call(let operation, let with):
      let inputs =
        with.clear.compactMap { member in
          member.key.asString.map { "\($0)=\(member.value.shown)" }
        } + with.sealed.names.map { "\($0)=(sensitive)" }
      return TextLayout.harmless(([operation] + inputs).joined(separator: " "))
    case .manual(let text): return "by hand: " + TextLayout.harmless(text)
    case .unknown(let message): return "by hand: " + TextLayout.harmless(message)
    }
  }
}
