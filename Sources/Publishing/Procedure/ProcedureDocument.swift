import CEL
import Fields
import SourceText
import TimeZones
import Values
package import Workflows

/// The written procedure: what a workflow says, for people who read it on paper.
///
/// Made from the same file that runs, so the two cannot drift. It is Markdown throughout; the HTML
/// page is made from it.
package struct ProcedureDocument {
  let workflow: Workflow
  let wording: Wording
  let numbers: StepNumbers
  private var sections: [(title: String, body: String)] = []

  package init(_ workflow: Workflow) {
    self.workflow = workflow
    wording = Wording(workflow, .markdown)
    numbers = StepNumbers(workflow)
    let steps = ProcedureSteps(wording: wording, numbers: numbers)
    add("Purpose and scope", workflow.description.map { MarkdownText.demoted($0, below: 2) } ?? "")
    add("Responsibilities", responsibilities)
    add("Prerequisites", prerequisites)
    add("Procedure", steps.text(workflow.steps, level: 3))
    add("At the end, whatever the outcome", steps.text(workflow.finally, level: 3))
    let checks = ProcedureChecks(wording: wording, numbers: numbers)
    add("Quality checklist", checks.checklist)
    add("Troubleshooting", checks.troubleshooting)
    add("Metrics", metrics)
    add("Rollback", checks.rollback)
    add("Result", results)
    add("Document control", control)
    add("Related documents", related)
  }

  /// The document as Markdown (GitHub's).
  package var markdown: String {
    head
      + sections.enumerated().map { index, section in
        "## \(index + 1). \(section.title)\n\n\(section.body.trimmingLines)\n"
      }.joined(separator: "\n")
  }

  /// The document as a page of its own: nothing is fetched, and it can be printed.
  package var html: String {
    ProcedurePage(title: title, markdown: markdown, picture: SVGGraph.picture(of: workflow)).text
  }

  private mutating func add(_ title: String, _ body: String) {
    if !body.trimmingBlank.isEmpty { sections.append((title, body)) }
  }

  // MARK: head

  private var title: String {
    let number = workflow.document?.number.map { "\($0): " } ?? ""
    return number + workflow.name
  }

  private var head: String {
    let document = workflow.document
    var lines = ["# \(MarkdownText.escaped(title))", ""]
    func line(_ name: String, _ text: String?) {
      if let text { lines.append("**\(name):** \(MarkdownText.escaped(text))\\") }
    }
    line("Version", workflow.version)
    line("Section", document?.section)
    line("Effective date", document?.effective)
    line("Owner", document?.owner)
    line("Approved by", document?.approvedBy)
    line("Review", document?.reviewEvery.map { "every \(Wording.length($0))" })
    lines.append("**Workflow:** \(MarkdownText.code(workflow.id))")
    return lines.joined(separator: "\n") + "\n\n"
  }

  private var responsibilities: String {
    var table = MarkdownTable(["Role", "Responsibility"])
    for role in workflow.roles {
      var lines = role.description.map { [MarkdownText.cell($0)] } ?? []
      if let person = role.person { lines.append("Held by: \(wording.text(person))") }
      let steps = workflow.allSteps.filter { $0.role == role.key }.compactMap { numbers[$0] }
      if !steps.isEmpty {
        lines.append("Step\(steps.count == 1 ? "" : "s") \(steps.joined(separator: ", "))")
      }
      table.add([MarkdownText.escaped(wording.role(role.key)), lines.joined(separator: "<br>")])
    }
    return table.text
  }

  private var prerequisites: String {
    var lines = workflow.triggers.map { "Starts by itself: \(trigger($0)).\n" }
    for field in workflow.inputs.fields {
      var text = "- [ ] **\(MarkdownText.escaped(Wording.atStart(Wording.fieldName(field))))**"
      let details = FieldWords.details(of: field)
      if !details.isEmpty { text += " (\(details))" }
      if let help = field.help { text += ": \(MarkdownText.escaped(help))" }
      lines.append(text)
    }
    return lines.joined(separator: "\n")
  }

  private func trigger(_ trigger: Trigger) -> String {
    var text: String
    switch trigger.source {
    case .webhook(let path, let connection):
      text = "when \(MarkdownText.code(path)) is called"
      if let connection { text += " by \(MarkdownText.escaped(connection))" }
    case .schedule(let cron, let zone):
      text = "by the schedule \(MarkdownText.code(cron))"
      if let zone { text += " (\(zone))" }
    }
    if let condition = trigger.condition { text += ", if \(wording.condition(condition))" }
    return text
  }

  // MARK: the end

  private var metrics: String {
    var table = MarkdownTable(["Metric", "Target", "Measurement"])
    for target in workflow.targets {
      var bounds: [String] = []
      if let bound = target.atLeast { bounds.append("at least \(text(bound, target))") }
      if let bound = target.atMost { bounds.append("at most \(text(bound, target))") }
      let isShare = target.measure.type == .bool
      let words = isShare ? wording.condition(target.measure) : wording.operand(target.measure)
      table.add([
        MarkdownText.escaped(target.name), bounds.joined(separator: ", "),
        MarkdownText.cell(isShare ? "the share of runs where \(words)" : "the mean of \(words)"),
      ])
    }
    return table.text
  }

  private func text(_ bound: ServiceTarget.Bound, _ target: ServiceTarget) -> String {
    switch bound {
    case .time(let length): return Wording.length(length)
    case .number(let number):
      guard target.measure.type == .bool else { return Wording.plain(.double(number)) }
      let percent = (number * 1000).rounded() / 10
      return "\(Wording.plain(.double(percent))) %"
    }
  }

  private var results: String {
    var table = MarkdownTable(["What", "Value"])
    for output in workflow.outputs {
      table.add([
        MarkdownText.escaped(Wording.atStart(Wording.humanized(output.name))),
        MarkdownText.cell(wording.text(output.value)),
      ])
    }
    return table.text
  }

  private var control: String {
    var table = MarkdownTable(["Version", "Effective", "Owner", "Approved by", "Next review"])
    let document = workflow.document
    let review = document?.reviewEvery.map { length in
      let every = "every \(Wording.length(length))"
      return document?.effective.map { "\(every) from \($0)" } ?? every
    }
    table.add(
      [workflow.version, document?.effective, document?.owner, document?.approvedBy, review].map {
        MarkdownText.escaped($0 ?? "")
      })
    return table.text + "\nMade from \(MarkdownText.code(fileName)), SHA-256 "
      + "\(MarkdownText.code(workflow.sha256)). Each run records the SHA-256 of the file that it "
      + "followed.\n"
  }

  /// Without folders: the document is the same wherever the project is.
  private var fileName: String {
    workflow.file.path.split(separator: "/").last.map(String.init) ?? workflow.file.path
  }

  private var related: String {
    var table = MarkdownTable(["Document", "Link"])
    for reference in workflow.document?.related ?? [] {
      let (name, link) = Self.parts(of: reference)
      table.add([MarkdownText.escaped(name), MarkdownText.cell(link)])
    }
    return table.text
  }

  /// `RB-001 /runbooks/RB-001.md` is a name and where to find it; `Twilio Console` is a name.
  private static func parts(of reference: String) -> (name: String, link: String) {
    guard let blank = reference.lastIndex(of: " ") else { return (reference, "") }
    let last = reference[reference.index(after: blank)...]
    let isLink =
      last.contains("://") || ["/", "./", "../", "mailto:"].contains { last.hasPrefix($0) }
      || last.contains("/") && last.contains(".")
    return isLink ? (reference[..<blank].trimmingBlank, String(last)) : (reference, "")
  }
}
