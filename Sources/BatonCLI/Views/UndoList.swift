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
        let text = "\(entry.step): \(words(for: entry))"
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

  private func words(for entry: UndoEntry) -> String {
    let text =
      switch entry.plan {
      case .call(let operation, let with): ([operation] + with.words).joined(separator: " ")
      case .manual(let text): text
      case .unknown(let message): message
      }
    let isByHand = preview.byHand.contains(entry.address)
    return (isByHand ? "by hand: " : "") + TextLayout.harmless(text)
  }
}

extension StoredValues {
  /// Each value with its name; of sensitive ones only that.
  var words: [String] {
    clear.compactMap { member in
      member.key.asString.map { "\($0)=\(member.value.shown)" }
    } + sealed.names.map { "\($0)=(sensitive)" }
  }
}
