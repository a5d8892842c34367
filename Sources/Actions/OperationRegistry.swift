import Synchronization
package import Workflows

/// An operation that can be carried out: its contract, and what does it.
package struct RegisteredOperation: Sendable {
  package let contract: OperationContract
  package let handler: any ActionHandler
  /// The driver's name; `built-in` for what needs none.
  package let driver: String
  /// SHA-256 of the driver file, for the record; empty for what is built in.
  package let driverSHA256: String
  /// The secrets that were read for this connection so far, for redaction.
  package let secrets: @Sendable () -> [String]

  package init(
    contract: OperationContract, handler: any ActionHandler, driver: String,
    driverSHA256: String = "", secrets: @escaping @Sendable () -> [String] = { [] }
  ) {
    self.contract = contract
    self.handler = handler
    self.driver = driver
    self.driverSHA256 = driverSHA256
    self.secrets = secrets
  }
}

/// Finds what carries out an operation, and keeps what it found.
package final class OperationRegistry: Sendable {
  private let find: @Sendable (String) -> Result<RegisteredOperation, ActionFailure>
  private let found = Mutex<[String: RegisteredOperation]>([:])

  /// - Parameter find: called until it finds an operation, so that what was missing may appear.
  package init(find: @escaping @Sendable (String) -> Result<RegisteredOperation, ActionFailure>) {
    self.find = find
  }

  /// The operation `connection.operation`.
  ///
  /// - Returns: `.unavailable` with a sentence where its connection, plugin, driver or driver file
  ///   is missing or wrong.
  package func operation(named name: String) -> Result<RegisteredOperation, ActionFailure> {
    if let known = found.withLock({ $0[name] }) { return .success(known) }
    let result = find(name)
    if case .success(let operation) = result { found.withLock { $0[name] = operation } }
    return result
  }

  /// The secrets that were read so far by all operations that were used, for redaction.
  package var secrets: [String] {
    found.withLock { operations in
      Array(Set(operations.values.flatMap { $0.secrets() }))
    }
  }
}
