import Engine

/// What going back to a checkpoint would do, line by line, for people to read first.
struct RewindList {
  let preview: RewindPreview

  var lines: [String] {
    UndoList(preview: UndoPreview(entries: preview.entries, irreversible: [])).lines
      + list("keeps its outcome, and is not done again:", preview.kept)
      + list("is done again, though it is not taken back:", preview.again)
      + list("is asked for again:", preview.voided)
  }

  private func list(_ title: String, _ steps: [String]) -> [String] {
    steps.isEmpty ? [] : [title] + steps.map { "  \($0)" }
  }
}
