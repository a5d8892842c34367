/// Media types (RFC 6838) of what people keep as evidence, as far as the first bytes tell.
enum MediaType {
  static let text = "text/plain"

  /// nil where the bytes do not say what they are.
  static func of(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.isEmpty { return nil }
    for signature in signatures where signature.begins(bytes) { return signature.type }
    return isText(bytes) ? text : nil
  }

  private struct Signature {
    let type: String
    let bytes: [UInt8]
    var offset = 0

    func begins(_ content: UnsafeRawBufferPointer) -> Bool {
      content.dropFirst(offset).starts(with: bytes)
    }
  }

  private static let signatures = [
    Signature(type: "application/pdf", bytes: Array("%PDF-".utf8)),
    Signature(type: "image/png", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    Signature(type: "image/jpeg", bytes: [0xFF, 0xD8, 0xFF]),
    Signature(type: "image/gif", bytes: Array("GIF87a".utf8)),
    Signature(type: "image/gif", bytes: Array("GIF89a".utf8)),
    Signature(type: "image/webp", bytes: Array("WEBP".utf8), offset: 8),
    Signature(type: "image/heic", bytes: Array("ftypheic".utf8), offset: 4),
    Signature(type: "image/tiff", bytes: [0x49, 0x49, 0x2A, 0x00]),
    Signature(type: "image/tiff", bytes: [0x4D, 0x4D, 0x00, 0x2A]),
    Signature(type: "application/zip", bytes: [0x50, 0x4B, 0x03, 0x04]),
    Signature(type: "application/gzip", bytes: [0x1F, 0x8B]),
  ]

  /// Whether it is UTF-8 without any control character but those of lines and tabs.
  private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let isPrintable = bytes.allSatisfy { byte in
      byte >= 0x20 && byte != 0x7F || (0x09...0x0D).contains(byte)
    }
    return isPrintable && String(validating: bytes, as: UTF8.self) != nil
  }
}
