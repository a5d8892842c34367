import CommandLineKit
import Engine
import Fields
import Publishing
import Runner
import Transcripts
import Values

/// What the card of a run says about a step that waits: what to fill in and tick, what was decided, and what
/// comes next by itself.
struct WaitingLines {
  let waiting: WaitingView

  init(_ waiting: WaitingView) { self.waiting = waiting }

  func lines(_ format: MomentFormat, now: Timestamp) -> [String] {
    fields + items + decisions + timers(format, now)
  }

  /// What is asked for and what of it was given; of what is sensitive only that.
  private var fields: [String] {
    (waiting.fields?.fields ?? []).map { field in
      let isGiven = waiting.answered.contains(field.name)
      var text = field.name
      if let label = field.label, label != field.name { text += ", \(label)" }
      if isGiven {
        let value = field.isSensitive ? nil : waiting.given[field.name]?.shown
        text += ": " + (value ?? "given")
      } else {
        let details = FieldWords.details(of: field)
        if !details.isEmpty { text += " (\(details))" }
        if let help = field.help { text += ": \(help)" }
      }
      return line(isGiven, text)
    }
  }

  /// On one line, whatever was given.
  private func line(_ isDone: Bool, _ text: String) -> String {
    "      [\(isDone ? "x" : " ")] \(TextLayout.line(text))"
  }

  private var items: [String] {
    var lines: [String] = []
    var category: String?
    for item in waiting.items {
      if item.category != category, let name = item.category {
        lines.append("      \(TextLayout.line(name)):")
      }
      category = item.category
      let event = item.isTicked ? "" : item.event.map { " (or by \($0))" } ?? ""
      let name = item.label == item.name ? "" : "\(item.name): "
      let help = item.isTicked ? "" : item.help.map { " (\($0))" } ?? ""
      lines.append(line(item.isTicked, name + item.label + help + event))
    }
    if waiting.items.count > 1 {
      let ticked = waiting.items.count(where: \.isTicked)
      lines.append("      \(ticked) of \(waiting.items.count) ticked")
    }
    return lines
  }

  private var decisions: [String] {
    guard let approval = waiting.approval else { return [] }
    var lines = approval.changeLines.map { "      \($0)" }
    lines += waiting.decisions.map { decision in
      let comment = decision.decided.comment.map { ": \(TextLayout.line($0))" } ?? ""
      let word = decision.decided.approves ? "approved" : "rejected"
      return "      \(word) by \(decision.by.id)\(comment)"
    }
    if approval.approvals > 1 {
      lines.append("      \(waiting.decisions.count) of \(approval.approvals) approvals")
    }
    if approval.notStarter { lines.append("      whoever started the run cannot approve it") }
    if let starter = waiting.unprovenStarter { lines.append("      " + Self.unproven(starter)) }
    return lines
  }

  /// What nobody can tell where the starter did not sign in.
  static func unproven(_ starter: String) -> String {
    "the starter, user \(starter), did not sign in: whether it is another person cannot be told"
  }

  /// What comes next, and in any case when the wait ends by itself.
  private func timers(_ format: MomentFormat, _ now: Timestamp) -> [String] {
    let coming = waiting.timers.filter { $0.kind != .due }
    let shown = coming.prefix(2) + coming.dropFirst(2).filter { $0.kind == .expires }
    return shown.map { timer in
      var moment = format.minutes(timer.dueAt)
      if timer.dueAt <= now { moment += ", which is past: nobody has looked since" }
      return switch timer.kind {
      case .remind: "      a reminder goes out \(moment)"
      case .escalate: "      escalates \(moment)"
      case .due, .expires: "      expires \(moment)"
      }
    }
  }
}

extension ApprovalShown {
  /// Why an approval is asked again, a line for each step that is tried with other values than the
  /// procedure gives.
  var changeLines: [String] {
    changes.map { change in
      let values =
        change.with.clear.compactMap { member in
          member.key.asString.map { "\($0)=\(member.value.shown)" }
        } + change.with.sealed.names.map { "\($0)=(sensitive)" }
      return TextLayout.line(
        "asked again: `\(change.step)` will be tried with \(values.joined(separator: " "))")
    }
  }
}
