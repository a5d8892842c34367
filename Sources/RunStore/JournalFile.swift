internal import CLinux
internal import Documents
internal import Glibc

/// The end of a journal that grows: one write for what is buffered, one sync, space in advance.
///
/// A sync is much cheaper where the file does not grow with it. So from the second sync on, the file
/// is made longer ahead of its end, by line feeds that the records to come are written over; they are
/// cut off before the last record of a process.
final class JournalFile {
  /// How much of the disk is kept ahead of the end, so that a full disk can still journal parking.
  static let reserve = 32 * 1024
  /// Buffered bytes that are written without being asked.
  static let batch = 64 * 1024
  /// The most that is written ahead of the end.
  static let largestAdvance = 256 * 1024
  private static let smallestAdvance = 8 * 1024
  private static let largestBlock = 4 * 1024 * 1024
  private static let lineFeeds = [UInt8](repeating: 0x0A, count: largestAdvance)

  var buffer = ByteWriter(capacity: 16 * 1024)
  private let file: OpenFile
  /// How many bytes of records are in the file; the buffer comes after them.
  private(set) var written: Int
  private(set) var synced: Int
  /// How long the file is: behind the records there are line feeds.
  private var length: Int
  private var allocated: Int
  private var canAllocate = true
  private var hasSynced = false
  /// A sync that failed may have lost what was written: nothing can be promised any more.
  private var failure: StoreError?

  /// - Parameter end: where the records end.
  /// - Parameter isNew: makes the file; else it has to be there, and whoever looks for it later finds it
  ///   missing, not empty.
  init(path: String, end: Int = 0, isNew: Bool = false) throws(StoreError) {
    file = isNew ? try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW) : try Self.open(path, O_RDWR)
    written = end
    synced = end
    length = try file.size()
    allocated = end
  }

  /// Opens a journal that is there: a folder of a run has one from the moment it is made.
  ///
  /// - Throws: ``StoreError/damaged(file:record:_:)`` where it is missing.
  static func open(_ path: String, _ flags: Int32) throws(StoreError) -> OpenFile {
    do { return try OpenFile(path, flags | O_NOFOLLOW) } catch {
      guard error.saysMissing else { throw error }
      throw .damaged(file: "journal.jsonl", record: 0, "the journal is missing")
    }
  }

  /// Which bytes the file has once what is ahead of its end is given back.
  func stamp() throws(StoreError) -> JournalStamp {
    var stamp = try file.stamp()
    stamp.size = UInt64(written)
    return stamp
  }

  /// Where the next record will begin.
  var end: Int { written + buffer.count }
  var isDurable: Bool { synced == end }
  /// Whether nothing is buffered.
  var isWritten: Bool { buffer.count == 0 }

  /// Writes the buffer. After a failure nothing of it is in the file and all is still buffered.
  ///
  /// - Parameter isLast: Whether no record comes after these for now: the file ends with them then.
  func flush(usingReserve: Bool, isLast: Bool = false) throws(StoreError) {
    if let failure { throw failure }
    // Cutting gives the reserve back, too.
    if isLast, !usingReserve { try cut() }
    guard buffer.count > 0 else { return }
    // Nothing comes after the last record that would need the reserve.
    if !usingReserve, !isLast { try allocate(upTo: end + Self.reserve) }
    do throws(StoreError) {
      try file.write(buffer.bytes, at: written)
    } catch {
      try? file.truncate(to: written)
      (allocated, length) = (written, written)
      throw error
    }
    written += buffer.count
    length = max(length, written)
    buffer.truncate(to: 0)
    if isLast {
      try cut()
    } else if hasSynced, !usingReserve, length == written {
      advance()
    }
  }

  /// Writes the buffer and waits until it is on disk.
  func sync(usingReserve: Bool, isLast: Bool = false) throws(StoreError) {
    try flush(usingReserve: usingReserve, isLast: isLast)
    guard synced != written else { return }
    do throws(StoreError) {
      try file.syncData()
    } catch {
      failure = error
      throw error
    }
    synced = written
    hasSynced = true
  }

  /// Gives back the space kept in advance.
  func close() {
    if max(allocated, length) > written { try? file.truncate(to: written) }
    (allocated, length) = (written, written)
  }

  /// Cuts off what is behind the records.
  private func cut() throws(StoreError) {
    guard length > written else { return }
    try file.truncate(to: written)
    (allocated, length) = (written, written)
  }

  /// Makes the file longer than its records. Only a gain of time: where there is no room for it and
  /// the reserve, nothing changes.
  private func advance() {
    let size = min(max(Self.smallestAdvance, written), Self.largestAdvance)
    do throws(StoreError) {
      try allocate(upTo: written + size + Self.reserve)
      try Self.lineFeeds.withUnsafeBufferPointer { (bytes) throws(StoreError) in
        try file.write(UnsafeBufferPointer(rebasing: bytes.prefix(size)), at: written)
      }
      length = written + size
    } catch {
      try? file.truncate(to: written)
      (allocated, length) = (written, written)
    }
  }

  /// Keeps space beyond the end, in blocks that grow with the file. Where the file system has no such
  /// thing, there is no reserve.
  private func allocate(upTo size: Int) throws(StoreError) {
    guard canAllocate, size > allocated else { return }
    let block = min(max(Self.reserve * 2, written), Self.largestBlock)
    let wanted = (size + block - 1) / block * block
    var code = reserveSpace(wanted)
    if code == ENOSPC { code = reserveSpace(size) }
    guard code != 0 else { return }
    guard code == EOPNOTSUPP || code == ENOSYS || code == EINVAL else {
      throw StoreError(code, file.path, "grow")
    }
    canAllocate = false
  }

  /// 0, or the error number.
  private func reserveSpace(_ size: Int) -> Int32 {
    let code = clinux_keep_space(file.descriptor, Int64(allocated), Int64(size - allocated))
    if code == 0 { allocated = size }
    return code
  }
}
