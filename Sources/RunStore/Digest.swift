internal import CCrypto

/// SHA-256 in hexadecimal.
enum Digest {
  static let zero = String(repeating: "0", count: 64)

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { hex($0) }
  }

  static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: 64) { text in
      ccrypto_sha256_hex(bytes.baseAddress, bytes.count, text.baseAddress)
      return 64
    }
  }

  static func hex(of bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { text in
      ccrypto_hex(bytes, bytes.count, text.baseAddress)
      return bytes.count * 2
    }
  }
}
