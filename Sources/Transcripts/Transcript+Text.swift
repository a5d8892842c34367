import RunStore
import Values

extension Transcript {
  /// The transcript as plain text for a terminal or an email.
  ///
  /// - Parameter brief: only what people did and what went wrong.
  package func text(in format: MomentFormat = .utc, brief: Bool = false) -> String {
    TextTranscript(transcript: self, format: format, isBrief: brief).text
  }
}

private struct TextTranscript {
  let transcript: Transcript
  let format: MomentFormat
  let isBrief: Bool

  var text: String {
    var lines = headLines
    lines += list("Inputs", transcript.head.inputs(in: format))
    lines += list("Labels", transcript.head.labels)
    if !transcript.steps.isEmpty { lines += ["", "Steps"] + transcript.steps.flatMap(stepLines) }
    lines += ["", isBrief ? "What people did, and what went wrong" : "What happened"]
    let entries = transcript.entries.filter { !isBrief || $0.weight != .normal }
    lines += entries.flatMap(entryLines)
    if !transcript.problems.isEmpty, !isBrief {
      lines += ["", "Problems"] + transcript.problems.map { "  event \($0.seq): \(subject($0))" }
    }
    lines += list("Outputs", transcript.head.outputs)
    lines += [
      "", "\(transcript.head.records) events; the last has the hash \(transcript.head.lastHash)",
    ]
    return lines.map(visible).joined(separator: "\n") + "\n"
  }

  private var headLines: [String] {
    let head = transcript.head
    var lines = [
      head.name,
      "run \(head.run) of "
        + "\([head.workflow, head.version].filter { !$0.isEmpty }.joined(separator: " ")):"
        + " \(head.title)",
      "from \(head.file), SHA-256 \(head.sha256)",
    ]
    lines += head.migrations.map { migration in
      "moved to version \(migration.shownVersion) \(format.text(migration.at)) by \(migration.by), "
        + "from \(migration.file), SHA-256 \(migration.sha256)"
    }
    lines += [
      "in the environment \(head.environment)\(head.isRehearsal ? ", a rehearsal" : "")",
      "started \(format.text(head.startedAt)) by \(head.startedBy)",
    ]
    if let end = head.finishedAt, let span = end.since(head.startedAt) {
      lines.append("\(head.status) \(format.text(end)), after \(MomentFormat.text(span))")
    } else {
      lines.append("\(words(head.status)) now")
    }
    if let message = head.message { lines.append(message) }
    if let ledger = head.ledger { lines.append("! " + ledger.sentence) }
    return lines
  }

  private func stepLines(_ step: TranscriptStep) -> [String] {
    var facts = [step.words(whileRunIs: transcript.head.status)]
    if let how = step.how, how != "machine", !step.isDoneAsSettled {
      facts.append(words(how))
      if let by = step.by { facts.append("by \(by)") }
    }
    if let why = step.why { facts[facts.count - 1] += ": " + why }
    facts += step.remarks
    if let duration = step.duration { facts.append(MomentFormat.text(duration)) }
    if let target = step.target, let isWithin = step.isWithinTarget {
      facts.append("target \(MomentFormat.text(target)) \(isWithin ? "met" : "missed")")
    }
    facts += step.tries
    let depth = String(repeating: "  ", count: step.depth + 1)
    return ["\(depth)\(step.title) [\(step.address)]: \(facts.joined(separator: ", "))"]
  }

  private func entryLines(_ entry: TranscriptEntry) -> [String] {
    let mark = entry.weight == .problem ? "! " : "  "
    return ["\(mark)\(format.text(entry.at))  \(subject(entry))"]
      + entry.details.flatMap { detailLines($0, indent: 6) }
  }

  private func subject(_ entry: TranscriptEntry) -> String {
    guard let step = entry.step, !step.isEmpty else { return entry.sentence }
    let title = entry.title ?? step
    return title == step ? "\(step): \(entry.sentence)" : "\(title) [\(step)]: \(entry.sentence)"
  }

  private func list(_ title: String, _ values: [Shown]) -> [String] {
    values.isEmpty ? [] : ["", title] + values.flatMap { detailLines($0, indent: 2) }
  }

  private func detailLines(_ shown: Shown, indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    guard shown.isLong else { return ["\(space)\(shown.name): \(shown.text(in: format))"] }
    return ["\(space)\(shown.name):"]
      + shown.text(in: format).split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(space)  | \($0)" }
  }

  private func words(_ status: String) -> String {
    status.split(separator: "_").joined(separator: " ")
  }

  // No value can drive the terminal, or begin a line of its own.
  private func visible(_ line: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      switch scalar.value {
      case 0x0A: result.append("␊")
      case 0x09: result.append(scalar)
      case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069:
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
