import Actions
import Documents
import Fields
package import SourceText
import Values
package import Workflows

extension Project {
  /// Holds what tells people in an environment against its operation, and warns of people whom it cannot tell
  /// anything: in a run, that shows only once it is too late.
  ///
  /// - Parameter isAdvised: whether it is warned, too, of what is most likely meant otherwise.
  package func checkNotification(
    environment name: String? = nil, catalog: Catalog, isAdvised: Bool = false,
    into diagnostics: Diagnostics
  ) {
    let name = name ?? defaultEnvironment
    guard let file, let notification = environment(named: name)?.notification,
      let root = DocumentReader.read(file, into: Diagnostics()),
      let node = root["environments"]?[name]?["notify"],
      NotificationCheck.run(
        node, in: file, catalog, isAdvised: isAdvised, into: diagnostics)
    else { return }
    let inputs = catalog.operation(named: notification.operation)?.inputs ?? FieldSet()
    for member in node["with"]?.members ?? [] {
      guard let field = inputs[member.name],
        let problems = notification.problems(of: field)
      else { continue }
      diagnostics.add(
        .inputMismatch, "\(problems)", in: file, at: member.value.span,
        help: "write `\(member.name): \"…\"` where text is meant")
    }
    if notification.readsEmail { warnOfUnreachable(root, node, environment: name, diagnostics) }
  }

  private func warnOfUnreachable(
    _ root: Node, _ notify: Node, environment name: String, _ diagnostics: Diagnostics
  ) {
    guard let file else { return }
    for member in root["people"]?.members ?? [] {
      guard let person = person(named: member.name), person.email == nil, !person.roles.isEmpty
      else { continue }
      diagnostics.add(
        .unreachablePerson, "`\(person.id)` is told of nothing in the environment `\(name)`",
        in: file, at: member.key.span, label: "has no `email`",
        notes: [.init("which `notify` reads", file: file, span: notify.span)],
        help: "write `email: …`")
    }
  }
}

extension NotificationDefinition {
  /// Why a value that is the same in every message does not fit a field. In a workflow a `3` is text where text
  /// is wanted; here nothing says what is wanted until the message is made.
  fileprivate func problems(of field: Field) -> FieldProblems? {
    guard let input = inputs.first(where: { $0.name.hasSameBytes(as: field.name) }),
      input.value.expressions.isEmpty,
      let value = try? input.value.render(DriverContext()).flatMap(field.present),
      case .failure(let problems) = field.check(value)
    else { return nil }
    return problems
  }
}
