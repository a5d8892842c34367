import Engine
import TimeZones
import Values
import Workflows

/// What a test says and nothing came of: its author believes that it is tested.
extension TestScript {
  /// Of what the test says itself, not of the defaults of its file. One answer for all calls may be for a
  /// way that the run has not taken; a list says how often something is asked.
  func unused(_ run: SimulatedRun) -> [SimulationProblem] {
    let own = test.own ?? WorkflowTest.Own(test)
    return unusedActions(own.actions) + unusedAnswers(own.answers) + unusedEvents(own.events)
      + unusedCommands + unusedAbsences(own.absences, run)
  }

  private func unusedActions(_ count: Int) -> [SimulationProblem] {
    zip(test.actions, calls).prefix(count).compactMap { action, calls in
      guard !action.isEndless, calls < action.answers.count else { return nil }
      return SimulationProblem(
        message: "`\(action.target.words)` has \(counted(action.answers.count, "answer")), and was "
          + "called \(counted(calls, "time"))")
    }
  }

  private func unusedAnswers(_ count: Int) -> [SimulationProblem] {
    zip(test.answers, givenEntries).prefix(count).compactMap { answers, given in
      guard !answers.isEndless, given < answers.entries.count else { return nil }
      return SimulationProblem(
        message: "`\(answers.step.text)` has \(counted(answers.entries.count, "answer")), and "
          + "\(given) \(given == 1 ? "was" : "were") given")
    }
  }

  private func unusedEvents(_ count: Int) -> [SimulationProblem] {
    waitingEvents.filter { $0 < count }.map {
      SimulationProblem(
        message: "the run was over before the test's event `\(test.events[$0].name)` came")
    }
  }

  private var unusedCommands: [SimulationProblem] {
    let left = test.commands.count - commandsDone
    guard left > 0 else { return [] }
    return [
      SimulationProblem(
        message:
          "\(left == 1 ? "the last command was" : "the last \(left) commands were") not given",
        help: "a command is given where the run stands still and needs somebody")
    ]
  }

  private func unusedAbsences(_ count: Int, _ run: SimulatedRun) -> [SimulationProblem] {
    let stretches = absences(since: run.startedAt).stretches
    return stretches.prefix(count).compactMap { stretch in
      guard !run.late.contains(where: stretch.overlaps) else { return nil }
      return SimulationProblem(
        message:
          "nothing came due while nobody was there, from \(stretch.lowerBound.journalText) to "
          + stretch.upperBound.journalText,
        help: "`unattended` puts off what comes due: deadlines, ends of waits, further tries")
    }
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}
