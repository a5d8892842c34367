import CommandLineKit
import Engine
import Runner
import Values

/// Carries a run as far as it goes: shows its progress, and on a terminal asks what it wants to
/// know and goes on with the answers.
///
/// Every question is asked once. What is left for later stays open, and the run parks there; what was
/// typed before somebody broke off is kept.
struct RunConversation {
  let call: CommandCall
  /// Whether the questions that the run comes to are asked here and now.
  var asks = false
  /// The step that somebody wants to answer: it is asked about first, whoever it is for.
  var firstStep: String?
  /// What there is to say before the end is reported, to people.
  var remark: (RunDoor, RunSnapshot) throws(CommandFailure) -> String? = { _, _ in nil }

  /// A step that waits, asked anew where it waits again.
  private struct Question: Hashable {
    let address: String
    let since: Timestamp
  }

  /// What a person made of a question.
  private struct Reply {
    /// What there is to record; nil where there is nothing.
    var request: RunDoor.Request?
    /// What was typed, for people.
    var answers = AnswerPrompt.Answers()
    var isBrokenOff = false
  }

  /// Does the first thing, and then what the run asks for.
  ///
  /// - Returns: the exit code, once the end is reported.
  func carry(
    _ first: (RunDoor) async throws(CommandFailure) -> RunSnapshot
  ) async throws(CommandFailure) -> ExitCode {
    let printer = call.isQuiet ? nil : ProgressPrinter(console: call.console)
    guard let printer, call.console.errors.isTerminal else {
      return try await carry(first, printer)
    }
    async let _: Void = Self.tellOfParking(printer)
    return try await carry(first, printer)
  }

  private func carry(
    _ first: (RunDoor) async throws(CommandFailure) -> RunSnapshot, _ printer: ProgressPrinter?
  ) async throws(CommandFailure) -> ExitCode {
    let door = try call.door { printer?.show($0) }
    let outcome = try await converse(door, try await first(door), printer)
    printer?.finish()
    if !call.isQuiet, !call.isJSON, let remark = try self.remark(door, outcome) {
      call.console.errors.line(remark)
    }
    return OutcomeReport(call: call, run: outcome, isAskedFor: outcome.endedBy != nil).write()
  }

  /// Says that a request to stop was heard, where what is under way takes its time to end.
  @concurrent private static func tellOfParking(_ printer: ProgressPrinter) async {
    let glance: UInt64 = 100_000_000
    do {
      while !Interruption.isRequested { try await Task.sleep(nanoseconds: glance) }
      try await Task.sleep(nanoseconds: 3 * glance)
      printer.showParking()
    } catch {
      // The run has come to rest.
    }
  }

  // MARK: Questions

  private func converse(
    _ door: RunDoor, _ first: RunSnapshot, _ printer: ProgressPrinter?
  ) async throws(CommandFailure) -> RunSnapshot {
    var outcome = first
    var asked: Set<Question> = []
    while let (step, waiting) = nextQuestion(of: outcome, door.person, except: asked) {
      printer?.finish()
      asked.insert(Question(address: step.address, since: waiting.since))
      let reply = reply(to: step, waiting)
      if reply.isBrokenOff { Interruption.request() }
      let command =
        "\(call.programCall) answer \(outcome.runID) \(CommandWord.quoted(step.address))"
      if let request = reply.request {
        do throws(CommandFailure) {
          outcome = try await door.submit(request, to: outcome.runID)
        } catch {
          // What was left for another process need not be typed again.
          if error.code != .waiting { tellOfLoss(reply.answers.words(waiting.fields), command) }
          throw error
        }
      }
      if reply.isBrokenOff {
        tellOfKeeping(reply, command)
        return outcome
      }
    }
    return outcome
  }

  /// What was typed need not be found out again.
  private func tellOfLoss(_ words: [String], _ command: String) {
    guard !words.isEmpty else { return }
    let text = ([command] + words).joined(separator: " ")
    call.console.errors.line(TextLayout.harmless("what you typed, to give it again: " + text))
  }

  private func tellOfKeeping(_ reply: Reply, _ command: String) {
    guard !call.isQuiet else { return }
    let labels = reply.answers.labels
    guard reply.request != nil, !labels.isEmpty else {
      return call.console.errors.line("nothing was recorded")
    }
    let kept = labels.count > 5 ? "\(labels.count) answers" : labels.joined(separator: "; ")
    call.console.errors.line(TextLayout.harmless("kept: " + kept))
    call.console.errors.line(
      "for the rest: \(command), to change something: \(command) NAME=VALUE")
  }

  private func nextQuestion(
    of run: RunSnapshot, _ person: SignedIn, except asked: Set<Question>
  ) -> (StepView, WaitingView)? {
    guard asks, call.canAsk, !Interruption.isRequested else { return nil }
    let open = run.steps.compactMap { step -> (StepView, WaitingView)? in
      guard let waiting = step.waiting, waiting.isForPerson else { return nil }
      let question = Question(address: step.address, since: waiting.since)
      return asked.contains(question) ? nil : (step, waiting)
    }
    if let named = open.first(where: { $0.0.address == firstStep && $0.1.isForAnswer }) {
      return named
    }
    guard !call.isQuiet, run.status == .waiting else { return nil }
    return open.first { isForMe($0.0, $0.1, run, person) }
  }

  private func reply(to step: StepView, _ waiting: WaitingView) -> Reply {
    let prompt = AnswerPrompt(console: call.console)
    guard let approval = waiting.approval else {
      let answers = prompt.answers(for: step, waiting: waiting)
      return Reply(
        request: answers.areGiven ? .answer(step: step.address, values: answers.values) : nil,
        answers: answers, isBrokenOff: answers.isBrokenOff)
    }
    switch prompt.decision(for: step, waiting) {
    case .later: return Reply()
    case .brokenOff: return Reply(isBrokenOff: true)
    case .decided(let approves, let comment):
      return Reply(
        request: .decide(
          step: step.address, approves: approves, comment: comment, shown: approval.sha256))
    }
  }

  /// Whether this person can answer here: what would be refused is not asked.
  private func isForMe(
    _ step: StepView, _ waiting: WaitingView, _ run: RunSnapshot, _ person: SignedIn
  ) -> Bool {
    if let standing = person.standing, !waiting.roles.isEmpty,
      standing.roles.isDisjoint(with: waiting.roles),
      standing.names.isDisjoint(with: step.heldInRunBy(nil))
    {
      return false
    }
    guard let approval = waiting.approval else { return true }
    if waiting.decisions.contains(where: { $0.by == person.actor }) { return false }
    let needsProof = approval.notStarter || approval.approvals > 1
    if needsProof, person.standing == nil { return false }
    return !(approval.notStarter && run.startedBy.id == person.actor.id)
  }
}
