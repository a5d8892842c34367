import CommandLineKit
import Plugins
import Publishing
import SourceText
import Values
import Workflows

/// `baton schema`.
enum SchemaCommand: BatonCommand {
  static let name = "schema"
  private static let operation = CommandOption.value(
    "operation", "NAME", "only what one operation is called with",
    completion: .lines(["plugins", "--quiet"]))
  private static let tests = CommandOption.flag("tests", "the schema of files of tests")
  private static let output = CommandOption.value(
    "output", short: "o", "FILE", "writes it to a file", completion: .file)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "prints the JSON Schema of workflows, or of tests, for editors",
      discussion: [
        "It knows the operations and events of an environment, what each operation is called with, "
          + "and the roles of the project's people. Write it to a file, and name that file in the "
          + "first line of a workflow: # yaml-language-server: $schema=../workflow.schema.json",
        "Files of tests have a schema of their own, which knows what each operation answers and what "
          + "each event brings.",
      ],
      options: [operation, tests, output],
      examples: [
        .init("baton schema -o workflow.schema.json", "writes it for the editor"),
        .init("baton schema --tests -o test.schema.json", "the same for files of tests"),
        .init("baton schema --operation mail.send", "what `mail.send` is called with"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let project = try call.project()
      let catalog = try call.catalog(of: project)
      let schema = LanguageSchema(
        catalog: catalog, roles: project.people.flatMap(\.roles),
        workflows: project.workflows.names())
      let value = try self.value(schema, catalog, call)
      if let path = call.arguments.value(output) {
        try FileAccess.write(SchemaText.text(value), to: path, isPrivate: false)
      } else {
        call.console.output.write(SchemaText.text(value))
      }
      return .done
    }
  }

  private static func value(
    _ schema: LanguageSchema, _ catalog: Catalog, _ call: CommandCall
  ) throws(CommandFailure) -> Value {
    guard let name = call.arguments.value(operation) else {
      return call.arguments.has(tests) ? TestSchema(schema).value : schema.value
    }
    if call.arguments.has(tests) {
      throw .usage("--tests and --operation ask for different schemas", help: "give one of them")
    }
    if let value = schema.value(ofOperation: name) { return value }
    throw CommandFailure(
      .notFound, "unknown operation `\(name)`",
      help: nearest(name, among: catalog.operationNames).map { "did you mean `\($0)`?" }
        ?? "`baton plugins` lists the operations")
  }
}
