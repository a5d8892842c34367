import Actions
import Glibc
import Synchronization
import Values

/// The open database of a connection, used by one attempt at a time.
///
/// `@unchecked Sendable`: `mutex` guards `database`; SQLite handles may move between threads.
final class SQLSession: @unchecked Sendable {
  private static let patience = TimeSpan(seconds: 5)

  private let mutex = Mutex(())
  private var database: SQLiteDatabase?
  private var openedPath: String?
  private let schema: String?

  init(schema: String?) { self.schema = schema }

  /// Lends the database of a file of the project; it is opened, and its schema completed, when that
  /// has not been done or the file is another one by now.
  ///
  /// - Throws: `.unavailable` where it cannot be opened, else what `body` throws.
  func withDatabase<Output>(
    file: String, project: ProjectFolder, timeout: TimeSpan?,
    _ body: (SQLiteDatabase) throws(ActionFailure) -> Output
  ) throws(ActionFailure) -> Output {
    let path = try absolutePath(file, project)
    let result: Result<Output, ActionFailure> = mutex.withLock { _ in
      do throws(ActionFailure) {
        let database = try open(path, shownAs: file, in: project, timeout: timeout)
        return .success(try body(database))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private func absolutePath(
    _ file: String, _ project: ProjectFolder
  ) throws(ActionFailure) -> String {
    do throws(ProjectFolder.Problem) {
      return try project.absolutePath(of: file, creating: true)
    } catch {
      throw .unavailable(
        "the database cannot be opened: \(error.message)",
        hint: "correct `file`, or the rights of its folder")
    }
  }

  private func open(
    _ path: String, shownAs file: String, in project: ProjectFolder, timeout: TimeSpan?
  ) throws(ActionFailure) -> SQLiteDatabase {
    let patience = timeout.map { min($0, Self.patience) } ?? Self.patience
    if let database, openedPath == path, database.isCurrent {
      database.limitTime(waitingForLocks: patience, in: timeout)
      return database
    }
    self.database = nil
    // A process that was killed while it committed may not have synced that the rollback journal is gone: what it did
    // would be seen here, and undone by a loss of power.
    do throws(ProjectFolder.Problem) { try project.syncFolder(of: file) } catch {
      throw .unavailable("the database cannot be opened: \(error.message)")
    }
    do throws(SQLiteDatabase.Failure) {
      let database = try SQLiteDatabase(path: path, patience: patience)
      database.limitTime(waitingForLocks: patience, in: timeout)
      try complete(database)
      self.database = database
      openedPath = path
      return database
    } catch {
      throw error.unavailable(file)
    }
  }

  /// Creates what is missing. The schema is written so that it can be run every time.
  private func complete(_ database: SQLiteDatabase) throws(SQLiteDatabase.Failure) {
    guard let schema else { return }
    try database.execute("BEGIN IMMEDIATE")
    do throws(SQLiteDatabase.Failure) {
      try database.execute(schema)
      try database.execute("COMMIT")
    } catch {
      database.rollBack()
      throw error
    }
  }
}
