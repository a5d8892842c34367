import CommandLineKit
import Engine
import Runner
import Transcripts

/// What the card of a run says about a step that waits: what to tick, what was decided, and what
/// comes next by itself.
struct WaitingLines {
  let waiting: WaitingView

  init(_ waiting: WaitingView) { self.waiting = waiting }

  func lines(_ format: MomentFormat) -> [String] {
    items + decisions + timers(format)
  }

  private var items: [String] {
    var lines: [String] = []
    var category: String?
    for item in waiting.items {
      if item.category != category, let name = item.category {
        lines.append("      \(TextLayout.harmless(name)):")
      }
      category = item.category
      let event = item.isTicked ? "" : item.event.map { " (or by \($0))" } ?? ""
      lines.append(
        "      [\(item.isTicked ? "x" : " ")] \(TextLayout.harmless(item.label))\(event)")
    }
    if let progress = waiting.progress, waiting.items.count > 1 {
      lines.append("      \(Int((progress * 100).rounded())) % done")
    }
    return lines
  }

  private var decisions: [String] {
    guard let approval = waiting.approval else { return [] }
    var lines = waiting.decisions.map { decision in
      let comment = decision.decided.comment.map { ": \(TextLayout.harmless($0))" } ?? ""
      let word = decision.decided.approves ? "approved" : "rejected"
      return "      \(word) by \(decision.by.id)\(comment)"
    }
    if approval.approvals > 1 {
      lines.append("      \(waiting.decisions.count) of \(approval.approvals) approvals")
    }
    if approval.notStarter { lines.append("      whoever started the run cannot approve it") }
    return lines
  }

  private func timers(_ format: MomentFormat) -> [String] {
    waiting.timers.filter { $0.kind != .due }.prefix(2).map { timer in
      let moment = format.minutes(timer.dueAt)
      return switch timer.kind {
      case .remind: "      a reminder goes out \(moment)"
      case .escalate: "      escalates \(moment)"
      case .due, .expires: "      expires \(moment)"
      }
    }
  }
}
