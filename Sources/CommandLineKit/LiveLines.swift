import Synchronization

/// Progress as people watch it: on a terminal a last line that is rewritten while something runs,
/// elsewhere only the lines that stay.
package final class LiveLines: Sendable {
  private let sink: TextSink
  private let current = Mutex<String?>(nil)

  package init(_ sink: TextSink) { self.sink = sink }

  /// What is going on now; nil clears it. Shown on a terminal only.
  package func show(_ text: String?) {
    guard sink.isTerminal else { return }
    current.withLock { current in
      if current != nil { sink.write(Self.erase) }
      current = text
      if let text { sink.write(fitting(text)) }
    }
  }

  /// A line that stays; what is going on remains below it.
  package func add(_ line: String) {
    guard sink.isTerminal else { return sink.line(line) }
    current.withLock { current in
      let before = current == nil ? "" : Self.erase
      let after = current.map(fitting) ?? ""
      sink.write(before + line + "\n" + after)
    }
  }

  private static let erase = "\r\u{1B}[2K"

  // A line that wraps could not be erased.
  private func fitting(_ text: String) -> String {
    guard TextLayout.width(of: text) >= sink.columns else { return text }
    return String(text.prefix(sink.columns - 2)) + "…"
  }
}
