/// Which keys each map of the language may have.
enum LanguageKeys {
  static let workflow = KeySet(
    "a workflow",
    [
      "baton", "id", "name", "version", "description", "document", "roles", "calendar", "run_name",
      "labels", "inputs", "defaults", "steps", "outputs", "finally", "targets", "triggers",
      "allow",
    ])
  static let document = KeySet(
    "`document`",
    [
      "number", "section", "effective", "owner", "approved_by", "review_every", "related",
    ])
  static let role = KeySet("a role", ["name", "description", "person"])
  static let defaults = KeySet("`defaults`", ["retry", "on_failure", "timeout"])

  /// The keys that say what a step does.
  static let kinds = [
    "action", "ask", "approve", "wait", "set", "steps", "parallel", "for_each", "choose", "repeat",
    "workflow", "go_to", "finish",
  ]
  /// The keys for machines only.
  static let machine = ["timeout", "retry", "effects", "probe"]
  /// The keys for people only.
  static let people = ["due", "expires", "remind", "escalate", "on_expiry"]
  static let step = KeySet(
    "a step",
    ["id", "name", "description", "role", "if", "preconditions", "verify", "checkpoint"]
      + ["target", "on_failure", "undo", "manual", "allow", "with"] + kinds + machine + people)

  static let check = KeySet("a check", ["check", "message", "see", "action", "with"])
  static let retry = KeySet("`retry`", ["attempts", "wait", "backoff", "max_wait", "only_if"])
  static let recovery = KeySet("a recovery", ["when", "steps", "then"])
  static let undo = KeySet("`undo`", ["action", "with", "manual"])
  static let probe = KeySet("`probe`", ["action", "with", "check", "outputs"])
  static let call = KeySet("`notify`", ["action", "with"])
  static let moment = KeySet("a deadline", ["at"])
  static let reminder = KeySet("a reminder", ["before", "if", "notify"])
  static let escalation = KeySet(
    "an escalation", ["after", "after_due", "to", "if", "notify"])

  static let ask = KeySet("`ask`", ["message", "items", "fields", "complete_when"])
  static let item = KeySet("an item", ["label", "help", "category", "done_on"])
  static let approve = KeySet("`approve`", ["message", "approvals", "not_starter"])
  static let wait = KeySet("`wait`", ["event", "match", "since", "at", "until", "first_of"])
  static let event = KeySet("`done_on`", ["event", "match", "since"])
  static let forEach = KeySet("`for_each`", ["in", "as", "max_parallel", "collect", "steps"])
  static let choice = KeySet("a case", ["when", "steps"])
  static let loop = KeySet("`repeat`", ["steps", "until", "every", "at_most"])
  static let finish = KeySet("`finish`", ["outcome", "message"])

  static let target = KeySet("a target", ["name", "measure", "at_least", "at_most"])
  static let trigger = KeySet(
    "a trigger",
    [
      "webhook", "connection", "schedule", "time_zone", "if", "key", "inputs", "respond", "limit",
    ])
  static let respond = KeySet("`respond`", ["after", "body"])
  static let limit = KeySet("`limit`", ["rate", "by"])

  static let plugin = KeySet(
    "a contract", ["plugin", "version", "summary", "description", "operations", "events"])
  static let operation = KeySet(
    "an operation",
    [
      "summary", "description", "effects", "inputs", "outputs", "errors", "key_lasts", "probe",
      "undo", "examples", "manual",
    ])
  static let operationError = KeySet("an error", ["message", "retry"])
  static let example = KeySet("an example", ["inputs", "outputs", "name"])

  /// What other tools call the keys of a step.
  static let elsewhere: [String: String] = [
    "call": "action", "uses": "action", "operation": "action", "run": "action", "do": "action",
    "sleep": "wait", "delay": "wait", "pause": "wait", "for": "for_each", "loop": "for_each",
    "with_items": "for_each", "while": "repeat", "switch": "choose", "else": "choose",
    "question": "ask", "prompt": "ask", "form": "ask", "approval": "approve", "assign": "set",
    "vars": "set", "unless": "if", "condition": "if", "when": "if", "assignee": "role",
    "responsible": "role",
    "deadline": "due", "title": "name", "args": "with", "params": "with", "parameters": "with",
    "on_error": "on_failure", "on_fail": "on_failure", "rescue": "on_failure",
    "catch": "on_failure", "rollback": "undo", "compensate": "undo", "pre": "preconditions",
    "post": "verify", "assert": "verify", "group": "steps", "block": "steps", "goto": "go_to",
    "end": "finish", "exit": "finish", "shell": "action", "script": "action", "cmd": "action",
    "command": "action",
    "ignore_errors": "on_failure", "continue-on-error": "on_failure",
    "continue_on_error": "on_failure", "allow_failure": "on_failure", "retries": "retry",
    "max_attempts": "retry", "timeout-minutes": "timeout", "timeout_minutes": "timeout",
    "timeout_seconds": "timeout", "approvers": "role", "reviewers": "role",
    "on_reject": "on_failure", "on_rejected": "on_failure", "on_rejection": "on_failure",
  ]

  /// What other tools call the keys of what stands inside a step, and what to write here.
  static let insides: [String: [String: String]] = {
    let otherwise = "the last case without `when` is for everything else"
    let called = { (key: String) in "here it is called `\(key)`" }
    let approvers = "`role` of the step, beside `approve`, says whose decision it is"
    return [
      TestKeys.absence.owner: [
        "during": called("for"), "lasts": called("for"), "takes": called("for"),
        "from": called("after"), "start": called("after"), "to": called("until"),
        "end": called("until"),
      ],
      escalation.owner: [
        "role": called("to"), "who": called("to"), "whom": called("to"), "person": called("to"),
        "message": "what is said, `notify` calls: `notify: { action: …, with: { … } }`",
      ],
      choice.owner: [
        "if": called("when"), "condition": called("when"), "case": called("when"),
        "else": otherwise, "default": otherwise, "otherwise": otherwise,
        "do": called("steps"), "then": called("steps"),
      ],
      approve.owner: [
        "approvers": approvers, "approver": approvers, "reviewers": approvers,
        "quorum": called("approvals"), "text": called("message"), "prompt": called("message"),
        "question": called("message"), "on_reject": rejected, "on_rejected": rejected,
      ],
      forEach.owner: [
        "items": called("in"), "list": called("in"), "of": called("in"), "each": called("in"),
        "var": called("as"), "item": called("as"), "loop_var": called("as"), "do": called("steps"),
        "parallel": called("max_parallel"), "outputs": called("collect"),
      ],
      loop.owner: [
        "while": "`until` says when it ends: `until: \"!(…)\"`", "times": called("at_most"),
        "max": called("at_most"), "attempts": called("at_most"), "interval": called("every"),
        "wait": called("every"), "delay": called("every"), "do": called("steps"),
      ],
      retry.owner: [
        "times": called("attempts"), "max": called("attempts"), "count": called("attempts"),
        "retries": called("attempts"), "max_attempts": called("attempts"),
        "delay": called("wait"), "interval": called("wait"),
      ],
      ask.owner: [
        "prompt": called("message"), "question": called("message"), "text": called("message"),
        "inputs": called("fields"), "form": called("fields"), "checklist": called("items"),
      ],
    ]
  }()

  /// What follows upon a rejection.
  static let rejected =
    "`on_failure` of the step: a rejection is a failure with the code `rejected`, which "
    + "`on_failure: [ { when: \"error.code == 'rejected'\", steps: [ … ] } ]` takes up"

  /// The key that a sentence of ``insides`` says to write, which it names first.
  static func called(in help: String) -> String? {
    let pieces = help.split(separator: "`", omittingEmptySubsequences: false)
    return pieces.count > 2 ? String(pieces[1]) : nil
  }

  /// Keys that order steps elsewhere.
  static let orders: Set<String> = ["depends_on", "needs", "after", "requires", "dependencies"]

  private static let all = [
    workflow, document, role, defaults, step, check, retry, recovery, undo, probe, call, reminder,
    escalation, ask, item, approve, wait, forEach, choice, loop, finish, target, trigger, respond,
    limit,
  ]

  /// Where a key belongs.
  static let homes: [String: [String]] = {
    var homes: [String: [String]] = [:]
    for set in all { for key in set.keys { homes[key, default: []].append(set.owner) } }
    return homes
  }()
}
