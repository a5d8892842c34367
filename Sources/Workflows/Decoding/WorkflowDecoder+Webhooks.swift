import Documents
import SourceText
import Values

extension WorkflowDecoder {
  /// A trigger of a path that others call, and the connection that verifies who does.
  func webhook(_ path: Node, _ trigger: Node) -> Trigger.Source? {
    guard let text = decoder.text(path, "webhook") else { return nil }
    if !isPath(text) {
      decoder.report(
        .valueNotAllowed,
        text.isEmpty ? "`webhook` is empty" : "`\(text)` is not a path for a webhook",
        at: path.span,
        label: "expected letters, digits, `-`, `_` and `.`, with `/` between: `payfast/itn`")
    }
    return .webhook(path: text, connection: connection(trigger, at: path.span))
  }

  /// A schedule has nobody to verify.
  func refuseConnection(_ trigger: Node) {
    guard let node = trigger["connection"] else { return }
    decoder.report(
      .misplacedKey, "`connection` does not belong to a `schedule`", at: node.span,
      label: "it verifies who calls a `webhook`")
  }

  private func connection(_ trigger: Node, at span: SourceSpan) -> String? {
    let names = catalog.environmentConnections
    guard let node = trigger["connection"] else {
      decoder.report(
        .missingKey, "a `webhook` has no `connection`", at: span,
        label: names.isEmpty ? nil : "there is \(shortened(names))",
        help: "the connection verifies who calls: its name in baton.yaml, `connection: payments`")
      return nil
    }
    guard let name = decoder.text(node, "connection") else { return nil }
    if !names.contains(where: { $0.hasSameBytes(as: name) }) {
      decoder.report(
        .unknownOperation, "unknown connection `\(name)`", at: node.span,
        label: names.isEmpty
          ? "the environment has no connections" : "there is \(shortened(names))",
        help: decoder.suggestion(name, names))
    }
    return name
  }

  private func shortened(_ names: [String]) -> String {
    names.shortQuotedList
  }

  /// Parts of what RFC 3986 calls unreserved characters, none of them `.` or `..`.
  private func isPath(_ text: String) -> Bool {
    text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part != "." && part != ".."
        && part.utf8.allSatisfy { byte in
          switch byte {
          case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
          default: false
          }
        }
    }
  }
}
