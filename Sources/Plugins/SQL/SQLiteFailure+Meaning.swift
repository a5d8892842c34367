import Actions
import CSQLite
import Values

extension SQLiteDatabase.Failure {
  /// What it means before anything was committed: nothing happened.
  func unavailable(_ file: String) -> ActionFailure {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED:
      return .unavailable(
        "the database `\(file)` is locked by another program",
        hint: "wait until the other program is done with it, or end it")
    case SQLITE_FULL:
      return .unavailable(
        "the disk with the database `\(file)` is full", hint: "make room on the disk")
    case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH:
      return .unavailable(
        "the database `\(file)` cannot be opened for writing: \(message)",
        hint: "give the user that runs baton access to the file and its folder")
    case SQLITE_NOTADB, SQLITE_CORRUPT:
      return .unavailable(
        "the file `\(file)` is no sound SQLite database: \(message)",
        hint: "restore it from a backup")
    case SQLITE_INTERRUPT:
      return .definite(
        code: "timeout", "the statements on `\(file)` took longer than they may")
    case SQLITE_TOOBIG:
      return .definite(code: "too_large", "the answer of `\(file)` is too large: \(message)")
    case SQLITE_CONSTRAINT:
      return .definite(
        code: "constraint", "the database `\(file)` refuses the values: \(message)",
        details: ["constraint": .string(message)])
    case SQLITE_IOERR, SQLITE_NOMEM, SQLITE_PROTOCOL:
      return .unavailable("the database `\(file)` cannot be used: \(message)")
    default:
      return .unavailable(
        "the driver's statements do not work on `\(file)`: \(message)", code: "driver_error",
        hint: "correct the driver file")
    }
  }

  /// What it means when it comes from the commit itself.
  func afterCommit(_ file: String) -> ActionFailure {
    switch code {
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_CONSTRAINT: return unavailable(file)
    default:
      return .lost(
        code: "unavailable",
        "the database `\(file)` failed while it committed, so nobody knows whether it did: \(message)"
      )
    }
  }
}
