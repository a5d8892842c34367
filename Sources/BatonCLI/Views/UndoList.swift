import CommandLineKit
import Engine
import Values

/// What taking back would do, line by line, for people to read first.
struct UndoList {
  let preview: UndoPreview
  /// Steps in the middle of which the process died.
  var unsettled: [String] = []

  var lines: [String] {
    var lines = unsettled.map {
      "\($0) was being carried out when the process ended: what came of it is found out first"
    }
    if !preview.entries.isEmpty {
      lines.append("to be taken back, in this order:")
      lines += preview.entries.flatMap { entry in
        let text = "\(entry.step): \(words(for: entry.plan))"
        return text.split(whereSeparator: \.isNewline).enumerated().map { position, line in
          (position == 0 ? "  " : "    ") + line
        }
      }
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
