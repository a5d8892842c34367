package import SourceText

/// Reads a YAML or JSON file into one tree with exact places.
package enum DocumentReader {
  /// How deep lists and maps may be nested.
  package static let depthLimit = 100
  /// How large a file may be, in bytes.
  package static let sizeLimit = 16 << 20

  /// Reads a file: JSON where its path ends in `.json`, else YAML.
  ///
  /// - Returns: nil where the file cannot be read as one document; the findings say why. Findings
  ///   that leave a usable tree (a duplicate key, for example) are added too, and the tree is given.
  package static func read(_ file: SourceFile, into diagnostics: Diagnostics) -> Node? {
    guard file.bytes.count <= sizeLimit else {
      diagnostics.add(
        .fileTooLarge, "the file is larger than 16 MiB", in: file, at: SourceSpan(start: 0, end: 0))
      return nil
    }
    let isASCII = file.bytes.isASCII
    guard isASCII || isText(file, diagnostics) else { return nil }
    if file.isJSON {
      return JSONNodeReader.read(file, into: diagnostics)
    }
    guard isASCII || !hasOldBreaks(file, diagnostics) else { return nil }
    return YAMLNodeReader.read(file, into: diagnostics)
  }

  /// libyaml takes U+0085, U+2028 and U+2029 for line breaks, as YAML 1.1 did; 1.2 does not.
  private static func hasOldBreaks(_ file: SourceFile, _ diagnostics: Diagnostics) -> Bool {
    let breaks: [[UInt8]] = [[0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9]]
    let bytes = file.bytes
    for index in bytes.indices where bytes[index] == 0xC2 || bytes[index] == 0xE2 {
      guard let found = breaks.first(where: { bytes[index...].starts(with: $0) }) else { continue }
      diagnostics.add(
        .controlCharacter, "an invisible line separator stands here", in: file,
        at: SourceSpan(start: index, end: index + found.count),
        help: "write it as an escape in double quotes: `\\u2028`, `\\u2029` or `\\u0085`")
      return true
    }
    return false
  }

  /// Checks that the bytes are UTF-8, and reports the first that are not.
  private static func isText(_ file: SourceFile, _ diagnostics: Diagnostics) -> Bool {
    guard let offset = file.bytes.firstInvalidUTF8 else { return true }
    let isUTF16 = file.bytes.starts(with: [0xFF, 0xFE]) || file.bytes.starts(with: [0xFE, 0xFF])
    let byte = String(file.bytes[offset], radix: 16, uppercase: true)
    diagnostics.add(
      .notUTF8, isUTF16 ? "the file is UTF-16" : "the byte 0x\(byte) is not UTF-8", in: file,
      at: SourceSpan(start: offset, end: offset + 1), help: "save the file as UTF-8")
    return false
  }
}

extension [UInt8] {
  /// Whether every byte is below 0x80; eight are looked at in one go.
  var isASCII: Bool { withUnsafeBufferPointer { $0.isASCII } }

  /// Where the first byte stands that is not part of valid UTF-8.
  fileprivate var firstInvalidUTF8: Int? {
    guard String(validating: self, as: UTF8.self) == nil else { return nil }
    var decoder = Unicode.UTF8.ForwardParser()
    var bytes = makeIterator()
    var offset = 0
    while true {
      switch decoder.parseScalar(from: &bytes) {
      case .valid(let scalar): offset += scalar.count
      case .error: return offset
      case .emptyInput: return nil
      }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether every byte is below 0x80; eight are looked at in one go.
  var isASCII: Bool {
    let bytes = UnsafeRawBufferPointer(self)
    var index = 0
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { return false }
      index += 8
    }
    return bytes[index...].allSatisfy { $0 < 0x80 }
  }
}

extension SourceFile {
  /// Whether it is read as JSON.
  package var isJSON: Bool { path.lowercased().hasSuffix(".json") }
}
