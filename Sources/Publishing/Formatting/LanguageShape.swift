/// What a map or a list of a workflow's file is, which says in which order its keys stand.
///
/// Names that the author gives (fields, outputs, roles, items, what a step is called with) keep the
/// author's order.
enum LanguageShape {
  case anything
  case workflow, document, roles, role, defaults
  case steps, step, checks, check, retry, policy, undo, probe, call
  case deadline, reminders, reminder, escalations, escalation
  case ask, items, item, approve, wait, firstOf, event
  case forEach, cases, choice, loop, finish
  case targets, target, triggers, trigger, respond, limit
  case testFile, tests, test

  /// The shape of a whole file, seen from the keys at its top.
  init(topKeys keys: [String]) {
    if keys.contains("steps"), keys.contains("baton") || keys.contains("id") {
      self = .workflow
    } else if keys.contains("tests"), keys.contains("workflow") {
      self = .testFile
    } else {
      self = .anything
    }
  }

  /// What stands under a key of this map.
  func member(_ key: String) -> LanguageShape {
    switch self {
    case .roles: .role
    case .items: .item
    case .firstOf: .wait
    default: Self.members[self]?[key] ?? .anything
    }
  }

  /// What the items of this list are.
  var item: LanguageShape {
    switch self {
    case .steps: .step
    case .checks: .check
    case .policy: .policy
    case .reminders: .reminder
    case .escalations: .escalation
    case .cases: .choice
    case .targets: .target
    case .triggers: .trigger
    case .tests: .test
    default: .anything
    }
  }

  /// The keys in the order in which they are written; nil where the author's order stays.
  ///
  /// - Parameter keys: those that the map has.
  func order(of keys: [String]) -> [String]? {
    guard self == .step else { return Self.orders[self] }
    let holdsSteps = keys.contains { Self.containers.contains($0) }
    return holdsSteps ? Self.containerStep : Self.plainStep
  }

  /// The members of a map in the order of their keys; keys that the language does not have come last.
  func ordered<Element>(
    _ members: some Collection<Element>, by name: (Element) -> String
  ) -> [Element] {
    guard let order = order(of: members.map(name)) else { return Array(members) }
    let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let ranked = members.enumerated().map { position, member in
      (rank: ranks[name(member)] ?? order.count, position: position, member: member)
    }
    return ranked.sorted { ($0.rank, $0.position) < ($1.rank, $1.position) }.map(\.member)
  }

  /// Kinds of step with steps inside; what belongs to the time before them is written before them.
  static let containers = ["steps", "parallel", "for_each", "choose", "repeat"]
  private static let simpleKinds = [
    "action", "ask", "approve", "wait", "set", "workflow", "go_to", "finish",
  ]
  private static let beginning = ["id", "name", "description", "role", "if", "preconditions"]
  private static let times = [
    "timeout", "retry", "effects", "probe", "target", "due", "expires", "remind", "escalate",
    "on_expiry",
  ]
  private static let ending = ["verify", "checkpoint", "on_failure", "undo", "manual", "allow"]
  static let plainStep = beginning + simpleKinds + ["with"] + containers + times + ending
  static let containerStep = beginning + times + simpleKinds + ["with"] + containers + ending

  static let orders: [LanguageShape: [String]] = [
    .workflow: [
      "baton", "id", "name", "version", "description", "document", "roles", "calendar", "run_name",
      "labels", "triggers", "inputs", "defaults", "steps", "outputs", "finally", "targets",
      "allow",
    ],
    .document: [
      "number", "section", "effective", "owner", "approved_by", "review_every", "related",
    ],
    .role: ["name", "description", "person"],
    .defaults: ["timeout", "retry", "on_failure"],
    .check: ["action", "with", "check", "message", "see"],
    .retry: ["attempts", "wait", "backoff", "max_wait", "only_if"],
    .policy: ["when", "steps", "then"],
    .undo: ["action", "with", "manual"],
    .probe: ["action", "with", "check", "outputs"],
    .call: ["action", "with"],
    .deadline: ["at"],
    .reminder: ["before", "if", "notify"],
    .escalation: ["after", "after_due", "if", "to", "notify"],
    .ask: ["message", "items", "fields", "complete_when"],
    .item: ["label", "help", "category", "done_on"],
    .approve: ["message", "approvals", "not_starter"],
    .wait: ["event", "match", "since", "at", "until", "first_of"],
    .event: ["event", "match", "since"],
    .forEach: ["in", "as", "max_parallel", "collect", "steps"],
    .choice: ["when", "steps"],
    .loop: ["steps", "until", "every", "at_most"],
    .finish: ["outcome", "message"],
    .target: ["name", "measure", "at_least", "at_most"],
    .trigger: [
      "webhook", "schedule", "connection", "time_zone", "if", "key", "inputs", "respond", "limit",
    ],
    .respond: ["after", "body"],
    .limit: ["rate", "by"],
    .testFile: ["workflow", "tests"],
    .test: ["name", "started_with", "inputs", "actions", "events", "answers", "expect"],
  ]

  private static let members: [LanguageShape: [String: LanguageShape]] = [
    .workflow: [
      "document": .document, "roles": .roles, "defaults": .defaults, "steps": .steps,
      "finally": .steps, "targets": .targets, "triggers": .triggers,
    ],
    .defaults: ["retry": .retry, "on_failure": .policy],
    .step: [
      "preconditions": .checks, "verify": .checks, "retry": .retry, "on_failure": .policy,
      "on_expiry": .policy, "undo": .undo, "probe": .probe, "due": .deadline, "expires": .deadline,
      "remind": .reminders, "escalate": .escalations, "ask": .ask, "approve": .approve,
      "wait": .wait, "steps": .steps, "parallel": .steps, "for_each": .forEach, "choose": .cases,
      "repeat": .loop, "finish": .finish,
    ],
    .policy: ["steps": .steps],
    .reminder: ["notify": .call],
    .escalation: ["notify": .call],
    .ask: ["items": .items],
    .item: ["done_on": .event],
    .wait: ["first_of": .firstOf],
    .forEach: ["steps": .steps],
    .choice: ["steps": .steps],
    .loop: ["steps": .steps],
    .trigger: ["respond": .respond, "limit": .limit],
    .testFile: ["tests": .tests],
  ]
}
