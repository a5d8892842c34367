internal import CLinux
internal import Glibc

/// The end of a journal that grows: one write for what is buffered, one sync, space in advance.
final class JournalFile {
  /// How much of the disk is kept ahead of the end, so that a full disk can still journal parking.
  static let reserve = 32 * 1024
  /// Buffered bytes that are written without being asked.
  static let batch = 64 * 1024
  private static let largestBlock = 4 * 1024 * 1024

  var buffer: [UInt8] = []
  private let file: OpenFile
  /// What is in the file; the buffer comes after it.
  private(set) var written: Int
  private(set) var synced: Int
  private var allocated: Int
  private var canAllocate = true
  /// A sync that failed may have lost what was written: nothing can be promised any more.
  private var failure: StoreError?

  init(path: String, end: Int) throws(StoreError) {
    file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW)
    written = end
    synced = end
    allocated = end
    buffer.reserveCapacity(Self.batch + 16 * 1024)
  }

  /// Which bytes the file has now.
  func stamp() throws(StoreError) -> JournalStamp { try file.stamp() }

  /// Where the next record will begin.
  var end: Int { written + buffer.count }
  var isDurable: Bool { synced == end }

  /// Writes the buffer. After a failure nothing of it is in the file and all is still buffered.
  func flush(usingReserve: Bool) throws(StoreError) {
    if let failure { throw failure }
    guard !buffer.isEmpty else { return }
    if !usingReserve { try allocate(upTo: end + Self.reserve) }
    do throws(StoreError) {
      try file.write(buffer, at: written)
    } catch {
      try? file.truncate(to: written)
      allocated = written
      throw error
    }
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes the buffer and waits until it is on disk.
  func sync(usingReserve: Bool) throws(StoreError) {
    try flush(usingReserve: usingReserve)
    guard synced != written else { return }
    do throws(StoreError) {
      try file.syncData()
    } catch {
      failure = error
      throw error
    }
    synced = written
  }

  /// Gives back the space kept in advance.
  func close() {
    if allocated > written { try? file.truncate(to: written) }
    allocated = written
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
