import Foundation
import Testing

/// A file system of a few hundred kilobytes.
struct SmallDisk {
  private let folder: URL
  private var filler: URL { folder.appending(path: "filler") }

  static var isPossible: Bool { geteuid() == 0 && run("/bin/mount", "--version") == 0 }

  init(at folder: URL) throws {
    self.folder = folder
    try #require(
      Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", folder.path) == 0)
  }

  /// Takes every byte that is left.
  func fill() throws {
    try Data().write(to: filler)
    let file = try FileHandle(forWritingTo: filler)
    while (try? file.write(contentsOf: Data(count: 4096))) != nil {}
  }

  func free() throws { try FileManager.default.removeItem(at: filler) }

  /// From now on, or until it is called with false, nothing can be written.
  func setReadOnly(_ isReadOnly: Bool) throws {
    let mode = "remount,\(isReadOnly ? "ro" : "rw")"
    try #require(Self.run("/bin/mount", "-o", mode, folder.path) == 0)
  }

  func remove() { _ = Self.run("/bin/umount", "-l", folder.path) }

  private static func run(_ program: String, _ arguments: String...) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
