import CEL
package import Documents
import Fields
package import SourceText

/// Holds the `notify` of an environment against its operation, as that of a rung is.
package enum NotificationCheck {
  /// - Parameters:
  ///   - node: `{ action, with }`, in `baton.yaml`.
  ///   - isAdvised: whether warnings are wanted, too.
  /// - Returns: Whether it can be called; what is wrong has been reported else.
  package static func run(
    _ node: Node, in file: SourceFile, _ catalog: Catalog, isAdvised: Bool,
    into diagnostics: Diagnostics
  ) -> Bool {
    let before = diagnostics.errorCount
    let decoder = FileDecoder(file, diagnostics, isAdvised: isAdvised)
    // Names of a place, of which it is known what may be absent.
    let scope = names.reduce(Scope(FileScope([]))) { $0.with($1) }
    _ = decoder.call(node, in: scope, catalog)
    let absence = AbsenceCheck(decoder, inputs: FieldSet())
    for read in decoder.reads { absence.check(read) }
    for needed in decoder.neededValues { absence.check(needed) }
    if isAdvised { SameSidesCheck(decoder: decoder).look(at: decoder.reads.indices) }
    decoder.addWarnings()
    return diagnostics.errorCount == before
  }

  /// What the call sees, which is less than what a rung of a workflow does.
  private static let names = [
    Scope.Name(name: "person", type: ContextTypes.person),
    Scope.Name(name: "text", type: .string),
    Scope.Name(
      name: "run",
      type: .object(
        ObjectType(
          "`run`",
          fields: [
            "id": .string, "name": .string, "labels": .map(.string, .dyn), "workflow": .string,
            "environment": .string,
          ]))),
    Scope.Name(
      name: "step",
      type: .object(
        ObjectType(
          "`step`",
          fields: [
            "id": .string, "address": .string, "title": .string, "role": .string,
            "due_at": .string,
          ], optional: ["role", "due_at"]))),
  ]
}
