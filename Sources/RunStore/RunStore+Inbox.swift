internal import Documents
internal import Glibc
package import Values

/// What a command left for the process that executes a run.
package struct InboxItem: Hashable, Sendable {
  /// Unique; a known one is ignored by whoever takes it.
  package var id: String
  /// Null where the file cannot be read as one.
  package var content: Value
  /// The name of its file, in order of arrival.
  package var file: String

  package init(id: String, content: Value, file: String) {
    self.id = id
    self.content = content
    self.file = file
  }
}

extension InboxItem {
  /// A file that cannot be read as an item; its name says the id.
  fileprivate init?(unreadable file: String) {
    guard RunNames.isItemID(file) else { return nil }
    let isNamedAsAll = file.dropFirst(19).first == "-" && file.hasSuffix(".json")
    let id = isNamedAsAll ? String(file.dropFirst(20).dropLast(5)) : file
    self.init(id: id.isEmpty ? file : id, content: .null, file: file)
  }

  /// When it arrived, as its file's name says; nil for a file that somebody else put there.
  package var arrivedAt: Timestamp? {
    let digits = file.prefix(19)
    guard digits.utf8.count == 19, let moment = Int64(digits) else { return nil }
    return Timestamp(
      seconds: moment / 1_000_000_000, nanoseconds: Int32(moment % 1_000_000_000))
  }
}

extension RunStore {
  /// Drops an item into a run's inbox, whole and durable; then try the run's lock.
  ///
  /// Values that must stay sensitive are sealed first and named by their commitment.
  /// - Parameters:
  ///   - id: Letters, digits, `-`, `_` and `.`; the same id twice is the same item.
  ///   - vault: Where its values were sealed; synced first.
  package func deliver(
    id: String, content: Value, to run: String, sealedIn vault: Vault? = nil
  ) throws(StoreError) {
    guard RunNames.isItemID(id) else { throw .unfitName(id) }
    try requireRun(run)
    try vault?.sync()
    let inbox = folder(of: run) + "/inbox"
    if !Folders.exists(inbox) {
      try Folders.create(inbox)
      try Folders.sync(folder(of: run))
    }
    let bytes = try encoded(["content": content, "id": .string(id)])
    let name = try arrivalName(id: id, in: inbox)
    let draft = "\(inbox)/.\(name).\(Digest.hex(of: sources.random(4)))"
    do throws(StoreError) {
      try Folders.write(bytes, to: draft, durable: true)
      try Folders.move(draft, to: "\(inbox)/\(name)")
    } catch {
      unlink(draft)
      throw error
    }
    try Folders.sync(inbox)
    crossOut(run)
  }

  /// The items of a run's inbox in order of arrival, those that cannot be read without their content.
  package func pendingInbox(of run: String) throws(StoreError) -> [InboxItem] {
    let inbox = folder(of: run) + "/inbox"
    let names = try Folders.names(in: inbox).filter { !$0.hasPrefix(".") }.sorted()
    var items: [InboxItem] = []
    for name in names {
      let bytes: [UInt8]?
      do throws(StoreError) {
        bytes = try Folders.read("\(inbox)/\(name)")
      } catch {
        // Whoever executes the run has taken it.
        if error.saysMissing { continue }
        bytes = nil
      }
      // What was a whole number beyond 2^53 is text already; any other number is a double.
      if let bytes,
        let value = try? JSONReader.value(from: bytes, depthLimit: 1000, largeIntegers: .double),
        let id = value["id"]?.asString, let content = value["content"]
      {
        items.append(InboxItem(id: id, content: content, file: name))
      } else if let item = InboxItem(unreadable: name) {
        items.append(item)
      }
    }
    return items
  }

  /// Puts an item that nobody understands aside, once the journal tells of it.
  package func setAside(_ item: InboxItem, of run: String) throws(StoreError) {
    guard RunNames.isItemID(item.file) else { throw .unfitName(item.file) }
    let target = "\(folder(of: run))/\(Self.unreadFolder)"
    try Folders.createDurably(target)
    try Folders.move("\(folder(of: run))/inbox/\(item.file)", to: "\(target)/\(item.file)")
    try Folders.sync(target)
    try Folders.sync(folder(of: run) + "/inbox")
  }

  /// Where in a run's folder the items are that nobody understands.
  package static var unreadFolder: String { "unread" }

  /// Takes an item out, once the journal has it.
  package func removeInbox(_ item: InboxItem, of run: String) throws(StoreError) {
    guard RunNames.isItemID(item.file) else { throw .unfitName(item.file) }
    try Folders.delete("\(folder(of: run))/inbox/\(item.file)")
  }

  func encoded(_ value: Value) throws(StoreError) -> [UInt8] {
    do throws(CanonicalJSONError) {
      return try CanonicalJSON.encode(value) + [0x0A]
    } catch {
      throw .notRecordable(error.message)
    }
  }

  /// A name that sorts behind those that are there: nanoseconds since 1970, then the id.
  private func arrivalName(id: String, in inbox: String) throws(StoreError) -> String {
    let now = sources.now()
    let latest = try Folders.names(in: inbox).compactMap { Int64($0.prefix(19)) }.max() ?? 0
    let moment = max(now.seconds * 1_000_000_000 + Int64(now.nanoseconds), latest + 1)
    let digits = String(moment)
    return String(repeating: "0", count: max(0, 19 - digits.utf8.count)) + digits + "-\(id).json"
  }
}
