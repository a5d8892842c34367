import CCrypto
import Glibc
import Testing
import Values

@testable import RunStore

@Suite(.timeLimit(.minutes(20))) struct VaultTests {
  private let secret = "Zauberlehrling?&/42"

  @Test func `a sealed value comes back, in this process and the next`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let value: Value = ["password": .string(secret), "n": 1]
    let commitment = try writer.vault.seal(value)
    #expect(try writer.vault.open(commitment) == value)
    try writer.sync()
    writer.release()
    let vault = try fixture.store.vault(of: writer.run)
    #expect(try vault.open(commitment) == value)
    let other = try vault.seal(value)
    #expect(other != commitment)
    try vault.sync()
    let again = try fixture.store.open(run: writer.run)
    #expect(try again.vault.open(other) == value)
  }

  @Test func `sealing leaks nothing into the folder, in no encoding`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let commitment = try writer.vault.seal(.string(secret))
    try writer.append(
      type: "attempt.succeeded", step: "a", attempt: 1, actor: machine, at: moment(1),
      data: ["outputs": [:], "sealed": ["password": .string(commitment.hex)]])
    try writer.saveState(["sealed": .string(commitment.hex)])
    try fixture.store.deliver(
      id: "a", content: ["sealed": .string(commitment.hex)], to: writer.run,
      sealedIn: writer.vault)
    let encodings = [
      Array(secret.utf8), Array(Digest.hex(of: Array(secret.utf8)).utf8),
      Array("WmF1YmVybGVocmxpbmc".utf8), Array("Zauberlehrling%3F%26%2F42".utf8),
    ]
    for bytes in contents(below: fixture.folder) {
      for encoding in encodings { #expect(!contains(bytes, encoding)) }
    }
  }

  @Test func `another key, a changed byte and another run open nothing`() throws {
    let fixture = StoreFixture()
    let run = try sealedRun(fixture).run
    let (other, commitment) = try sealedRun(fixture)
    let path = fixture.path(other, "sealed.jsonl")
    let good = try Folders.read(path)
    var bytes = good
    let place = bytes.count - 6
    bytes[place] = bytes[place] == 0x61 ? 0x62 : 0x61
    try overwrite(path, bytes)
    #expect(
      storeError { _ = try fixture.store.vault(of: other).open(commitment) }
        == .wrongSealingKey(commitment))
    try overwrite(fixture.path(run, "sealed.jsonl"), good)
    #expect(
      storeError { _ = try fixture.store.vault(of: run).open(commitment) }
        == .wrongSealingKey(commitment))
    try overwrite(path, good)
    let stranger = RunStore(
      root: fixture.store.root,
      key: SealingKey.Source(environment: String(repeating: "ab", count: 32)))
    #expect(
      storeError { _ = try stranger.vault(of: other).open(commitment) }
        == .wrongSealingKey(commitment))
  }

  @Test func `with the key lost a value entered again is checked against the commitment`() throws {
    let fixture = StoreFixture()
    let (run, commitment) = try sealedRun(fixture)
    try Folders.delete(fixture.folder + "/keys/key")
    let vault = try fixture.store.vault(of: run)
    guard case .noSealingKey? = storeError({ _ = try vault.open(commitment) }) else {
      throw Unexpected(what: "opened without a key")
    }
    #expect(!Folders.exists(fixture.folder + "/keys/key"))
    #expect(try vault.check(.string(secret), against: commitment))
    #expect(try !vault.check("guess", against: commitment))
  }

  @Test func `a value entered again is sealed with the key that is there now`() throws {
    let fixture = StoreFixture()
    let (run, commitment) = try sealedRun(fixture)
    #expect(try fixture.store.vault(of: run).locked() == [])
    try Folders.delete(fixture.folder + "/keys/key")
    let vault = try fixture.store.vault(of: run)
    #expect(vault.locked() == [commitment.hex])
    #expect(try vault.enter("guess") == 0)
    #expect(try vault.enter(.string(secret)) == 1)
    try vault.sync()
    #expect(vault.locked() == [])
    #expect(try vault.open(commitment) == .string(secret))
    #expect(try fixture.store.vault(of: run).open(commitment) == .string(secret))
    #expect(try fixture.store.verify(run: run).isIntact)
  }

  @Test func `with the sealed values removed the journal still verifies`() throws {
    let fixture = StoreFixture()
    let (run, commitment) = try sealedRun(fixture)
    try Folders.delete(fixture.path(run, "sealed.jsonl"))
    #expect(try fixture.store.verify(run: run).isIntact)
    #expect(
      storeError { _ = try fixture.store.vault(of: run).open(commitment) }
        == .noSealedValue(commitment))
  }

  @Test func `what is in the way of a value is told apart, and verify notes it`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let run = writer.run
    let commitment = try writer.vault.seal(.string(secret))
    try writer.append(
      type: "attempt.succeeded", step: "a", attempt: 1, actor: machine, at: moment(1),
      data: ["outputs": [:], "sealed": ["password": .string(commitment.hex)]])
    try writer.sync()
    writer.release()
    func obstacle() throws -> Vault.Obstacle? {
      try fixture.store.vault(of: run).obstacle(to: commitment)
    }
    func notes() throws -> [String] {
      try fixture.store.verify(run: run).notes.filter { $0.contains("sealed") }
    }
    #expect(try obstacle() == nil)
    #expect(try notes() == [])
    let path = fixture.path(run, "sealed.jsonl")
    let good = try Folders.read(path)
    var bytes = good
    let place = bytes.count - 6
    bytes[place] = bytes[place] == 0x61 ? 0x62 : 0x61
    try overwrite(path, bytes)
    #expect(try obstacle() == .damaged)
    try overwrite(path, Array(good.dropLast(20)))
    #expect(try obstacle() == .gone)
    try Folders.delete(path)
    #expect(try obstacle() == .gone)
    #expect(
      try notes() == ["1 of 1 sealed value is gone or damaged: what still needs it is blocked"])
    try overwrite(path, good)
    try Folders.delete(fixture.folder + "/keys/key")
    #expect(try obstacle() == .key)
    #expect(try notes() == ["1 of 1 sealed value cannot be opened: its key is not here"])
    #expect(try fixture.store.verify(run: run).isIntact)
  }

  @Test func `a line that a crash cut off harms no other`() throws {
    let fixture = StoreFixture()
    let (run, commitment) = try sealedRun(fixture)
    let path = fixture.path(run, "sealed.jsonl")
    try overwrite(path, try Folders.read(path) + Array("{\"commit".utf8))
    let vault = try fixture.store.vault(of: run)
    let next = try vault.seal(2)
    try vault.sync()
    #expect(try fixture.store.vault(of: run).open(commitment) == .string(secret))
    #expect(try fixture.store.vault(of: run).open(next) == 2)
  }

  @Test(arguments: [
    String(repeating: "0f", count: 32), String(repeating: "0F", count: 32) + "\n",
    "Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8=",
    "Dw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8PDw8",
  ])
  func `a key is hexadecimal or base64`(text: String) throws {
    #expect(try SealingKey(text: text, from: "x").bytes == [UInt8](repeating: 15, count: 32))
  }

  @Test(arguments: ["", "abc", "not a key at all", String(repeating: "0", count: 62)])
  func `what is not a key is refused`(text: String) {
    #expect(storeError { _ = try SealingKey(text: text, from: "x") } != nil)
  }

  @Test func `a key file is created once, for this user alone`() throws {
    let fixture = StoreFixture()
    _ = try sealedRun(fixture)
    let key = try Folders.read(fixture.folder + "/keys/key")
    _ = try sealedRun(fixture)
    #expect(try Folders.read(fixture.folder + "/keys/key") == key)
    var status = stat()
    #expect(stat(fixture.folder + "/keys/key", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func `HMAC-SHA-256 and SHA-256 give the published answers`() {
    var digest = [UInt8](repeating: 0, count: 32)
    let key = Array("Jefe".utf8)
    let text = Array("what do ya want for nothing?".utf8)
    ccrypto_hmac_sha256(key, key.count, text, text.count, &digest)
    // RFC 4231, test case 2.
    #expect(
      Digest.hex(of: digest)
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    // FIPS 180-4 examples.
    #expect(
      Digest.hex(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest.hex([])
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  private func sealedRun(_ fixture: StoreFixture) throws -> (run: String, commitment: Commitment) {
    let writer = try fixture.start()
    let commitment = try writer.vault.seal(.string(secret))
    try writer.sync()
    try writer.saveState(1)
    writer.release()
    return (writer.run, commitment)
  }

  private func contents(below path: String) -> [[UInt8]] {
    if let names = try? Folders.names(in: path), !names.isEmpty {
      return names.flatMap { contents(below: "\(path)/\($0)") }
    }
    return (try? Folders.read(path)).map { [$0] } ?? []
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
  }
}
