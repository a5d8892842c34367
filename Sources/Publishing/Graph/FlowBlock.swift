import Workflows

/// What a picture shows of a step: what it is, who does it, and what is inside.
struct FlowBlock {
  /// How a block looks.
  enum Look: String, CaseIterable {
    case action, ask, approve, wait, set, section, parallel, loop, choice, workflow, jump, finish
  }

  let id: String
  let look: Look
  let title: String
  /// Short lines under the title: who and until when, on what condition, what is waited for.
  var notes: [Note] = []
  /// What is inside, one after the other; side by side in a `parallel`; the ways of a choice.
  var lists: [FlowList] = []
  /// Ways after a failure.
  var failures: [FlowList] = []
  /// Whether the step may be passed over.
  var isConditional = false
  /// The id of the step that a jump leads to.
  var target: String?

  struct Note: Equatable {
    enum Kind { case people, condition, detail, failure }
    let kind: Kind
    let text: String
  }

  /// Whether what follows in the list is reached from here.
  var leadsOn: Bool {
    switch look {
    case .jump, .finish: isConditional
    case .choice, .section: isConditional || lists.contains { $0.leadsOn }
    default: true
    }
  }
}

/// Blocks one after the other.
struct FlowList {
  /// What leads here: the condition of a case, or of a way after a failure.
  var label: String?
  var blocks: [FlowBlock]
  /// What follows after the last block of a recovery.
  var ending: String?

  /// Whether what follows is reached from the last block.
  var leadsOn: Bool { blocks.allSatisfy(\.leadsOn) }
}

/// A workflow as its picture shows it.
struct FlowOutline {
  let title: String
  let summary: String
  let starts: [String]
  let main: FlowList
  let finally: FlowList
}
