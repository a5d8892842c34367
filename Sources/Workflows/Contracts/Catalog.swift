import Synchronization

/// What the steps of a workflow may call and wait for: the contracts behind the names of
/// connections, and what is built in.
package final class Catalog: Sendable {
  private let connections: [String: PluginContract]
  private let calendars: [String: CalendarFile]
  /// The operations that were asked for.
  private let found = Mutex<[String: OperationContract]>([:])

  /// - Parameters:
  ///   - connections: from a connection's name to the contract of its plugin. A name hides the
  ///     built-in plugin of that name.
  ///   - calendars: from a calendar's name to its file.
  package init(
    _ connections: [String: PluginContract] = [:], calendars: [String: CalendarFile] = [:]
  ) {
    self.connections = connections
    self.calendars = calendars
  }

  /// Only what is built in.
  package static let builtIn = Catalog()

  /// The contract behind a connection, or the built-in one of that name.
  package func connection(named name: String) -> PluginContract? {
    connections[name] ?? BuiltInContracts.plugin(named: name)
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
    Set(connections.keys).union(BuiltInContracts.names).sorted()
  }
}

/// The two parts of `connection.operation`.
func split(_ name: String) -> (connection: String, member: String)? {
  guard let dot = name.firstIndex(of: ".") else { return nil }
  let member = name[name.index(after: dot)...]
  guard dot != name.startIndex, !member.isEmpty, !member.contains(".") else { return nil }
  return (String(name[..<dot]), String(member))
}
