/// What a program wrote to one of its output streams.
package struct ProgramOutput: Hashable, Sendable {
  /// What was kept of it.
  package var bytes: [UInt8] = []
  /// Whether more was written than ``ChildProcess/outputLimit`` allows.
  package var isTruncated = false

  package init() {}

  /// What was written; nil where it is not UTF-8. A character that the limit cuts through is left out.
  package var text: String? { String(validating: wholeCharacters, as: UTF8.self) }

  /// What was written, with U+FFFD for what is not UTF-8: for messages only, never for what a run goes by.
  package var shownText: String { String(decoding: wholeCharacters, as: UTF8.self) }

  private var wholeCharacters: ArraySlice<UInt8> {
    isTruncated ? bytes.dropLast(cutLength) : bytes[...]
  }

  /// How many bytes at the end begin a character that goes on behind them.
  private var cutLength: Int {
    for (length, byte) in bytes.reversed().prefix(3).enumerated() where byte & 0xC0 != 0x80 {
      let whole = byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      return whole > length + 1 ? length + 1 : 0
    }
    return 0
  }
}
