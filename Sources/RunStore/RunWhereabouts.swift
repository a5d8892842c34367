internal import CLinux
internal import Glibc
internal import Synchronization

/// Where a run's folder is: what tells it from a copy of it, and on which machine.
package struct RunWhereabouts: Hashable, Sendable {
  /// A digest of what identifies the machine.
  package var machine: String
  package var host: String
  /// The folder, from the root of the file system.
  package var folder: String
  /// The folder's number and when it was created: a copy has others, a folder that is moved keeps
  /// them within a file system.
  package var identity: String
}

extension RunStore {
  /// Where a run's folder is now.
  package func whereabouts(of run: String) throws(StoreError) -> RunWhereabouts {
    try requireRun(run)
    return try whereabouts(of: run, at: folder(of: run))
  }

  /// - Parameter path: Where its folder is found: a new one has not got its name yet.
  func whereabouts(of run: String, at path: String) throws(StoreError) -> RunWhereabouts {
    var number: UInt64 = 0
    var seconds: Int64 = 0
    var nanoseconds: UInt32 = 0
    let code = clinux_identity(path, &number, &seconds, &nanoseconds)
    guard code == 0 else { throw StoreError(code, path, "look at") }
    let machine = sources.machine()
    return RunWhereabouts(
      machine: machine.identity, host: machine.host,
      folder: "\(absoluteRoot.path(of: root))/runs/\(run)",
      identity: "\(number)-\(seconds).\(nanoseconds)")
  }

  /// The store to which a folder of a run belongs; nil where there is no such run in it now.
  package func store(holding folder: String, of run: String) -> RunStore? {
    let suffix = "/runs/\(run)"
    guard folder.hasSuffix(suffix), Folders.exists(folder + "/journal.jsonl") else { return nil }
    return RunStore(root: String(folder.dropLast(suffix.count)), key: key, sources: sources)
  }

  /// How many records the ledger knows of a run.
  package func ledgerCount(of run: String) throws(StoreError) -> Int {
    var known = 0
    try ledger { entry in
      if entry.run == run { known = max(known, entry.events) }
      return true
    }
    return known
  }
}

extension RunWriter {
  /// Where the run's folder is; of a new run where it will be.
  package func whereabouts() throws(StoreError) -> RunWhereabouts {
    try store.whereabouts(of: run, at: folder)
  }
}

/// A machine that runs are on.
package struct Machine: Hashable, Sendable {
  /// A digest of what identifies it.
  package let identity: String
  /// What people call it.
  package let host: String

  package init(identity: String, host: String) {
    self.identity = identity
    self.host = host
  }

  /// The one that this process runs on.
  package static let current: Machine = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let id = (try? Folders.read("/etc/machine-id")) ?? []
    // The identity itself is not meant to be handed around (machine-id(5)).
    let source = id.isEmpty ? Array("host \(host)".utf8) : Array("baton ".utf8) + id
    return Machine(identity: String(Digest.hex(source).prefix(16)), host: host)
  }()
}

/// Where a store is from the root of the file system, found once in a process.
final class AbsoluteRoot: Sendable {
  private let known = Mutex<String?>(nil)

  func path(of root: String) -> String {
    known.withLock { known in
      if let known { return known }
      let path = Folders.absolute(root)
      known = path
      return path
    }
  }
}

extension Folders {
  /// The path from the root of the file system, links followed; the path as it is where it leads
  /// nowhere.
  fileprivate static func absolute(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}
