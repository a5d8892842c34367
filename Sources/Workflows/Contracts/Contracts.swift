package import Fields
package import SourceText
import Values

/// What doing something twice means.
package enum Effects: String, Sendable, CaseIterable {
  /// Reads only.
  case none
  /// Twice is the same as once.
  case repeatable
  /// Safe with the same idempotency key.
  case keyed
  /// Twice is wrong.
  case once
}

/// What an operation takes, gives and does, whoever carries it out.
package final class OperationContract: Sendable {
  /// The plugin's name, which is not always the connection's.
  package let plugin: String
  package let name: String
  package let summary: String
  package let effects: Effects
  package let inputs: FieldSet
  package let outputs: FieldSet
  package let errors: [OperationError]
  /// How long the service remembers an idempotency key; nil: for ever.
  package let keyLasts: Length?
  package let probe: Probe?
  package let undo: UndoDefinition?
  package let examples: [OperationExample]
  package let manual: Template?

  init(
    plugin: String, name: String, summary: String = "", effects: Effects = .once,
    inputs: FieldSet, outputs: FieldSet, errors: [OperationError] = [],
    keyLasts: Length? = nil, probe: Probe? = nil, undo: UndoDefinition? = nil,
    examples: [OperationExample] = [], manual: Template? = nil
  ) {
    self.plugin = plugin
    self.name = name
    self.summary = summary
    self.effects = effects
    self.inputs = inputs
    self.outputs = outputs
    self.errors = errors
    self.keyLasts = keyLasts
    self.probe = probe
    self.undo = undo
    self.examples = examples
    self.manual = manual
  }
}

/// A way in which an operation can fail, and certainly has not happened.
package struct OperationError: Hashable, Sendable {
  package let code: String
  /// One sentence.
  package let meaning: String
  /// Whether the same request may succeed later; nil where the contract does not say.
  package let canRetry: Bool?

  init(code: String, meaning: String, canRetry: Bool? = nil) {
    self.code = code
    self.meaning = meaning
    self.canRetry = canRetry
  }
}

extension OperationContract {
  /// Codes of any operation that follow from what is asked, so that asking again comes to the same.
  private static let finalCodes = ["invalid_input", "invalid_message"]

  /// Whether the same request may succeed later, where it failed for certain and the driver says nothing of it:
  /// the world may have changed, unless the contract says that this will not help.
  package func mayRetry(after code: String) -> Bool {
    errors.first { $0.code.hasSameBytes(as: code) }?.canRetry
      ?? !Self.finalCodes.contains { $0.hasSameBytes(as: code) }
  }
}

/// An event that a plugin can tell of.
package final class EventContract: Sendable {
  package let plugin: String
  package let name: String
  package let fields: FieldSet

  init(plugin: String, name: String, fields: FieldSet) {
    self.plugin = plugin
    self.name = name
    self.fields = fields
  }
}

/// A plugin's operations and events: the content of `plugin.yaml`.
package final class PluginContract: Sendable {
  package let name: String
  package let version: String?
  package let summary: String
  package let operations: [OperationContract]
  package let events: [EventContract]
  /// nil for what is built in.
  package let file: SourceFile?

  init(
    name: String, version: String?, summary: String, operations: [OperationContract],
    events: [EventContract], file: SourceFile?
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.operations = operations
    self.events = events
    self.file = file
  }

  package func operation(named name: String) -> OperationContract? {
    operations.first { $0.name.hasSameBytes(as: name) }
  }

  package func event(named name: String) -> EventContract? {
    events.first { $0.name.hasSameBytes(as: name) }
  }
}
