import Glibc
import Synchronization

/// Where answers come from: a file descriptor, or memory in tests.
package final class TextSource: Sendable {
  /// What reading a line gave.
  package enum Line: Sendable, Hashable {
    case text(String)
    /// A line that is not UTF-8.
    case unreadable
    case end
    /// A signal came while waiting.
    case interrupted
  }

  private let descriptor: Int32?
  private let lines: Mutex<[String]>
  package let isTerminal: Bool

  package init(descriptor: Int32) {
    self.descriptor = descriptor
    lines = Mutex([])
    isTerminal = isatty(descriptor) == 1
  }

  /// A source with fixed lines, for tests.
  package init(lines: [String], isTerminal: Bool) {
    descriptor = nil
    self.lines = Mutex(lines)
    self.isTerminal = isTerminal
  }

  /// The next line without its line break. With `hidden` a terminal does not show what is typed.
  package func line(hidden: Bool = false) -> Line {
    guard let descriptor else {
      return lines.withLock { $0.isEmpty ? .end : .text($0.removeFirst()) }
    }
    guard hidden, isTerminal else { return readLine(from: descriptor) }
    var before = termios()
    tcgetattr(descriptor, &before)
    var quiet = before
    quiet.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(descriptor, TCSADRAIN, &quiet)
    defer { tcsetattr(descriptor, TCSADRAIN, &before) }
    return readLine(from: descriptor)
  }

  /// Everything up to the end, for values that come through a pipe.
  ///
  /// - Parameter limit: of how many bytes no more has to be read, since the reader takes no more.
  package func everything(upTo limit: Int = .max) -> [UInt8] {
    guard let descriptor else {
      return lines.withLock { Array($0.joined(separator: "\n").utf8) }
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while bytes.count < limit {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// Waits until there is something to read; false where somebody asked to stop first.
  private static func waits(for descriptor: Int32) -> Bool {
    var waiting = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Interruption.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&waiting, nfds_t(waiting.count), -1) < 0, errno == EINTR {}
    return waiting[1].revents == 0
  }

  private static func line(of bytes: [UInt8]) -> Line {
    String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .unreadable
  }

  // Byte by byte, so that nothing beyond the line is taken from whoever reads next.
  private func readLine(from descriptor: Int32) -> Line {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      guard Self.waits(for: descriptor) else { return .interrupted }
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        return bytes.isEmpty ? .end : Self.line(of: bytes)
      }
      if byte == 0x0A { return Self.line(of: bytes) }
      bytes.append(byte)
    }
  }
}
