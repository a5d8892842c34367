package import Documents
package import SourceText

/// What is not wrong and most likely meant otherwise in files that are no workflows: tests, contracts,
/// calendars, drivers, `baton.yaml`.
///
/// None of it can be allowed: quotes, or a value, always say what is meant.
package enum FileAdvice {
  /// - Parameter hasTemplates: whether texts of the file may hold `${{ … }}`, and nothing has looked at them.
  package static func look(
    at root: Node, in file: SourceFile, hasTemplates: Bool, into diagnostics: Diagnostics
  ) {
    let decoder = FileDecoder(file, diagnostics, isAdvised: true)
    if hasTemplates { lookForLookalikes(in: root, decoder) }
    look(at: root, decoder)
  }

  /// Gives the warnings of the decoder out, too.
  static func look(at root: Node, _ decoder: FileDecoder) {
    guard decoder.isAdvised else { return }
    ScalarCheck.run(root, decoder, isData: true)
    decoder.addWarnings()
  }

  private static func lookForLookalikes(in node: Node, _ decoder: FileDecoder) {
    switch node.content {
    case .scalar(let scalar):
      if !InterpolatedText.isNeeded(for: scalar) { decoder.checkLookalike(scalar) }
    case .sequence(let items): for item in items { lookForLookalikes(in: item, decoder) }
    case .mapping(let members):
      for member in members { lookForLookalikes(in: member.value, decoder) }
    }
  }
}
