internal import Documents
internal import Values

/// A line of a journal that is no intact record.
struct BadLine: Error {
  /// What every record begins with.
  private static let start = Array("{\"actor\":{\"id\":\"".utf8)

  let sentence: String
  /// Why it is damage whatever follows it; nil where a crash can have left it.
  let complaint: String?

  /// - Parameter isEnded: Whether a line feed follows.
  init(_ line: UnsafeRawBufferPointer, _ sentence: String, isEnded: Bool) {
    self.sentence = sentence
    complaint = Self.complaint(line, sentence, isEnded)
  }

  /// A write that a crash cut off leaves the beginning of a record, and where nothing was written zeros or
  /// the line feeds of before. A line that is JSON to its end was written whole.
  private static func complaint(
    _ line: UnsafeRawBufferPointer, _ sentence: String, _ isEnded: Bool
  ) -> String? {
    if line.isEmpty || line.contains(0) { return nil }
    guard zip(line, start).allSatisfy({ $0 == $1 }) else {
      return "it is no record, nor the beginning of one"
    }
    guard isEnded,
      let value = try? JSONReader.value(from: line, depthLimit: 1000, largeIntegers: .double)
    else { return nil }
    return value.asMap == nil ? nil : sentence
  }
}
