internal import Glibc

/// The folder of all runs as it is at a moment.
struct RunFolders {
  private static let settled: Int64 = 50_000_000

  let listing: RunIndexListing
  /// Whether it changed long enough ago that a change from now on has another time.
  let isSettled: Bool
  private let folder: OpenFile

  /// nil where there are no runs.
  init?(_ store: RunStore) {
    var status = stat()
    guard let folder = try? OpenFile(store.runsFolder, O_RDONLY | O_DIRECTORY),
      fstat(folder.descriptor, &status) == 0
    else { return nil }
    self.folder = folder
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    listing = RunIndexListing(boot: Self.boot, changed: Self.nanoseconds(status.st_mtim))
    isSettled = Self.nanoseconds(now) - listing.changed > Self.settled
  }

  /// The stamp of a run's journal; nil where there is none.
  func stamp(of run: UnsafeRawBufferPointer) -> JournalStamp? {
    withUnsafeTemporaryAllocation(byteCount: run.count + 16, alignment: 1) { path in
      path.copyMemory(from: run)
      let tail: StaticString = "/journal.jsonl"
      UnsafeMutableRawBufferPointer(rebasing: path[run.count...])
        .copyMemory(from: UnsafeRawBufferPointer(start: tail.utf8Start, count: 15))
      var status = stat()
      let name = path.assumingMemoryBound(to: CChar.self)
      guard let start = name.baseAddress, fstatat(folder.descriptor, start, &status, 0) == 0 else {
        return nil
      }
      return JournalStamp(status)
    }
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// A number for the time since the machine started.
  private static let boot: UInt64 = {
    let file = try? OpenFile("/proc/sys/kernel/random/boot_id", O_RDONLY)
    let text = (try? file?.read(64, at: 0)) ?? []
    return text.withUnsafeBytes { ByteHash.of($0) }
  }()
}
