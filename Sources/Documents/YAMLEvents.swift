import CYAML
import SourceText

/// The events of libyaml over the bytes of a file, with places in bytes.
final class YAMLEvents {
  struct Failure: Error {
    let problem: String
    let context: String
    /// Where the problem shows.
    let offset: Int
    /// Where what it is about began.
    let contextOffset: Int?
  }

  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
  private let offsets: ScalarOffsets

  /// - Parameter bytes: valid UTF-8 that outlives this reader.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    offsets = ScalarOffsets(bytes)
    parser.initialize(to: yaml_parser_t())
    event.initialize(to: yaml_event_t())
    yaml_parser_initialize(parser)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    let content = UnsafeBufferPointer(rebasing: bytes[offsets.start...])
    yaml_parser_set_input_string(parser, content.baseAddress, content.count)
  }

  deinit {
    yaml_event_delete(event)
    yaml_parser_delete(parser)
    parser.deallocate()
    event.deallocate()
  }

  /// The next event; it lives until the next call.
  func next() throws(Failure) -> UnsafePointer<yaml_event_t> {
    // Nothing happens to one that is empty, as after a failure.
    yaml_event_delete(event)
    guard yaml_parser_parse(parser, event) != 0 else { throw failure() }
    return UnsafePointer(event)
  }

  func offset(of mark: yaml_mark_t) -> Int { offsets.offset(of: mark.index) }

  func span(of event: UnsafePointer<yaml_event_t>) -> SourceSpan {
    SourceSpan(
      start: offset(of: event.pointee.start_mark), end: offset(of: event.pointee.end_mark))
  }

  /// The quoted text right before the place where the bytes can no longer be read; nil where
  /// something else stands before it.
  static func quotedTextBeforeFailure(in bytes: [UInt8]) -> SourceSpan? {
    bytes.withUnsafeBufferPointer { buffer in
      let events = YAMLEvents(buffer)
      var last: SourceSpan?
      while let event = try? events.next(), event.pointee.type != YAML_STREAM_END_EVENT {
        let style = event.pointee.data.scalar.style
        let isQuoted =
          event.pointee.type == YAML_SCALAR_EVENT
          && (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE || style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
        last = isQuoted ? events.span(of: event) : nil
      }
      return last
    }
  }

  private func failure() -> Failure {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
    if parser.pointee.error == YAML_READER_ERROR {
      let offset = offsets.start + Int(parser.pointee.problem_offset)
      return Failure(problem: problem, context: "", offset: offset, contextOffset: nil)
    }
    let context = parser.pointee.context.map { String(cString: $0) }
    return Failure(
      problem: problem, context: context ?? "", offset: offset(of: parser.pointee.problem_mark),
      contextOffset: context == nil ? nil : offset(of: parser.pointee.context_mark))
  }
}

/// From numbers of Unicode scalars, in which libyaml counts, to byte offsets.
private struct ScalarOffsets {
  private static let stride = 64

  /// Behind the byte order mark, which libyaml does not count.
  let start: Int
  private let bytes: UnsafeBufferPointer<UInt8>
  /// The offset of every 64th scalar; nil where all are one byte.
  private var table: [Int]?

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard !bytes.isASCII else { return }
    var table: [Int] = []
    var count = 0
    for index in start..<bytes.count where bytes[index] & 0xC0 != 0x80 {
      if count % Self.stride == 0 { table.append(index) }
      count += 1
    }
    self.table = table
  }

  func offset(of index: Int) -> Int {
    guard let table else { return min(start + index, bytes.count) }
    let row = index / Self.stride
    guard row < table.count else { return bytes.count }
    var offset = table[row]
    var rest = index % Self.stride
    while offset < bytes.count {
      if bytes[offset] & 0xC0 != 0x80 {
        if rest == 0 { return offset }
        rest -= 1
      }
      offset += 1
    }
    return bytes.count
  }
}
