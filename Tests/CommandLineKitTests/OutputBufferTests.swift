import Glibc
import Testing

@testable import CommandLineKit

@Suite struct OutputBufferTests {
  private let ends: (read: Int32, write: Int32, other: Int32)

  init() {
    var pair: [Int32] = [-1, -1]
    pipe(&pair)
    ends = (pair[0], pair[1], dup(pair[1]))
  }

  private func read() -> String {
    close(ends.write)
    close(ends.other)
    defer { close(ends.read) }
    return String(
      decoding: TextSource(descriptor: ends.read).everything(), as: UTF8.self)
  }

  @Test func `two streams into one file keep the order of writing`() {
    let buffer = OutputBuffer()
    for number in 1...3 {
      buffer.write("step \(number)\n", to: ends.write)
      buffer.write("result \(number)\n", to: ends.other)
    }
    buffer.flush()
    #expect(read() == "step 1\nresult 1\nstep 2\nresult 2\nstep 3\nresult 3\n")
  }

  @Test func `lines that nothing follows are written without being asked`() {
    let buffer = OutputBuffer()
    let wanted = (1...40).map { "line \($0)\n" }.joined()
    for number in 1...40 { buffer.write("line \(number)\n", to: ends.write) }
    var bytes = [UInt8](repeating: 0, count: wanted.utf8.count)
    var count = 0
    while count < bytes.count { count += Glibc.read(ends.read, &bytes[count], bytes.count - count) }
    #expect(String(decoding: bytes, as: UTF8.self) == wanted)
    #expect(read().isEmpty)
  }
}
