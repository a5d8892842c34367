import CommandLineKit
import Engine
import Values
import Workflows

/// A plan to move a run, for people and programs to read first.
struct MigrationView {
  let plan: MigrationPlan

  /// The format of a plan in JSON.
  private static let format = "baton-migration-plan/1"

  func write(to output: TextSink) {
    if plan.items.isEmpty { return output.line("there is no difference") }
    var table = Table(["", "DIFFERENCE", "MEANS"])
    for item in plan.items {
      table.add([
        .init(word(of: item)) { _ in colour(item, output.style) }, .init(what(item)),
        .init(meaning(of: item)),
      ])
    }
    output.write(table.text(style: output.style))
  }

  var json: Value {
    [
      "format": .string(Self.format), "possible": .bool(plan.isPossible),
      "ready": .bool(plan.isReady), "items": .list(plan.items.map(json)),
    ]
  }

  private func json(_ item: MigrationItem) -> Value {
    var map: ValueMap = [
      "subject": .string(item.subject), "verdict": .string(word(of: item)),
      "message": .string(message(of: item)),
    ]
    map["difference"] = item.difference.map { .string("\($0.subjectWords): \($0.changeWords)") }
    if case .decision(_, let decision, let chosen) = item.verdict {
      map["key"] = .string(decision.key)
      map["choices"] = decision.choices.map { .list($0.map { .string($0.rawValue) }) }
      map["chosen"] = chosen.map { .string($0) }
    }
    return .map(map)
  }

  private func what(_ item: MigrationItem) -> String {
    guard let difference = item.difference else { return item.subject }
    let change = difference.changeWords
    guard case .step(let id) = difference.subject, id != item.subject else {
      return "\(difference.subjectWords): \(change)"
    }
    return "step `\(item.subject)`: \(change)"
  }

  private func word(of item: MigrationItem) -> String {
    switch item.verdict {
    case .safe: "safe"
    case .void: "void"
    case .decision: "decide"
    case .impossible: "impossible"
    }
  }

  private func colour(_ item: MigrationItem, _ style: TextStyle) -> String {
    let word = word(of: item)
    return switch item.verdict {
    case .safe: style.green(word)
    case .void: style.yellow(word)
    case .decision(_, _, nil): style.yellow(word)
    case .decision: style.green(word)
    case .impossible: style.red(word)
    }
  }

  private func message(of item: MigrationItem) -> String {
    switch item.verdict {
    case .safe(let message), .void(let message), .impossible(let message),
      .decision(let message, _, _):
      message
    }
  }

  private func meaning(of item: MigrationItem) -> String {
    guard case .decision(let message, let decision, let chosen) = item.verdict else {
      return message(of: item)
    }
    if let chosen { return "\(message): \(chosen)" }
    guard let choices = decision.choices else { return message }
    let words = choices.map { "--decide \(decision.key)=\($0.rawValue)" }
    return "\(message): " + words.joined(separator: " or ")
  }
}
