import CEL
import Workflows

/// Texts that the record keeps and people read, without the sensitive values of the run: those that are
/// sensitive by their declaration or since they are computed from such a one, and those that came from elsewhere.
extension Template {
  func shownText(_ scope: RunScope) throws(ExpressionFailure) -> String {
    scope.reader.vault.redact(try renderShown(scope))
  }

  func shownMarkdown(_ scope: RunScope) throws(ExpressionFailure) -> String {
    let vault = scope.reader.vault
    let markdown = vault.redact(try renderMarkdown(scope))
    // A value is looked for as it is, not as it is escaped.
    let text = try renderShown(scope)
    let redacted = vault.redact(text)
    return redacted == text ? markdown : EscapedMarkdown.escaped(redacted)
  }
}
