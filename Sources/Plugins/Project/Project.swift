package import Actions
import CEL
import Documents
import Fields
package import SourceText
package import Values
import Workflows

/// Somebody who works on runs.
package struct Person: Hashable, Sendable {
  package let id: String
  package let name: String
  package let email: String?
  package let roles: [String]

  package init(id: String, name: String, email: String?, roles: [String]) {
    self.id = id
    self.name = name
    self.email = email
    self.roles = roles
  }

  /// What expressions see as `person`.
  package var value: Value {
    var map: ValueMap = [
      "id": .string(id), "name": .string(name), "roles": .list(roles.map { .string($0) }),
    ]
    map["email"] = email.map { .string($0) }
    return .map(map)
  }
}

/// A project: its folder, its people, and what its workflows reach in each environment.
///
/// A folder without `baton.yaml` is one too, with the environment `local` and what is built in.
package struct Project: Sendable {
  package static let fileNames = ["baton.yaml", "baton.json"]

  /// The absolute path of its folder.
  package let root: String
  package let name: String
  package let people: [Person]
  package let environments: [ProjectEnvironment]
  /// The environment that is taken where nobody names one.
  package let defaultEnvironment: String
  /// Nil for a folder without `baton.yaml`.
  package let file: SourceFile?

  init(
    root: String, name: String, people: [Person], environments: [ProjectEnvironment],
    defaultEnvironment: String, file: SourceFile?
  ) {
    self.root = root
    self.name = name
    self.people = people
    self.environments = environments
    self.defaultEnvironment = defaultEnvironment
    self.file = file
  }

  /// The environment of that name.
  package func environment(named name: String) -> ProjectEnvironment? {
    environments.first { $0.name.hasSameBytes(as: name) }
  }

  package func person(named id: String) -> Person? {
    people.first { $0.id.hasSameBytes(as: id) }
  }

  /// Every role that somebody has, sorted.
  package var roles: [String] { Set(people.flatMap(\.roles)).sorted() }
}

/// Which connections there are, and who carries them out.
package struct ProjectEnvironment: Sendable {
  package let name: String
  package let connections: [ConnectionDefinition]
  /// How people are told of something; nil where the environment does not say.
  package let notification: NotificationDefinition?
  let secrets: SecretStore

  package func connection(named name: String) -> ConnectionDefinition? {
    connections.first { $0.name.hasSameBytes(as: name) }
  }
}

/// A connection as `baton.yaml` has it.
package struct ConnectionDefinition: Sendable {
  package let name: String
  package let plugin: String
  package let driver: String
  package let span: SourceSpan
  let settings: [(name: String, value: DriverTemplate)]
}

/// The operation that tells somebody something; its inputs see `person`, `text`, `run` and `step`.
package struct NotificationDefinition: Sendable {
  /// `connection.operation`.
  package let operation: String
  let inputs: [(name: String, value: DriverTemplate)]

  /// Whether there is no message for somebody who has no address.
  package var readsEmail: Bool {
    inputs.contains { input in
      input.value.expressions.contains { expression in
        expression.references.contains {
          $0.path.starts(with: ["person", "email"]) && !$0.isGuarded
        }
      }
    }
  }

  /// The inputs for one message.
  ///
  /// - Parameters:
  ///   - run: What the message is about.
  ///   - step: Which step of it.
  /// - Throws: `.unavailable` where an expression fails.
  package func inputs(
    for person: Person, text: String, run: ValueMap = [:], step: ValueMap = [:]
  ) throws(ActionFailure) -> ValueMap {
    let context = DriverContext([
      "person": person.value, "text": .string(text), "run": .map(run), "step": .map(step),
    ])
    var values = ValueMap(minimumCapacity: inputs.count)
    for (name, template) in inputs { values[name] = try template.render(context) }
    return values
  }
}
