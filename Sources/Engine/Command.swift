package import Values

/// What a person asks of a run.
package struct Command: Sendable {
  /// Unique; a command that is in the journal already is ignored.
  package let id: String
  package let kind: CommandKind
  package let actor: Actor
  /// What a person who signed in may do; nil for the user of the machine, who may do everything
  /// that needs no proof.
  package let standing: Standing?
  /// The commitments of values that came with it sealed and cannot be opened, by their names.
  package let locked: ValueMap

  package init(
    id: String, kind: CommandKind, actor: Actor, standing: Standing? = nil,
    locked: ValueMap = ValueMap()
  ) {
    self.id = id
    self.kind = kind
    self.actor = actor
    self.standing = standing
    self.locked = locked
  }
}

package enum CommandKind: Sendable {
  case resume
  /// Fields and ticks (`true` under the item's name); may be a part of what is asked.
  case answer(step: String, values: ValueMap)
  /// - `shown`: the hash of what the person saw.
  case decide(step: String, approves: Bool, comment: String?, shown: String?)
  case claim(step: String)
  case release(step: String)
  case event(name: String, data: ValueMap)
  /// An event that the project keeps: its own id, and when it arrived.
  case projectEvent(ProjectEvent)
  case retry(step: String, with: ValueMap, again: Bool, reason: String?)
  case done(step: String, values: ValueMap, reason: String, evidence: [Evidence])
  case skip(step: String, reason: String)
  case resolve(
    step: String, happened: Bool, values: ValueMap, reason: String, evidence: [Evidence] = [])
  case cancel(reason: String)
  /// Takes back what was done, newest first, and ends the run.
  case undo(reason: String?)
  /// Goes back to a checkpoint, named by itself or by its step; `again` are steps to be done again
  /// though they cannot be taken back.
  case rewind(to: String, again: [String], reason: String?)
  /// A person does the step in place of the machine.
  case byHand(step: String, reason: String?)
  case note(text: String)
}

/// An event that the project keeps for all its runs.
package struct ProjectEvent: Sendable, Hashable {
  package var id: String
  package var name: String
  package var data: ValueMap
  /// The commitments of what is sealed of its data and cannot be opened, by their names.
  package var locked: ValueMap
  package var at: Timestamp
  /// Who brought it; nil where that was not kept.
  package var by: Actor?
  /// The moments that runs had recorded when it came, of those that were ahead of the clock: it had been set back.
  package var runsAhead: [String: Timestamp]

  package init(
    id: String, name: String, data: ValueMap, locked: ValueMap = ValueMap(), at: Timestamp,
    by: Actor? = nil, runsAhead: [String: Timestamp] = [:]
  ) {
    self.id = id
    self.name = name
    self.data = data
    self.locked = locked
    self.at = at
    self.by = by
    self.runsAhead = runsAhead
  }
}

extension CommandKind {
  /// Whether whoever gives it wants a run that somebody stopped to go on. What is only said of it does not: it is
  /// kept, and comes to something once somebody goes on with the run.
  package var goesOn: Bool {
    switch self {
    case .note, .claim, .release, .event, .projectEvent: false
    default: true
    }
  }

  /// Whether what is under way has to end before the command is taken.
  package var endsTheRun: Bool {
    switch self {
    case .cancel, .undo, .rewind: true
    default: false
    }
  }
}

/// A command that makes no sense for the run as it stands, with the sentence that says why.
package struct Refusal: Error, Sendable, Hashable {
  package let message: String
  package let hint: String?
  /// Whether what is in the way is being carried out: where a process does that, it passes by itself.
  package let isForNow: Bool

  package init(_ message: String, hint: String? = nil, isForNow: Bool = false) {
    self.message = message
    self.hint = hint
    self.isForNow = isForNow
  }
}
