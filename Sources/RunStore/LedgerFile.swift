internal import Documents
internal import Glibc
internal import Values

/// The project's ledger in the hands of a process that adds to it, kept open from one line to the next.
///
/// `@unchecked Sendable`: ``RunStore/ledgerLines`` lets one thread at a time add.
final class LedgerFile: @unchecked Sendable {
  typealias Line = (run: String, events: Int, head: String)

  /// The file as it was after this process last wrote to it, and the lock that goes with it.
  private struct Open {
    let lock: KernelLock
    let file: OpenFile
    let inode: UInt
    var end: Int
    var head: String
  }

  private var open: Open?

  /// Adds lines, durably, while no other process does.
  func append(_ lines: [Line], in store: RunStore) throws(StoreError) {
    var open = try take(store)
    defer { open.lock.release() }
    // What is known of it counts again once the lines are on disk.
    self.open = nil
    let isNew = open.end == 0
    var writer = ByteWriter()
    var head = open.head
    let at = store.now()
    for line in lines { head = Self.append(line, at: at, after: head, to: &writer) }
    do throws(StoreError) {
      try open.file.write(writer.bytes, at: open.end)
    } catch {
      try? open.file.truncate(to: open.end)
      throw error
    }
    try open.file.syncData()
    if isNew { try Folders.sync(store.root) }
    open.end += writer.count
    open.head = head
    self.open = open
  }

  /// The locked file: the one that is open, if others find the same. Its end is read again where
  /// another process has added to it.
  private func take(_ store: RunStore) throws(StoreError) -> Open {
    if var open {
      _ = try open.lock.take(waiting: true)
      var status = stat()
      if stat(store.ledgerPath, &status) == 0, UInt(status.st_ino) == open.inode {
        if Int(status.st_size) == open.end { return open }
        (open.end, open.head) = try store.ledgerEnd(open.file)
        return open
      }
      open.lock.release()
    }
    let lock = try KernelLock.wait(store.root + "/ledger.lock")
    let file = try OpenFile(store.ledgerPath, O_RDWR | O_CREAT | O_NOFOLLOW)
    let (end, head) = try store.ledgerEnd(file)
    return Open(lock: lock, file: file, inode: try file.inode(), end: end, head: head)
  }

  /// Appends a line and returns its hash.
  ///
  /// The members come in the order of RFC 8785, so that the text that is hashed is the line with
  /// `"hash":"…",` cut out.
  private static func append(
    _ line: Line, at moment: String, after head: String, to writer: inout ByteWriter
  ) -> String {
    var text = ByteWriter()
    text.append("{\"at\":")
    CanonicalJSON.append(text: moment, to: &text)
    text.append(",\"events\":")
    text.append(decimal: line.events)
    let place = text.count
    text.append(",\"head\":")
    CanonicalJSON.append(text: line.head, to: &text)
    text.append(",\"prev\":")
    CanonicalJSON.append(text: head, to: &text)
    text.append(",\"run\":")
    CanonicalJSON.append(text: line.run, to: &text)
    text.append("}")
    let hash = Digest.hex(UnsafeRawBufferPointer(text.bytes))
    writer.append(contentsOf: UnsafeBufferPointer(rebasing: text.bytes[..<place]))
    writer.append(",\"hash\":")
    CanonicalJSON.append(text: hash, to: &writer)
    writer.append(contentsOf: UnsafeBufferPointer(rebasing: text.bytes[place...]))
    writer.append(0x0A)
    return hash
  }
}
