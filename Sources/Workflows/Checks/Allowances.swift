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
    let allowed = self.allowed(warnings)
    let left = warnings.indices.filter { !allowed.contains($0) }.map { warnings[$0] }
    guard isWhole else { return left }
    return left
      + allowances.filter { !$0.isUsed }.map { idle in
        Diagnostic(
          .idleAllowance, "`\(idle.code)` is allowed here, and there is no such warning",
          in: decoder.file, at: idle.key.span, help: "take it out")
      }
  }

  /// Which of the warnings are allowed.
  ///
  /// Steps stand in each other or side by side: gone through in the order of the file, the allowances
  /// around a warning are few.
  private func allowed(_ warnings: [Diagnostic]) -> Set<Int> {
    var allowed: Set<Int> = []
    guard !allowances.isEmpty else { return allowed }
    allowances.sort { $0.range.start < $1.range.start }
    var around: [Int] = []
    var next = 0
    let inOrder = warnings.indices.sorted { warnings[$0].span.start < warnings[$1].span.start }
    for position in inOrder {
      let span = warnings[position].span
      while next < allowances.count, allowances[next].range.start <= span.start {
        around.removeAll { allowances[$0].range.end < allowances[next].range.start }
        around.append(next)
        next += 1
      }
      for index in around where allowances[index].code == warnings[position].code {
        guard span.end <= allowances[index].range.end else { continue }
        allowances[index].isUsed = true
        allowed.insert(position)
      }
    }
    return allowed
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
    if DiagnosticCode.idleAllowance.text.hasSameBytes(as: key.text) {
      decoder.report(
        .badAllowance, "`\(key.text)` is the warning about an `allow` and cannot be allowed",
        at: key.span, help: "take out the `allow` that it is about, and this one")
      return nil
    }
    decoder.report(
      .badAllowance, "`\(key.text)` is not the code of a warning", at: key.span,
      label: "errors cannot be allowed",
      help: decoder.suggestion(key.text, warnings.map(\.text)))
    return nil
  }
}

extension SilencedWarning {
  /// What is written; whether it is as it has to be is for ``Allowances`` to say.
  static func all(in root: Node, _ outlines: OutlineReader) -> [SilencedWarning] {
    var found = all(in: root["allow"], at: nil)
    guard outlines.keys.contains(.allow) else { return found }
    for outline in outlines.all { found += all(in: outline[.allow], at: outline.id) }
    return found
  }

  private static func all(in node: Node?, at step: String?) -> [SilencedWarning] {
    (node?.members ?? []).map { member in
      SilencedWarning(step: step, code: member.name, reason: member.value.text ?? "")
    }
  }
}
