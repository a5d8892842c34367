import CSQLite
import Glibc
import Values

/// An open SQLite file, used by one thread at a time.
///
/// `synchronous` is EXTRA: what is committed has also survived a loss of power (the rollback
/// journal's removal is synced, which FULL leaves out).
final class SQLiteDatabase {
  /// What SQLite said.
  struct Failure: Error, Hashable, Sendable {
    /// The primary result code.
    let code: Int32
    /// Which of the codes of the same kind.
    let extendedCode: Int32
    let message: String

    var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    var isConstraint: Bool { code == SQLITE_CONSTRAINT }
    var isInterrupted: Bool { code == SQLITE_INTERRUPT }
    /// Whether a database was to be changed that is open for reading only; where its file is, the code is another.
    var isForbiddenWrite: Bool { extendedCode == SQLITE_READONLY }
  }

  /// A row: the columns that are not NULL, by name.
  typealias Row = ValueMap

  private static let stepsBetweenLooks: Int32 = 10_000

  private let handle: OpaquePointer
  private let identity: FileIdentity?
  private let path: String
  private var deadline: UnsafeMutablePointer<Int64>

  /// Opens a file, which is made where it is missing.
  ///
  /// - Parameter patience: how long to wait for another process's lock, now and later.
  /// - Throws: ``Failure``.
  init(path: String, patience: TimeSpan = .zero) throws(Failure) {
    var opened: OpaquePointer?
    let flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_FULLMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw Failure(code: code & 0xFF, extendedCode: code, message: message)
    }
    handle = opened
    self.path = path
    deadline = .allocate(capacity: 1)
    deadline.pointee = 0
    identity = FileIdentity(path: path)
    sqlite3_extended_result_codes(handle, 1)
    csqlite_harden(handle)
    sqlite3_busy_timeout(handle, Int32(clamping: patience.milliseconds))
    SQLiteFunctions.register(on: handle)
    sqlite3_progress_handler(handle, Self.stepsBetweenLooks, isOverdue, deadline)
    try execute("PRAGMA synchronous = EXTRA")
  }

  deinit {
    sqlite3_close_v2(handle)
    deadline.deallocate()
  }

  /// Whether the file at the path is still the one that was opened.
  var isCurrent: Bool { identity != nil && FileIdentity(path: path) == identity }

  /// How long to wait for another process's lock, and when to give a statement up.
  func limitTime(waitingForLocks patience: TimeSpan, in all: TimeSpan?) {
    sqlite3_busy_timeout(handle, Int32(clamping: patience.milliseconds))
    deadline.pointee = all.map { monotonicMilliseconds() + max(1, $0.milliseconds) } ?? 0
  }

  /// Runs statements without parameters and drops their rows.
  ///
  /// - Throws: ``Failure``.
  func execute(_ text: String) throws(Failure) {
    try check(sqlite3_exec(handle, text, nil, nil, nil))
  }

  /// How many rows the last statement changed.
  var changes: Int { Int(sqlite3_changes(handle)) }

  /// Whether a transaction is open; SQLite ends one by itself on some errors.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Ends an open transaction without a trace.
  func rollBack() {
    deadline.pointee = 0
    if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
  }

  /// Compiles the statements of a text one after the other and runs each.
  ///
  /// - Parameters:
  ///   - value: the value of a named parameter (without its `:`); nil where there is no such name.
  /// - Returns: nil for statements that give no rows, else the rows of the last that does.
  /// - Throws: ``Failure``; a parameter without a value is `SQLITE_RANGE`.
  func run(
    _ text: String, value: (String) -> Value?, rowLimit: Int = 100_000
  ) throws(Failure) -> Outcome {
    var outcome = Outcome()
    let bytes = Array(text.utf8CString)
    var offset = 0
    while offset < bytes.count - 1 {
      guard let (statement, next) = try prepare(bytes, from: offset) else { break }
      offset = next
      guard let statement else { continue }
      defer { sqlite3_finalize(statement) }
      try bind(statement, value)
      try step(statement, into: &outcome, rowLimit: rowLimit)
    }
    return outcome
  }

  /// What statements gave.
  struct Outcome: Sendable {
    /// The rows of the last statement that gives rows; nil where none does.
    var rows: [Row]?
    /// How many rows were changed in all.
    var changes = 0
  }

  private func prepare(
    _ bytes: [CChar], from offset: Int
  ) throws(Failure) -> (statement: OpaquePointer?, next: Int)? {
    var statement: OpaquePointer?
    var next = offset
    let code = bytes.withUnsafeBufferPointer { buffer -> Int32 in
      guard let start = buffer.baseAddress?.advanced(by: offset) else { return SQLITE_OK }
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(
        handle, start, Int32(clamping: bytes.count - offset), &statement, &tail)
      next = offset + (tail.map { $0 - start } ?? bytes.count)
      return code
    }
    try check(code)
    return next == offset ? nil : (statement, next)
  }

  private func bind(_ statement: OpaquePointer, _ value: (String) -> Value?) throws(Failure) {
    let count = sqlite3_bind_parameter_count(statement)
    guard count > 0 else { return }
    for index in 1...count {
      let name = sqlite3_bind_parameter_name(statement, index).map { String(cString: $0) } ?? "?"
      guard name.hasPrefix(":"), let value = value(String(name.dropFirst())) else {
        throw Failure(
          code: SQLITE_RANGE, extendedCode: SQLITE_RANGE,
          message: "the statement's parameter `\(name)` has no value")
      }
      try check(bind(value, to: index, of: statement))
    }
  }

  private func bind(_ value: Value, to index: Int32, of statement: OpaquePointer) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .bool(let flag): return sqlite3_bind_int64(statement, index, flag ? 1 : 0)
    case .int(let number): return sqlite3_bind_int64(statement, index, number)
    case .uint(let number):
      return sqlite3_bind_int64(statement, index, Int64(clamping: number))
    case .double(let number): return sqlite3_bind_double(statement, index, number)
    case .string(let text): return bindText(text, index, statement)
    case .bytes(let bytes):
      return bytes.withUnsafeBytes {
        csqlite_bind_blob(statement, index, $0.baseAddress, Int32(clamping: $0.count))
      }
    case .list, .map, .timestamp, .duration, .object:
      return bindText(value.columnText, index, statement)
    }
  }

  private func bindText(_ text: String, _ index: Int32, _ statement: OpaquePointer) -> Int32 {
    csqlite_bind_text(statement, index, text, Int32(clamping: text.utf8.count))
  }

  private func step(
    _ statement: OpaquePointer, into outcome: inout Outcome, rowLimit: Int
  ) throws(Failure) {
    let columns = sqlite3_column_count(statement)
    var rows: [Row] = []
    var code = sqlite3_step(statement)
    while code == SQLITE_ROW {
      guard rows.count < rowLimit else {
        throw Failure(
          code: SQLITE_TOOBIG, extendedCode: SQLITE_TOOBIG,
          message: "there are more than \(rowLimit) rows")
      }
      rows.append(row(of: statement, columns: columns))
      code = sqlite3_step(statement)
    }
    try check(code)
    if columns > 0 { outcome.rows = rows }
    if sqlite3_stmt_readonly(statement) == 0 { outcome.changes += changes }
  }

  private func row(of statement: OpaquePointer, columns: Int32) -> Row {
    var row = ValueMap(minimumCapacity: Int(columns))
    for column in 0..<columns {
      guard let name = sqlite3_column_name(statement, column) else { continue }
      row[String(cString: name)] = value(of: statement, column)
    }
    return row
  }

  private func value(of statement: OpaquePointer, _ column: Int32) -> Value? {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER:
      let number = sqlite3_column_int64(statement, column)
      // What JSON has no exact number for is text from the moment it enters, as in other answers.
      return number.magnitude <= 1 << 53 ? .int(number) : .string(String(number))
    case SQLITE_FLOAT: return .double(sqlite3_column_double(statement, column))
    case SQLITE_TEXT, SQLITE_BLOB:
      guard let bytes = sqlite3_column_blob(statement, column) else { return .string("") }
      let count = Int(sqlite3_column_bytes(statement, column))
      let content = UnsafeRawBufferPointer(start: bytes, count: count)
      // What is no text stays what it is: another text in its place would be handed on as if it were the answer.
      return String(validating: content, as: UTF8.self).map { .string($0) }
        ?? .bytes(Array(content))
    default: return nil
    }
  }

  private func check(_ code: Int32) throws(Failure) {
    switch code {
    case SQLITE_OK, SQLITE_ROW, SQLITE_DONE: return
    default:
      throw Failure(
        code: code & 0xFF, extendedCode: code, message: String(cString: sqlite3_errmsg(handle)))
    }
  }
}

/// Called by SQLite every so many steps; not 0 interrupts the statement.
private func isOverdue(_ context: UnsafeMutableRawPointer?) -> Int32 {
  guard let deadline = context?.assumingMemoryBound(to: Int64.self).pointee, deadline > 0 else {
    return 0
  }
  return monotonicMilliseconds() > deadline ? 1 : 0
}

private func monotonicMilliseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

extension TimeSpan {
  fileprivate var milliseconds: Int64 {
    min(max(seconds, 0), 1_000_000_000) * 1000 + Int64(max(nanoseconds, 0)) / 1_000_000
  }
}

/// Which file a path leads to.
private struct FileIdentity: Equatable {
  let device: UInt
  let number: UInt

  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}
