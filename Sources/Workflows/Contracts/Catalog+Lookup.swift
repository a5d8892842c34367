import SourceText

extension Catalog: OperationLookup {
  func problem(with name: String) -> LookupProblem {
    guard let (connection, _) = split(name) else {
      return LookupProblem(
        message: "unknown operation `\(name)`", label: "expected `connection.operation`",
        near: nearOperation(name))
    }
    if let remedy = remedy(for: connection) {
      return LookupProblem(
        message: "unknown operation `\(name)`", label: "there is no connection `\(connection)`",
        help: remedy)
    }
    guard let plugin = self.connection(named: connection) else {
      return LookupProblem(
        message: "unknown operation `\(name)`", label: "there is no connection `\(connection)`",
        near: nearest(name, among: operationNames)
          ?? nearest(connection, among: connectionNames).map { near in
            "\(near)\(name.dropFirst(connection.count))"
          }
      )
    }
    let names = plugin.operations.map(\.name).sorted()
    return LookupProblem(
      message: "unknown operation `\(name)`",
      label: names.isEmpty
        ? "`\(connection)` has no operations"
        : "`\(connection)` has \(names.joined(separator: ", "))",
      near: nearest(name, among: names.map { "\(connection).\($0)" })
    )
  }

  /// What is wrong with the name of an event.
  func problem(withEvent name: String) -> LookupProblem {
    guard let (connection, _) = split(name), let plugin = self.connection(named: connection) else {
      return LookupProblem(
        message: "unknown event `\(name)`",
        label: split(name).map { "there is no connection `\($0.connection)`" }
          ?? "expected `connection.event`", near: nearest(name, among: eventNames))
    }
    let names = plugin.events.map(\.name).sorted()
    return LookupProblem(
      message: "unknown event `\(name)`",
      label: names.isEmpty
        ? "`\(connection)` tells of no events"
        : "`\(connection)` tells of \(names.joined(separator: ", "))",
      near: nearest(name, among: names.map { "\(connection).\($0)" })
    )
  }

  /// `connection.operation` of everything there is, sorted.
  package var operationNames: [String] {
    connectionNames.flatMap { name in
      (connection(named: name)?.operations ?? []).map { "\(name).\($0.name)" }.sorted()
    }
  }

  /// `connection.event` of everything there is, sorted.
  package var eventNames: [String] {
    connectionNames.flatMap { name in
      (connection(named: name)?.events ?? []).map { "\(name).\($0.name)" }.sorted()
    }
  }

  private func nearOperation(_ name: String) -> String? {
    operationNames.first { $0.hasSuffix(".\(name)") } ?? nearest(name, among: operationNames)
  }
}
