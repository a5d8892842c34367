internal import CCrypto
internal import Documents
internal import Glibc
package import Values

/// The sensitive values of a run: sealed in a file of their own, named in the journal by commitments.
///
/// A commitment is the SHA-256 of a random salt and the value's canonical JSON. With the file removed
/// it says nothing of the value, and the journal still verifies; with the file and without the key
/// it can be checked whether a value entered again is the same. Not safe to share between threads.
package final class Vault {
  private static let format = "baton-sealed/1"

  private let run: String
  private var path: String
  private let source: SealingKey.Source
  private let sources: RunStore.Sources
  private var key: SealingKey?
  private var pending: [UInt8] = []
  private var file: OpenFile?
  private var needsSync = false
  /// Where the line of each commitment is in the file.
  private var places: [String: Range<Int>] = [:]
  /// The commitments of values that are sealed for what is in them.
  private var around: Set<String> = []
  private var read = 0

  init(run: String, path: String, key: SealingKey.Source, sources: RunStore.Sources) {
    self.run = run
    self.path = path
    source = key
    self.sources = sources
  }

  /// Seals a value; durable with the next ``sync()``, which comes before the record that names it.
  ///
  /// - Parameter isAround: Whether it is sealed only because a sensitive value is somewhere in it.
  /// - Throws: ``StoreError/noSealingKey(_:)`` where there is no key and none can be created.
  package func seal(
    _ value: Value, isAround: Bool = false
  ) throws(StoreError) -> Commitment {
    let salt = sources.random(32)
    var content = try CanonicalBytes.of(value)
    defer { ccrypto_wipe(&content, content.count) }
    let commitment = commit(salt: salt, content: content)
    if isAround { around.insert(commitment.hex) }
    try seal(content, salt, commitment)
    return commitment
  }

  private func seal(
    _ content: [UInt8], _ salt: [UInt8], _ commitment: Commitment
  ) throws(StoreError) {
    let key = try loadKey(creating: true)
    let nonce = sources.random(12)
    var sealed = [UInt8](repeating: 0, count: content.count + 16)
    let context = context(of: commitment)
    guard
      ccrypto_aes256gcm_seal(
        key.bytes, nonce, context, context.count, content, content.count, &sealed) == 1
    else { throw .noSealingKey("the value could not be encrypted") }
    var line: ValueMap = [
      "commitment": .string(commitment.hex), "format": .string(Self.format),
      "key": .string(key.id), "nonce": .string(Digest.hex(of: nonce)),
      "salt": .string(Digest.hex(of: salt)), "sealed": .string(Digest.hex(of: sealed)),
    ]
    if around.contains(commitment.hex) { line["around"] = true }
    pending += try CanonicalBytes.of(.map(line))
    pending.append(0x0A)
  }

  /// Whether a value is sealed only because a sensitive one is somewhere in it.
  package func isAround(_ commitment: Commitment) -> Bool {
    if around.contains(commitment.hex) { return true }
    // What another process sealed is known once its line was looked at.
    if places[commitment.hex] == nil { try? index() }
    return around.contains(commitment.hex)
  }

  /// What is in the way of a value.
  package enum Obstacle: Sendable {
    /// It is sealed with a key that is not here.
    case key
    /// Its line does not open with the key that sealed it.
    case damaged
    /// It has no line that could be compared with anything.
    case gone
  }

  /// Why a value cannot be opened; nil where it can.
  package func obstacle(to commitment: Commitment) -> Obstacle? {
    if (try? open(commitment)) != nil { return nil }
    guard let line = try? line(of: commitment), line.bytes("salt") != nil else { return .gone }
    let key = (try? loadKey(creating: false))?.id
    return key != nil && line["key"]?.asString == key ? .damaged : .key
  }

  /// The commitments in the file that cannot be opened.
  ///
  /// Complexity: one reading and decryption of all of them.
  package func locked() -> Set<String> {
    try? writePending()
    try? index()
    return Set(
      places.keys.filter { Commitment(hex: $0).map { obstacle(to: $0) != nil } ?? false })
  }

  /// Seals a value that somebody enters again wherever it is the one that is locked.
  ///
  /// - Returns: how many sealed values it is; durable with the next ``sync()``.
  package func enter(_ value: Value) throws(StoreError) -> Int {
    var content = try CanonicalBytes.of(value)
    defer { ccrypto_wipe(&content, content.count) }
    var count = 0
    for commitment in locked().sorted().compactMap(Commitment.init(hex:)) {
      guard let salt = try line(of: commitment).bytes("salt"),
        commit(salt: salt, content: content) == commitment
      else { continue }
      try seal(content, salt, commitment)
      // The newest line of a commitment counts.
      places[commitment.hex] = nil
      count += 1
    }
    return count
  }

  /// Keeps here, under the same commitment, what another file of sealed values holds.
  ///
  /// - Returns: The value; it is durable here with the next ``sync()``.
  package func adopt(_ commitment: Commitment, from other: Vault) throws(StoreError) -> Value {
    let value = try other.open(commitment)
    var content = try CanonicalBytes.of(value)
    defer { ccrypto_wipe(&content, content.count) }
    guard let salt = try other.line(of: commitment).bytes("salt"),
      commit(salt: salt, content: content) == commitment
    else { throw .noSealedValue(commitment) }
    try seal(content, salt, commitment)
    places[commitment.hex] = nil
    return value
  }

  /// The value behind a commitment.
  ///
  /// - Throws: ``StoreError/noSealedValue(_:)``, ``StoreError/wrongSealingKey(_:)`` or
  ///   ``StoreError/noSealingKey(_:)``; the value is whole or not there.
  package func open(_ commitment: Commitment) throws(StoreError) -> Value {
    let line = try line(of: commitment)
    let key = try loadKey(creating: false)
    guard let nonce = line.bytes("nonce"), nonce.count == 12, let salt = line.bytes("salt"),
      let sealed = line.bytes("sealed"), sealed.count >= 16
    else { throw .noSealedValue(commitment) }
    var content = [UInt8](repeating: 0, count: sealed.count - 16)
    defer { ccrypto_wipe(&content, content.count) }
    let context = context(of: commitment)
    guard
      ccrypto_aes256gcm_open(
        key.bytes, nonce, context, context.count, sealed, sealed.count, &content) == 1,
      commit(salt: salt, content: content) == commitment,
      let value = try? JSONReader.value(from: content, depthLimit: 1000, largeIntegers: .double)
    else { throw .wrongSealingKey(commitment) }
    return value
  }

  /// Every value that is sensitive in itself and that the present key opens.
  ///
  /// Complexity: one reading and decryption of all of them.
  package func sensitive() -> [Value] {
    try? writePending()
    try? index()
    return places.keys.filter { !around.contains($0) }.compactMap(Commitment.init(hex:)).compactMap
    { try? open($0) }
  }

  /// Whether a value entered again is the one behind a commitment; needs no key.
  package func check(_ value: Value, against commitment: Commitment) throws(StoreError) -> Bool {
    guard let salt = try line(of: commitment).bytes("salt") else {
      throw .noSealedValue(commitment)
    }
    return commit(salt: salt, content: try CanonicalBytes.of(value)) == commitment
  }

  /// Whether the sealed value is there, whatever the key.
  package func contains(_ commitment: Commitment) -> Bool {
    (try? line(of: commitment)) != nil
  }

  /// Makes what was sealed durable.
  package func sync() throws(StoreError) {
    try writePending()
    guard needsSync, let file else { return }
    try file.syncData()
    needsSync = false
  }

  func moved(to path: String) { self.path = path }

  private func loadKey(creating: Bool) throws(StoreError) -> SealingKey {
    if let key { return key }
    let loaded = try source.load(creating: creating, random: sources.random)
    key = loaded
    return loaded
  }

  private func commit(salt: [UInt8], content: [UInt8]) -> Commitment {
    Commitment(digest: Digest.hex(salt + content))
  }

  /// What a ciphertext is bound to: it opens for this run and this commitment only.
  private func context(of commitment: Commitment) -> [UInt8] {
    Array("\(Self.format)\n\(run)\n\(commitment.hex)".utf8)
  }

  /// Writes at the end of the file, in one call, so that several processes can.
  private func writePending() throws(StoreError) {
    guard !pending.isEmpty else { return }
    let isNew = !Folders.exists(path)
    // An event may be the first thing that a project keeps.
    if isNew { try Folders.createDurably(Folders.parent(of: path)) }
    let file = try openForAppending()
    let size = try file.size()
    let last = size > 0 ? try file.read(1, at: size - 1) : [0x0A]
    needsSync = true
    // After a failure all of it is written again; readers skip what was cut off.
    try file.append((last == [0x0A] ? [] : [0x0A]) + pending)
    pending.removeAll()
    if isNew { try Folders.sync(Folders.parent(of: path)) }
  }

  private func openForAppending() throws(StoreError) -> OpenFile {
    if let file { return file }
    let opened = try OpenFile(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW)
    file = opened
    return opened
  }

  private func line(of commitment: Commitment) throws(StoreError) -> Value {
    try writePending()
    if places[commitment.hex] == nil { try index() }
    guard let place = places[commitment.hex],
      let bytes = try? OpenFile(path, O_RDONLY | O_NOFOLLOW).read(
        place.count, at: place.lowerBound),
      let line = try? JSONReader.value(from: bytes)
    else { throw .noSealedValue(commitment) }
    return line
  }

  /// Looks at what came into the file since the last time.
  private func index() throws(StoreError) {
    guard Folders.exists(path) else { return }
    let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
    var lines = LineReader(file, from: read, to: try file.size())
    while true {
      let start = lines.offset
      guard
        let (line, isWhole) = try lines.next({ (try? JSONReader.value(from: $0), $1) }), isWhole
      else { return }
      if let name = line?["commitment"]?.asString {
        places[name] = start..<(lines.offset - 1)
        if line?["around"]?.asBool == true { around.insert(name) }
      }
      read = lines.offset
    }
  }
}

extension Commitment {
  /// - Precondition: `digest` is 64 lower-case hexadecimal digits.
  init(digest: String) { hex = digest }
}

extension Value {
  fileprivate func bytes(_ name: String) -> [UInt8]? {
    self[name]?.asString.flatMap { Hex.bytes($0.utf8) }
  }
}
