import CommandLineKit
import Fields
import Plugins
import Values
import Workflows

/// `baton plugins`.
enum PluginsCommand: BatonCommand {
  static let name = "plugins"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists the operations and events that steps can use in an environment",
      examples: [
        .init("baton plugins", "those of the environment local"),
        .init("baton plugins -e production --json", "for programs"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let catalog = try call.catalog(of: call.project())
      let contracts = catalog.connectionNames.compactMap { connection in
        catalog.connection(named: connection).map { (connection, $0) }
      }
      if call.isJSON {
        let list = contracts.map { json($0.0, $0.1) }
        call.console.write(json: ["format": "baton-plugins/1", "connections": .list(list)])
      } else if call.isQuiet {
        for name in catalog.operationNames { call.console.output.line(name) }
      } else {
        show(contracts, call)
      }
      return .done
    }
  }

  private static func show(_ contracts: [(String, PluginContract)], _ call: CommandCall) {
    let style = call.console.output.style
    var table = Table(["OPERATION", "EFFECTS", "WHAT IT DOES"])
    for (connection, contract) in contracts {
      for operation in contract.operations {
        table.add([
          .init("\(connection).\(operation.name)"), .init(operation.effects.rawValue),
          .init(operation.summary),
        ])
      }
    }
    call.console.output.write(table.text(style: style))
    var events = Table(["EVENT", "DATA"])
    for (connection, contract) in contracts {
      for event in contract.events {
        events.add([
          .init("\(connection).\(event.name)"), .init(event.fields.names.joined(separator: ", ")),
        ])
      }
    }
    let text = events.text(style: style)
    if !text.isEmpty { call.console.output.write("\n" + text) }
  }

  private static func json(_ connection: String, _ contract: PluginContract) -> Value {
    [
      "connection": .string(connection), "plugin": .string(contract.name),
      "summary": .string(contract.summary),
      "operations": .list(
        contract.operations.map { operation in
          [
            "name": .string(operation.name), "summary": .string(operation.summary),
            "effects": .string(operation.effects.rawValue),
            "inputs": .list(operation.inputs.names.map { .string($0) }),
            "outputs": .list(operation.outputs.names.map { .string($0) }),
          ]
        }),
      "events": .list(
        contract.events.map { event in
          [
            "name": .string(event.name),
            "fields": .list(event.fields.names.map { .string($0) }),
          ]
        }),
    ]
  }
}
