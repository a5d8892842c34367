internal import Documents
internal import Glibc
package import Values

/// A token that a person signs in with, of which only the hash is kept.
package struct TokenRecord: Hashable, Sendable {
  /// The first eight digits of the hash: enough to tell tokens apart, and to take one back.
  package var id: String
  package var person: String
  package var createdAt: Timestamp
  package var createdBy: String
  /// When it was taken back.
  package var revokedAt: Timestamp?
  /// Who took it back; nil also where that was not kept.
  package var revokedBy: String?
  let sha256: String
}

extension RunStore {
  private var tokensPath: String { root + "/tokens.json" }
  private static let tokensFormat = "baton-tokens/1"

  /// Makes a token for a person: the token itself, which is kept nowhere.
  package func makeToken(for person: String, by creator: String) throws(StoreError) -> String {
    let token = "baton_" + Digest.hex(of: sources.random(24))
    let hash = Digest.hex(Array(token.utf8))
    try changeTokens { tokens in
      tokens.append(
        TokenRecord(
          id: String(hash.prefix(8)), person: person, createdAt: sources.now(),
          createdBy: creator, revokedAt: nil, revokedBy: nil, sha256: hash))
    }
    return token
  }

  /// Takes tokens back.
  ///
  /// - Parameter isMeant: which of those that still count.
  /// - Returns: those that were taken back.
  package func revokeTokens(
    by revoker: String, where isMeant: (TokenRecord) -> Bool
  ) throws(StoreError) -> [TokenRecord] {
    var revoked: [TokenRecord] = []
    let now = sources.now()
    try changeTokens { tokens in
      for index in tokens.indices where tokens[index].revokedAt == nil && isMeant(tokens[index]) {
        tokens[index].revokedAt = now
        tokens[index].revokedBy = revoker
        revoked.append(tokens[index])
      }
    }
    return revoked
  }

  /// Every token there ever was, oldest first.
  package func tokens() throws(StoreError) -> [TokenRecord] {
    guard Folders.exists(tokensPath) else { return [] }
    guard let content = try? JSONReader.value(from: Folders.read(tokensPath)),
      content["format"]?.asString == Self.tokensFormat
    else { throw .damaged(file: tokensPath, record: 0, "it is no list of tokens") }
    return (content["tokens"]?.asList ?? []).compactMap(TokenRecord.init(value:))
  }

  /// What is kept of a token that somebody signs in with; nil where it is unknown or was taken back.
  package func record(ofToken token: String) throws(StoreError) -> TokenRecord? {
    let hash = Digest.hex(Array(token.utf8))
    return try tokens().first { $0.sha256 == hash && $0.revokedAt == nil }
  }

  private func changeTokens(_ change: (inout [TokenRecord]) -> Void) throws(StoreError) {
    try Folders.createDurably(root)
    let lock = try KernelLock.wait(root + "/tokens.lock")
    defer { lock.release() }
    var tokens = try tokens()
    change(&tokens)
    let content: Value = [
      "format": .string(Self.tokensFormat), "tokens": .list(tokens.map(\.value)),
    ]
    try Folders.replace(tokensPath, with: try encoded(content), durable: true)
  }
}

extension TokenRecord {
  fileprivate var value: Value {
    var map: ValueMap = [
      "id": .string(id), "person": .string(person), "sha256": .string(sha256),
      "created_at": .string(RecordTime.text(createdAt)), "created_by": .string(createdBy),
    ]
    map["revoked_at"] = revokedAt.map { .string(RecordTime.text($0)) }
    map["revoked_by"] = revokedBy.map { .string($0) }
    return .map(map)
  }

  fileprivate init?(value: Value) {
    guard let id = value["id"]?.asString, let person = value["person"]?.asString,
      let sha256 = value["sha256"]?.asString, let creator = value["created_by"]?.asString,
      let created = value["created_at"]?.asString.flatMap(RecordTime.parse)
    else { return nil }
    self.init(
      id: id, person: person, createdAt: created, createdBy: creator,
      revokedAt: value["revoked_at"]?.asString.flatMap(RecordTime.parse),
      revokedBy: value["revoked_by"]?.asString, sha256: sha256)
  }
}
