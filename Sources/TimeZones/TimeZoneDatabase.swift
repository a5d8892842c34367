import Glibc
import Synchronization

/// The time zones of a folder of TZif files (RFC 8536), read when they are first asked for.
package final class TimeZoneDatabase: Sendable {
  /// What the system has installed.
  package static let system = TimeZoneDatabase()

  private static let largestFile = 1 << 20
  private static let longestName = 64
  private static let mostCached = 1024

  private let folder: String
  private let cache = Mutex<[String: ZoneRules]>([:])

  package init(folder: String = "/usr/share/zoneinfo") { self.folder = folder }

  /// The rules of a zone; nil where there is no such file or it is not a sound one.
  func rules(named name: String) -> ZoneRules? {
    guard Self.isSafe(name) else { return nil }
    if let known = cache.withLock({ $0[name] }) { return known }
    guard let bytes = Self.contents(of: folder + "/" + name),
      let rules = ZoneRules(zoneInfo: bytes)
    else { return nil }
    cache.withLock { zones in
      if zones.count >= Self.mostCached { zones.removeAll() }
      zones[name] = rules
    }
    return rules
  }

  /// The names of all zones, in order.
  package var names: [String] {
    var names: [String] = []
    collect("", into: &names)
    return names.sorted()
  }

  /// The parts of the folder that hold all zones once more, with other seconds.
  private static let copies: Set<String> = ["posix", "right"]

  /// The zones of a folder of the database, whose name ends with `/` or is empty.
  private func collect(_ prefix: String, into names: inout [String]) {
    guard prefix.utf8.count < Self.longestName, let listing = opendir(folder + "/" + prefix) else {
      return
    }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let word = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard Self.isSafe(prefix + word), !Self.copies.contains(word) else { continue }
      var status = stat()
      guard stat(folder + "/" + prefix + word, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        collect(prefix + word + "/", into: &names)
      } else if word.first?.isLowercase == false {
        // What is written small is no zone: `leapseconds`, `posixrules`.
        names.append(prefix + word)
      }
    }
  }

  /// Whether a name is made of plain components, so that it cannot leave the folder.
  static func isSafe(_ name: String) -> Bool {
    guard name.utf8.count <= longestName else { return false }
    let components = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return components.allSatisfy { component in
      guard let first = component.first, first.isLetter || first.isDigit else { return false }
      return component.allSatisfy { byte in
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "+")
      }
    }
  }

  private static func contents(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= largestFile
    else { return nil }
    let size = Int(status.st_size)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = read(file, buffer.baseAddress?.advanced(by: count), size - count)
        guard got > 0 else { return }
        count += got
      }
    }
  }
}
