import RunStore
import Values

extension Transcript {
  /// The transcript as Markdown (CommonMark with tables). Values stand in code spans or blocks and
  /// every other text is escaped, so that nothing that was typed can become a link or a heading.
  package func markdown(in format: MomentFormat = .utc) -> String {
    MarkdownTranscript(transcript: self, format: format).text
  }
}

private struct MarkdownTranscript {
  let transcript: Transcript
  let format: MomentFormat

  var text: String {
    let head = transcript.head
    var lines = ["# " + Markdown.escaped(head.name), ""] + facts(of: head)
    lines += list("Inputs", head.inputs(in: format)) + list("Labels", head.labels)
    if !transcript.steps.isEmpty { lines += stepTable }
    lines += ["", "## What happened", ""] + transcript.entries.flatMap(entryLines)
    if !transcript.problems.isEmpty {
      lines += ["", "## Problems", ""]
      lines += transcript.problems.map { "- Event \($0.seq): " + subject($0) }
    }
    lines += list("Outputs", head.outputs)
    lines += ["", "\(head.records) events; the last has the hash `\(head.lastHash)`."]
    return lines.joined(separator: "\n") + "\n"
  }

  private func facts(of head: Transcript.Head) -> [String] {
    var rows = [
      ("Run", Markdown.code(head.run)),
      ("Procedure", "\(Markdown.escaped(head.title)) (\(Markdown.code(head.workflow)))"),
      ("Version", Markdown.code(head.version)),
      ("File", file(head.file, head.sha256)),
    ]
    rows += head.migrations.map { migration in
      (
        "Moved to",
        "\(Markdown.code(migration.shownVersion)) \(format.text(migration.at)) by "
          + "\(Markdown.escaped(migration.by)): \(file(migration.file, migration.sha256))"
      )
    }
    rows += [
      ("Environment", Markdown.code(head.environment) + (head.isRehearsal ? ", a rehearsal" : "")),
      ("Started", "\(format.text(head.startedAt)) by \(Markdown.escaped(head.startedBy))"),
      ("Status", Markdown.escaped(head.status)),
    ]
    if let end = head.finishedAt, let span = end.since(head.startedAt) {
      rows.append(("Ended", "\(format.text(end)), after \(MomentFormat.text(span))"))
    }
    if let message = head.message { rows.append(("Message", Markdown.escaped(message))) }
    if let ledger = head.ledger { rows.append(("Ledger", Markdown.escaped(ledger.sentence))) }
    return ["| | |", "| --- | --- |"] + rows.map { "| \($0.0) | \(Markdown.cell($0.1)) |" }
  }

  private func file(_ path: String, _ sha256: String) -> String {
    "\(Markdown.code(path)), SHA-256 \(Markdown.code(sha256))"
  }

  private var stepTable: [String] {
    ["", "## Steps", ""]
      + [
        "| step | status | how | by | remarks | began | took | target |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
      ]
      + transcript.steps.map { step in
        let cells = [
          "\(Markdown.escaped(step.title)) \(Markdown.code(step.address))",
          step.words(whileRunIs: transcript.head.status), words(step.doing.how ?? ""),
          Markdown.escaped(step.doing.by ?? ""), remarks(of: step),
          step.startedAt.map(format.text) ?? "",
          step.duration.map(MomentFormat.text) ?? "", target(of: step),
        ]
        return "| " + cells.map(Markdown.cell).joined(separator: " | ") + " |"
      }
  }

  private func remarks(of step: TranscriptStep) -> String {
    Markdown.escaped(
      ([step.why].compactMap(\.self) + step.remarks).joined(separator: "; "))
  }

  private func words(_ name: String) -> String {
    name.split(separator: "_").joined(separator: " ")
  }

  private func target(of step: TranscriptStep) -> String {
    guard let target = step.target else { return "" }
    let verdict = step.isWithinTarget.map { $0 ? ", met" : ", **missed**" } ?? ""
    return MomentFormat.text(target) + verdict
  }

  private func entryLines(_ entry: TranscriptEntry) -> [String] {
    ["- \(format.text(entry.at)) \(subject(entry))"]
      + entry.details.flatMap { detailLines($0, indent: "  ") }
  }

  private func subject(_ entry: TranscriptEntry) -> String {
    let sentence = Markdown.escaped(entry.sentence)
    let body = entry.weight == .problem ? "**\(sentence)**" : sentence
    guard let step = entry.step, !step.isEmpty else { return body }
    return "\(Markdown.escaped(entry.title ?? step)) \(Markdown.code(step)): \(body)"
  }

  private func list(_ title: String, _ values: [Shown]) -> [String] {
    values.isEmpty ? [] : ["", "## \(title)", ""] + values.flatMap { detailLines($0, indent: "") }
  }

  private func detailLines(_ shown: Shown, indent: String) -> [String] {
    let name = Markdown.escaped(shown.name)
    guard shown.value != nil else { return ["\(indent)- \(name): (sensitive)"] }
    guard shown.isLong else {
      return ["\(indent)- \(name): \(Markdown.code(shown.text(in: format)))"]
    }
    return ["\(indent)- \(name):", ""]
      + Markdown.block(shown.text(in: format), indent: indent + "  ") + [""]
  }
}
