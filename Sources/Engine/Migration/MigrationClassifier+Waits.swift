import Fields
import Values
import Workflows

/// Open waits and deadlines that change.
extension MigrationClassifier {
  func changedWait(
    _ address: String, _ difference: WorkflowDifference, _ key: String, _ waiting: Waiting
  ) -> MigrationItem.Verdict {
    switch (waiting.cause, key) {
    case (.answer, _) where key.hasPrefix("ask."):
      return decision(askedOtherwise(address, key), address, [.keep, .again])
    case (_, "wait"): return waitedOtherwise(address, waiting.cause)
    case (_, "due"), (_, "expires"), (_, "remind"), (_, "escalate"):
      return changedDeadline(address, difference, key)
    default: return .safe("counts from now on")
    }
  }

  private func askedOtherwise(_ address: String, _ key: String) -> String {
    let unfit = moved.openWait(at: address, askedBy: engine)?.unfitAnswers ?? []
    let own = unfit.first { key.hasSuffix(".\($0.name)") }
    let problem = own.map { ", and what was answered does not fit (\($0.problem))" } ?? ""
    let asked = "people are being asked\(problem)"
    if let defaults = defaultsOfAnswered(address) {
      let rest = defaults.isEmpty ? "" : ", with the default of " + defaults
      return
        "\(asked); `keep`: nothing is missing any more, and the question is over at once\(rest)"
    }
    return own == nil ? asked : "\(asked); `keep`: it is asked for again, the rest stays"
  }

  /// The fields of a question that get their default where it is over with what was answered; nil where more is
  /// needed.
  private func defaultsOfAnswered(_ address: String) -> String? {
    guard let waiting = moved.waitingAnew(at: address, askedBy: engine) else { return nil }
    var kept = moved
    kept.apply(Event(.stepWaiting(waiting), step: address, at: engine.state.lastAt))
    guard kept.isAnswered(at: address), let answers = kept.state.steps[address]?.answers,
      case .ask(let question)? = kept.step(at: address)?.kind
    else { return nil }
    let given = Set(answers.names)
    let left = question.fields.fields.filter { $0.defaultValue != nil && !given.contains($0.name) }
    return left.map { "`\($0.name)`" }.joined(separator: ", ")
  }

  private func waitedOtherwise(
    _ address: String, _ old: Waiting.Cause
  ) -> MigrationItem.Verdict {
    if case .event = old { return waitedAgain(address) }
    guard let anew = try? moved.openWait(at: address, askedBy: engine)?.cause() else {
      return waitedAgain(address)
    }
    if case .time = old { return .safe("the time that runs stays as it is") }
    guard anew.inOneOrder != old.inOneOrder else {
      return .safe("the times that run stay as they are, the rest counts from now on")
    }
    return decision(
      "it can end in other ways now; `keep`: those that stay keep their moments, and new ones count"
        + " from when it began to wait", address, [.keep, .again])
  }

  private func waitedAgain(_ address: String) -> MigrationItem.Verdict {
    decision("the run waits here for something else now", address, [.again])
  }

  private func changedDeadline(
    _ address: String, _ difference: WorkflowDifference, _ key: String
  ) -> MigrationItem.Verdict {
    if case .changed(_, _, to: nil) = difference.change {
      return .safe("what of it was still to come does not come any more")
    }
    let anew: DeadlinesAnew?
    do throws(ExpressionFailure) {
      anew = try moved.openWait(at: address, askedBy: engine)?.deadlines()
    } catch {
      return decision(
        "it cannot be reckoned from when the step began to wait: \(error.message)", address,
        [.again])
    }
    var sentences: [String] = []
    if let added = words(of: anew?.added, key) {
      sentences.append("counts from when it began to wait (\(added)): what is past comes at once")
    }
    if let dropped = words(of: anew?.dropped, key) {
      sentences.append("what is gone does not come any more (\(dropped))")
    }
    sentences.append("deadlines that run keep their moments")
    return .safe(sentences.joined(separator: "; "))
  }

  /// The deadlines of a key, each with its moment; nil where there are none.
  private func words(of timers: [DeadlineTimer]?, _ key: String) -> String? {
    let own = timers?.filter { $0.name == key || $0.name.hasPrefix("\(key).") } ?? []
    guard !own.isEmpty else { return nil }
    return own.map { "\(DeadlineTimer.words(for: $0.name)) \($0.dueAt.minuteText)" }
      .joined(separator: ", ")
  }
}

extension Waiting.Cause {
  /// The same, with the ways of a `first_of` by their names: their order means nothing.
  fileprivate var inOneOrder: Waiting.Cause {
    guard case .first(let ways) = self else { return self }
    return .first(
      ways.map { Waiting.Branch(name: $0.name, cause: $0.cause.inOneOrder) }
        .sorted { $0.name < $1.name })
  }
}
