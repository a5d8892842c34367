import Synchronization

/// What the steps of a workflow may call and wait for: the contracts behind the names of
/// connections, and what is built in.
package final class Catalog: Sendable {
  private let connections: [String: PluginContract]
  private let calendars: [String: CalendarFile]
  /// The built-in contracts that nothing carries out here.
  private let absent: Set<String>
  /// The operations that were asked for.
  private let found = Mutex<[String: OperationContract]>([:])

  /// - Parameters:
  ///   - connections: from a connection's name to the contract of its plugin. A name hides the
  ///     built-in plugin of that name.
  ///   - calendars: from a calendar's name to its file.
  ///   - absent: the built-in contracts that need a connection of the environment and have none.
  package init(
    _ connections: [String: PluginContract] = [:], calendars: [String: CalendarFile] = [:],
    absent: Set<String> = []
  ) {
    self.connections = connections
    self.calendars = calendars
    self.absent = absent
  }

  /// The built-in contracts whose operations only a connection of the environment carries out.
  package static let contractsWithoutHandlers: Set<String> = ["mail"]

  /// Only what is built in.
  package static let builtIn = Catalog()

  /// The contract behind a connection, or the built-in one of that name.
  package func connection(named name: String) -> PluginContract? {
    if let contract = connections[name] { return contract }
    return absent.contains(name) ? nil : BuiltInContracts.plugin(named: name)
  }

  /// Whether the operations of a connection are carried out by what is built in.
  func isBuiltIn(_ name: String) -> Bool {
    connections[name] == nil && BuiltInContracts.names.contains(name)
      && !Self.contractsWithoutHandlers.contains(name)
  }

  /// The operation `connection.operation`; nil where either part is unknown.
  package func operation(named name: String) -> OperationContract? {
    found.withLock { found in
      if let known = found[name] { return known }
      guard let (connection, operation) = split(name),
        let contract = self.connection(named: connection)?.operation(named: operation)
      else { return nil }
      found[name] = contract
      return contract
    }
  }

  /// The event `connection.event`; nil where either part is unknown.
  package func event(named name: String) -> EventContract? {
    guard let (connection, event) = split(name) else { return nil }
    return self.connection(named: connection)?.event(named: event)
  }

  /// The calendar of that name.
  package func calendar(named name: String) -> CalendarFile? { calendars[name] }

  /// The names of the calendars, sorted.
  package var calendarNames: [String] { calendars.keys.sorted() }

  /// The names of all connections, built-in ones included, sorted.
  package var connectionNames: [String] {
    Set(connections.keys).union(BuiltInContracts.names).subtracting(missing).sorted()
  }

  /// The names of the connections of the environment, sorted.
  package var environmentConnections: [String] { connections.keys.sorted() }

  /// Those of ``absent`` that no connection has the name of.
  private var missing: Set<String> { absent.subtracting(connections.keys) }

  /// What to write so that an absent contract can be used; nil where it is not absent.
  func remedy(for name: String) -> String? {
    missing.contains(name)
      ? "add `\(name): { driver: … }` to the `connections` in baton.yaml, and its files to "
        + "`plugins/\(name)`" : nil
  }
}

/// The two parts of `connection.operation`.
func split(_ name: String) -> (connection: String, member: String)? {
  guard let dot = name.firstIndex(of: ".") else { return nil }
  let member = name[name.index(after: dot)...]
  guard dot != name.startIndex, !member.isEmpty, !member.contains(".") else { return nil }
  return (String(name[..<dot]), String(member))
}
