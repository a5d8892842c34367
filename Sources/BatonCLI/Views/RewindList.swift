import CommandLineKit
import Engine
import Values

/// What going back to a checkpoint would do, line by line, for people to read first.
struct RewindList {
  let preview: RewindPreview

  var lines: [String] {
    UndoList(preview: preview.undo).lines
      + list("keeps its outcome, and is not done again:", preview.kept)
      + list(
        "stays done, and is done again where what it puts right fails again:", preview.ifFailing)
      + list(
        "was done with what is done anew now, and is done again only with --again:",
        preview.outdated)
      + list("is done again, though it is not taken back:", preview.again)
      + list(
        "had failed, so that the run went on without it, and is tried again:", preview.retried)
      + list(
        "is looked at, asked or awaited again, since it is about what is done anew:",
        preview.renewed)
      + list("is done again with the values that were given for it:", preview.corrected.map(words))
      + list("is asked for again:", preview.voided)
      + list(
        "is asked again with what was given so far, its deadlines from then on:",
        preview.answersKept)
      + list("is asked again without what was given so far:", preview.answersLost)
  }

  private func words(for corrected: (step: String, with: StoredValues)) -> String {
    TextLayout.line("\(corrected.step): " + corrected.with.words.joined(separator: " "))
  }

  private func list(_ title: String, _ steps: [String]) -> [String] {
    steps.isEmpty ? [] : [title] + steps.map { "  \($0)" }
  }
}
