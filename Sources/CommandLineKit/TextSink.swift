import Glibc
import Synchronization

/// Where text goes: a file descriptor, or memory in tests.
package final class TextSink: Sendable {
  private let descriptor: Int32?
  private let captured = Mutex("")
  /// Whether people see the text as it is written.
  package let isTerminal: Bool
  package let style: TextStyle
  /// The width of the page; 80 where nobody knows.
  package let columns: Int

  /// The sink behind a file descriptor.
  package init(descriptor: Int32, color: ColorChoice) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
    style = TextStyle(
      isColored: color.isColored(isTerminal: isTerminal) { name in
        getenv(name).map { String(cString: $0) }
      })
    columns = isTerminal ? Self.columns(of: descriptor) : 80
  }

  /// A sink that keeps what is written, for tests.
  package init(isTerminal: Bool = false, style: TextStyle = .plain, columns: Int = 80) {
    descriptor = nil
    self.isTerminal = isTerminal
    self.style = style
    self.columns = columns
  }

  /// What was written so far, where the sink keeps it.
  package var text: String { captured.withLock { $0 } }

  /// Writes text as it is: to a terminal at once, elsewhere within a tenth of a second. A reader
  /// that has gone away is no error: nobody misses the text.
  package func write(_ text: String) {
    guard let descriptor else { return captured.withLock { $0 += text } }
    OutputBuffer.shared.write(text, to: descriptor)
    if isTerminal { OutputBuffer.shared.flush() }
  }

  /// Writes text in UTF-8 as it is, at once.
  package func write(_ bytes: [UInt8]) {
    guard let descriptor else {
      return captured.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
    }
    OutputBuffer.shared.write(bytes, to: descriptor)
  }

  /// Writes text and a line break.
  package func line(_ text: String = "") { write(text + "\n") }

  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return min(max(Int(size.ws_col), 40), 120)
  }
}
