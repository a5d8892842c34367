import Actions
import CEL
import Documents
import SourceText
import Values

extension Project {
  private static let keys = ["baton", "project", "people", "default_environment", "environments"]

  /// Reads `baton.yaml`; nil where it is wrong, which has been reported then.
  static func decode(
    _ file: SourceFile, root: String, into diagnostics: Diagnostics
  ) -> Project? {
    let before = diagnostics.errorCount
    guard let document = DocumentReader.read(file, into: diagnostics) else { return nil }
    let reader = DriverReader(
      file, diagnostics, shape: .projectShape, unknownKey: .unknownProjectKey)
    _ = reader.members(document, "`\(file.path)`", allowed: keys)
    checkVersion(document, reader)
    let people = document["people"].map { self.people($0, reader) } ?? []
    var environments = (document["environments"]?.members ?? []).map { member in
      environment(member, root: root, reader)
    }
    if let node = document["environments"] { _ = reader.members(node, "`environments`") }
    if environments.isEmpty {
      environments = [
        ProjectEnvironment(
          name: "local", connections: [], notification: nil, secrets: SecretStore(folder: root))
      ]
    }
    let chosen = defaultEnvironment(document["default_environment"], environments, reader)
    let name = reader.text(document["project"], "`project`")
    guard diagnostics.errorCount == before else { return nil }
    return Project(
      root: root, name: name ?? root.split(separator: "/").last.map(String.init) ?? "project",
      people: people, environments: environments, defaultEnvironment: chosen, file: file)
  }

  private static func checkVersion(_ document: Node, _ reader: DriverReader) {
    guard document.members != nil else { return }
    if let version = document["baton"] {
      if version.text != "1" {
        reader.report(
          .projectShape, "this baton reads version 1 of the language", at: version.span,
          label: "expected `1`")
      }
    } else {
      reader.report(
        .projectShape, "`\(reader.file.path)` does not say its version", at: document.span,
        help: "write `baton: 1` at its top")
    }
  }

  private static func people(_ node: Node, _ reader: DriverReader) -> [Person] {
    reader.members(node, "`people`").map { member in
      let person = member.value
      _ = reader.members(person, "a person", allowed: ["name", "email", "roles"])
      return Person(
        id: member.name, name: reader.text(person["name"], "`name`") ?? member.name,
        email: reader.text(person["email"], "`email`"),
        roles: reader.list(person["roles"], "`roles`").compactMap { reader.text($0, "a role") })
    }
  }

  private static func defaultEnvironment(
    _ node: Node?, _ environments: [ProjectEnvironment], _ reader: DriverReader
  ) -> String {
    let names = environments.map(\.name)
    if let node, let name = reader.text(node, "`default_environment`") {
      if !names.contains(where: { $0.hasSameBytes(as: name) }) {
        reader.report(
          .projectShape, "there is no environment `\(name)`", at: node.span,
          label: "there are \(names.joined(separator: ", "))",
          help: nearest(name, among: names).map { "did you mean `\($0)`?" })
      }
      return name
    }
    return names.contains("local") ? "local" : names.first ?? "local"
  }

  private static func environment(
    _ member: Member, root: String, _ reader: DriverReader
  ) -> ProjectEnvironment {
    let node = member.value
    _ = reader.members(
      node, "the environment `\(member.name)`", allowed: ["notify", "connections", "secrets"])
    let command = node["secrets"].flatMap { secretsCommand($0, reader) }
    let secrets = SecretStore(command: command, folder: root)
    let scope = DriverScope([:], functions: [secrets.declaration])
    let connections = node["connections"].map { connections in
      reader.members(connections, "`connections`").compactMap { connection($0, scope, reader) }
    }
    return ProjectEnvironment(
      name: member.name, connections: connections ?? [],
      notification: node["notify"].flatMap { notification($0, reader) }, secrets: secrets)
  }

  /// `{ command: [program, argument, "{name}"] }`.
  private static func secretsCommand(_ node: Node, _ reader: DriverReader) -> [String]? {
    _ = reader.members(node, "`secrets`", allowed: ["command"])
    let words = reader.list(node["command"], "`command`").compactMap {
      reader.text($0, "an argument")
    }
    if words.isEmpty {
      reader.report(
        .projectShape, "`secrets` does not say which command", at: node.span,
        help: "write `secrets: { command: [program, \"{name}\"] }`")
    }
    return words.isEmpty ? nil : words
  }

  private static func connection(
    _ member: Member, _ scope: DriverScope, _ reader: DriverReader
  ) -> ConnectionDefinition? {
    let node = member.value
    let members = reader.members(node, "the connection `\(member.name)`")
    guard let driver = reader.text(node["driver"], "`driver`") else {
      if node["driver"] == nil, node.members != nil {
        reader.report(
          .projectShape, "the connection `\(member.name)` has no driver", at: member.key.span,
          help: "write `\(member.name): { driver: NAME, … }`")
      }
      return nil
    }
    let plugin = reader.text(node["plugin"], "`plugin`") ?? member.name
    guard isName(plugin), isName(driver), isName(member.name) else {
      reader.report(
        .projectShape, "names of connections, plugins and drivers are letters, digits, `_` and `-`",
        at: member.key.span)
      return nil
    }
    let settings = members.filter { !["driver", "plugin"].contains($0.name) }.map { setting in
      (name: setting.name, value: reader.template(setting.value, scope))
    }
    return ConnectionDefinition(
      name: member.name, plugin: plugin, driver: driver, span: member.key.span,
      settings: settings)
  }

  /// A name that is also the name of a file: it cannot lead out of `plugins`.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
      }
  }

  private static func notification(
    _ node: Node, _ reader: DriverReader
  ) -> NotificationDefinition? {
    _ = reader.members(node, "`notify`", allowed: ["action", "with"])
    guard let action = reader.text(node["action"], "`action`") else {
      reader.report(
        .projectShape, "`notify` does not say which action", at: node.span,
        help: "write `notify: { action: mail.send, with: { … } }`")
      return nil
    }
    let scope = DriverScope([
      "person": .map(.string, .dyn), "text": .string, "run": .map(.string, .dyn),
      "step": .map(.string, .dyn),
    ])
    return NotificationDefinition(
      operation: action, inputs: reader.templates(node["with"], "`with`", scope))
  }
}
