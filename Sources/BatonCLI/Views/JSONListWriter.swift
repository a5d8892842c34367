import CommandLineKit

/// A JSON document with one long list, written piece by piece, an item a line.
struct JSONListWriter {
  private static let piece = 256 * 1024
  /// After how many bytes whoever adds items may want to know.
  private static let far = 16 << 20

  private let sink: TextSink
  private var bytes: [UInt8]
  private var isEmpty = true
  private var written = 0

  /// - Parameters:
  ///   - format: the document's `format`.
  ///   - member: the name of the list.
  init(format: String, member: String, to sink: TextSink) {
    self.sink = sink
    bytes = Array("{\n  \"format\": \"\(format)\",\n  \"\(member)\": [".utf8)
    bytes.reserveCapacity(Self.piece * 2)
  }

  /// Adds an item, a text of JSON in one line.
  ///
  /// - Returns: true each time a large part has been written.
  mutating func add(_ item: UnsafeRawBufferPointer, ending: StaticString = "") -> Bool {
    bytes.append(contentsOf: isEmpty ? Self.first : Self.next)
    isEmpty = false
    bytes.append(contentsOf: item)
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount))
    guard bytes.count > Self.piece else { return false }
    sink.write(bytes)
    written += bytes.count
    bytes.removeAll(keepingCapacity: true)
    guard written > Self.far else { return false }
    written = 0
    return true
  }

  private static let first = Array("\n    ".utf8)
  private static let next = Array(",\n    ".utf8)

  /// Ends the document.
  ///
  /// - Parameter left: how many items were left out; nil where nobody asked for that.
  mutating func finish(left: Int?) {
    bytes.append(contentsOf: (isEmpty ? "]" : "\n  ]").utf8)
    if let left { bytes.append(contentsOf: ",\n  \"more\": \(left)".utf8) }
    bytes.append(contentsOf: "\n}\n".utf8)
    sink.write(bytes)
    bytes = []
  }
}
