import Documents
import SourceText
import Values

/// The warnings that an author has looked at and wants to be silent, each with a reason.
///
/// `allow` stands at a step, for what is found in it, or at the top of the file, for all of it:
/// `allow: { B1501: the vendor has no way to take a letter back }`.
final class Allowances {
  private struct Allowance {
    let code: DiagnosticCode
    let key: Scalar
    let range: SourceSpan
    var isUsed = false
  }

  private let decoder: FileDecoder
  private var allowances: [Allowance] = []

  init(_ decoder: FileDecoder, root: Node, _ outlines: OutlineReader) {
    self.decoder = decoder
    let everywhere = SourceSpan(start: 0, end: decoder.file.bytes.count)
    if let written = root["allow"] { read(written, everywhere) }
    for outline in outlines.all {
      if let written = outline[.allow] { read(written, outline.node.span) }
    }
  }

  /// The warnings that nothing allows, and those about an `allow` that allows nothing.
  ///
  /// - Parameter isWhole: whether everything was looked at. Where the file has errors, a warning
  ///   may be missing that comes back when they are mended.
  func remaining(of warnings: [Diagnostic], isWhole: Bool) -> [Diagnostic] {
    let left = warnings.filter { !isAllowed($0) }
    guard isWhole else { return left }
    return left
      + allowances.filter { !$0.isUsed }.map { idle in
        Diagnostic(
          .idleAllowance, "`\(idle.code)` is allowed here, and there is no such warning",
          in: decoder.file, at: idle.key.span, help: "take it out")
      }
  }

  private func isAllowed(_ warning: Diagnostic) -> Bool {
    var isAllowed = false
    for index in allowances.indices where allowances[index].code == warning.code {
      let range = allowances[index].range
      guard range.start <= warning.span.start, warning.span.end <= range.end else { continue }
      allowances[index].isUsed = true
      isAllowed = true
    }
    return isAllowed
  }

  private func read(_ node: Node, _ range: SourceSpan) {
    for member in decoder.map(node, "`allow`") ?? [] {
      guard let code = code(member.key) else { continue }
      let reason = member.value.isNull ? "" : decoder.text(member.value, member.name)
      guard let reason, !reason.trimmed.isEmpty else {
        if reason != nil {
          decoder.report(
            .badAllowance, "`\(code)` is allowed without a reason", at: member.value.span,
            help: "say why: `allow: { \(code): … }`")
        }
        continue
      }
      allowances.append(Allowance(code: code, key: member.key, range: range))
    }
  }

  private func code(_ key: Scalar) -> DiagnosticCode? {
    let warnings = DiagnosticCode.warnings
    if let code = warnings.first(where: { $0.text.hasSameBytes(as: key.text) }) { return code }
    decoder.report(
      .badAllowance, "`\(key.text)` is not the code of a warning", at: key.span,
      label: "errors cannot be allowed",
      help: decoder.suggestion(key.text, warnings.map(\.text)))
    return nil
  }
}
