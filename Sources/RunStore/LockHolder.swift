internal import Documents
internal import Glibc
internal import Values

extension LockHolder {
  /// For a sentence: "process 812 on `ops1` since …".
  var sentence: String {
    guard process != 0 else { return "another process" }
    return "process \(process) on `\(host)` since \(since)"
  }
}

/// The content of a lock: who holds it.
struct LockNote {
  var holder: LockHolder
  /// When the process started, in the kernel's ticks: a number used again is another process.
  var started: String

  static func current(since: String) -> LockNote {
    let process = getpid()
    return LockNote(
      holder: LockHolder(process: process, host: hostName(), since: since),
      started: ownStart.process == process ? ownStart.time : startTime(of: process) ?? "")
  }

  /// When this process started: a kernel with many threads to count takes long to say so.
  private static let ownStart = (process: getpid(), time: startTime(of: getpid()) ?? "")

  init(holder: LockHolder, started: String) {
    self.holder = holder
    self.started = started
  }

  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONReader.value(from: bytes), let process = value["process"]?.asInt,
      let host = value["host"]?.asString, let since = value["since"]?.asString
    else { return nil }
    holder = LockHolder(process: Int32(clamping: process), host: host, since: since)
    started = value["started"]?.asString ?? ""
  }

  var bytes: [UInt8] {
    let value: Value = [
      "host": .string(holder.host), "process": .int(Int64(holder.process)),
      "since": .string(holder.since), "started": .string(started),
    ]
    return ((try? CanonicalJSON.encode(value)) ?? []) + [0x0A]
  }

  /// Whether the process is known to be dead; one of another machine never is.
  var isDead: Bool {
    guard holder.process > 0, holder.host == hostName() else { return false }
    guard let now = startTime(of: holder.process) else { return true }
    return !started.isEmpty && !now.isEmpty && now != started
  }
}

/// The name of this machine.
func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard gethostname(&name, name.count - 1) == 0 else { return "" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Field 22 of `/proc/PID/stat`; nil where there is no such process, or only a zombie of it.
private func startTime(of process: Int32) -> String? {
  guard let file = try? OpenFile("/proc/\(process)/stat", O_RDONLY),
    let bytes = try? file.read(1024, at: 0), let close = bytes.lastIndex(of: 0x29)
  else { return kill(process, 0) == 0 || errno == EPERM ? "" : nil }
  let fields = bytes[(close + 1)...].split(separator: 0x20)
  guard fields.count > 19, fields[0].first != 0x5A, fields[0].first != 0x58 else { return nil }
  return String(decoding: fields[19], as: UTF8.self)
}
