import TestSupport

/// A random workflow that `validate` finds nothing wrong with, as the text of its file.
///
/// Whatever it computes depends on its input and on the answers of ``World`` alone, never on time or
/// on the order of what happens side by side, so that a disturbed run must end as an undisturbed one.
struct RandomWorkflow {
  /// What waits for events wait for: the id of the step to the number that matches.
  private(set) var matches: [String: Int] = [:]
  private(set) var text = ""
  /// The workflows that it calls, by name.
  private(set) var called: [String: String] = [:]
  /// Questions that nobody answers, and waits for what never comes: they expire.
  var unanswered: Set<String> = []
  /// Questions of which an item is ticked by an event: the id of the step to the number that matches.
  var ticks: [String: Int] = [:]
  /// Steps that come only where something goes wrong, or in another version.
  var incidental: Set<String> = []
  /// The names of its checkpoints.
  private(set) var checkpoints: [String] = []
  var random: SeededNumbers
  private(set) var count = 0
  /// How many more steps may be made.
  var budget: Int
  var depth = 0
  /// Whether other steps run beside: then nothing may end the run, whose order would show.
  var isBeside = false
  /// Whether it stands in the run's `finally`, from which nothing takes back.
  private(set) var isInFinally = false
  /// Whether it stands in recovery steps, or in something that is repeated: no run goes back there.
  var isOffTheWay = false
  /// Whether a section around has steps for what fails in it.
  var isRescued = false
  /// Whether what fails is dealt with by the defaults of the file, or of one that calls it.
  var isDefaulted = false
  /// Whether it has what the ways through it depend on: equal conditions in callers and in called
  /// workflows, called workflows that end early, loops that run out of rounds.
  let isVaried: Bool
  /// Whether it has what ``RandomWorkflow/policyOfBranches(_:)`` and its neighbours make.
  let isRich: Bool
  /// Whether steps may end the run beside others, so that no two runs need come to the same.
  let isFree: Bool
  /// Whether each version has steps elsewhere than the others.
  var isShuffled = false
  let seed: UInt64
  /// The steps that give a word, which is sensitive.
  var tellers: Set<String> = []
  /// Whether other steps of the same called workflow run beside, or come only where something goes wrong.
  var isBesideInCall = false
  /// How many calls of other workflows are around.
  private var callDepth = 0
  var isInCall: Bool { callDepth > 0 }
  /// What expressions may read besides inputs and steps.
  private var items: [String] = []

  static let roles = "roles: { r1: One, r2: Two }\n"

  init(seed: UInt64, isVaried: Bool = false, isRich: Bool = false, isFree: Bool = false) {
    self.isVaried = isVaried
    self.isRich = isRich || isFree
    self.isFree = isFree
    self.seed = seed
    random = SeededNumbers(seed: seed)
    budget = random.number(2...14)
    var seen: [String] = []
    text = Self.roles + "inputs: { n: { type: integer, default: 1 } }\n" + defaults()
    text += "steps:\n" + list(indent: 2, seen: &seen)
    if random.chance(40) {
      budget = 2
      isInFinally = true
      text += "finally:\n" + list(indent: 2, seen: &seen, isFinally: true)
    }
    text += "outputs:\n  fixed: 1\n"
    for id in seen { text += "  \(id): ${{ \(value(id)) }}\n" }
    for id in seen where tellers.contains(id) { text += "  \(id)_word: ${{ \(word(id)) }}\n" }
  }

  /// What follows the failures of all steps of a file, also of branches that run side by side.
  private mutating func defaults() -> String {
    guard random.chance(30) else { return "" }
    defer { isDefaulted = true }
    if random.chance(40) { return "defaults: { on_failure: continue }\n" }
    let wasBeside = isBeside
    isBeside = true
    defer { isBeside = wasBeside }
    return "defaults:\n  on_failure:\n" + recovery(2, then: "continue")
  }

  // MARK: Lists

  /// Some steps; the ids of those that later steps may read are added to `seen`.
  mutating func list(
    indent: Int, seen: inout [String], isFinally: Bool = false
  ) -> String {
    let length = random.number(1...(depth == 0 ? 6 : 3))
    let ids = (0..<length).map { _ in newID() }
    var lines = ""
    for position in ids.indices {
      budget -= 1
      let id = ids[position]
      if random.chance(12) { lines += marker(indent) }
      if position + 2 < ids.count, random.chance(8) {
        let target = random.choose(Array(ids[(position + 2)...]))
        lines += step(
          id, indent,
          condition(seen, percent: 100) + ["go_to: \(target)"] + (isRich ? checkpoint() : []))
      } else if depth == 0, !isFinally, !isBeside, random.chance(4) {
        let outcome = random.choose(["succeeded", "failed"])
        lines += step(
          id, indent,
          condition(seen, percent: 100) + ["finish: { outcome: \(outcome), message: Enough }"])
      } else if isVaried, callDepth > 0, !isFinally, !isBeside, random.chance(20) {
        let outcome = random.choose(["succeeded", "failed", "cancelled"])
        lines += step(
          id, indent, condition(seen, percent: 100) + ["finish: { outcome: \(outcome) }"])
      } else if !isFinally, let end = finish() {
        lines += step(id, indent, condition(seen, percent: 100) + [end])
      } else {
        lines += anything(id, indent, seen: &seen)
      }
    }
    return lines
  }

  mutating func newID() -> String {
    count += 1
    return "s\(count)"
  }

  func step(_ id: String, _ indent: Int, _ members: [String]) -> String {
    let space = String(repeating: " ", count: indent)
    return "\(space)- id: \(id)\n"
      + members.map { "\(space)  \($0)\n" }.joined()
  }

  private mutating func anything(_ id: String, _ indent: Int, seen: inout [String]) -> String {
    let head = condition(seen, percent: 20)
    let mayNest = budget > 0 && depth < 3
    switch random.number(0...(mayNest ? 26 : 13)) {
    case 0, 1: return set(id, indent, head, seen: &seen)
    case 2, 3, 4, 5: return action(id, indent, head, seen: &seen)
    case 6, 7: return ask(id, indent, head, seen: &seen)
    case 8: return step(id, indent, head + ["wait: \(random.choose(["30s", "2h", "3d"]))"])
    case 9: return event(id, indent, head)
    case 10: return approval(id, indent, head)
    case 11: return first(id, indent, head)
    case 12: return expiring(id, indent, head)
    case 13: return ticked(id, indent, head)
    case 14, 15: return section(id, indent, head, seen: &seen)
    case 16, 17: return loop(id, indent, head, seen: seen)
    case 18, 19, 20: return parallel(id, indent, head, seen: &seen)
    case 21, 22: return forEach(id, indent, head, seen: seen)
    case 23, 24: return choose(id, indent, head, seen: &seen)
    case 25: return rescued(id, indent, head, seen: seen)
    default: return workflow(id, indent, head, seen: &seen)
    }
  }

  // MARK: Expressions

  func value(_ id: String) -> String { "steps.\(id).outputs.?n.orValue(0)" }

  private mutating func expression(_ seen: [String]) -> String {
    let parts = seen.filter { _ in random.chance(40) }.prefix(3).map(value)
    let given = ["inputs.n", "\(random.number(0...9))"] + items
    return "(" + (given + parts).joined(separator: " + ") + ")"
  }

  private mutating func condition(_ seen: [String], percent: Int) -> [String] {
    if isVaried, random.chance(max(percent, 50)) {
      let even = "inputs.n % 2 == 0"
      let words = [even, even, "!(\(even))", "inputs.n % 2 != 0", "\(even) && inputs.n > 3"]
      return ["if: \"\(random.choose(words))\""]
    }
    guard random.chance(percent) else { return [] }
    let divisor = random.number(2...4)
    return ["if: \"\(expression(seen)) % \(divisor) != \(random.number(0..<divisor))\""]
  }

  // MARK: Kinds

  private mutating func set(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    let word = wordExpression(seen).map { ", word: \"${{ \($0) }}\"" }
    let members = head + ["set: { n: \"${{ \(expression(seen)) % 97 }}\"\(word ?? "") }"]
    if word != nil { tellers.insert(id) }
    seen.append(id)
    return step(id, indent, members + checkpoint())
  }

  private mutating func action(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    var operation = random.choose([
      "read", "repeated", "keyed", "keyed", "once", "once", "probed", "doomed",
    ])
    if isRich, operation == "once", random.chance(50) { operation = "bare" }
    if isRich, operation == "keyed" || operation == "read", random.chance(60) {
      operation = "told"
      tellers.insert(id)
    }
    let word = operation == "told" ? wordExpression(seen).map { ", word: \"${{ \($0) }}\"" } : nil
    var members = head
    if random.chance(25) {
      members.append(
        "preconditions: [ { action: world.read, with: { n: 1 }, check: outputs.n >= 0, "
          + "message: The world is gone } ]")
    }
    members += [
      "action: world.\(operation)", "with: { n: \"${{ \(expression(seen)) % 89 }}\"\(word ?? "") }",
    ]
    if operation == "doomed" { return doomed(id, indent, members) }
    if operation == "bare", random.chance(50) { return unproven(id, indent, members) }
    members += acting(mayRetry: !["once", "probed", "bare"].contains(operation))
    seen.append(id)
    return step(id, indent, members) + mishap("on_failure", indent)
  }

  /// What may surround an action.
  private mutating func acting(mayRetry: Bool) -> [String] {
    var members: [String] = []
    if mayRetry, random.chance(40) {
      let backoff = random.chance(50) ? ", backoff: double, max_wait: 1m" : ""
      members.append("retry: { attempts: \(random.number(2...4)), wait: 5s\(backoff) }")
    }
    if random.chance(20) {
      members.append("verify: [ { check: outputs.n >= 0, message: It is negative } ]")
    } else if random.chance(10) {
      members.append(
        "verify: [ { action: world.read, with: { n: 2 }, check: outputs.n >= 0, message: Gone } ]")
    }
    return members + checkpoint()
  }

  /// A place to which the run can be taken back.
  private mutating func checkpoint() -> [String] {
    let isOnTheWay = depth == 0 || isRich && !isOffTheWay
    guard isOnTheWay, !isBeside, !isInFinally, random.chance(35) else { return [] }
    let name = "c\(count)-\(budget + 20)"
    checkpoints.append(name)
    return ["checkpoint: \(name)"]
  }

  private mutating func ask(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    var parts = ["message: %QUESTION"]
    if random.chance(40) { parts.append("items: { a: \(ticking(id)), b: The second }") }
    let more = random.chance(40) ? ", ok: { type: boolean, default: true }" : ""
    parts.append("fields: { n: integer\(more) }")
    seen.append(id)
    let asked = head + ["ask: { \(parts.joined(separator: ", ")) }"] + checkpoint()
    return step(id, indent, asked + deadlines()) + mayExpire(indent)
  }

  /// The number that an event must have for a step that waits for one.
  mutating func awaited(by id: String) -> Int {
    let wanted = random.number(0...5)
    matches[id] = wanted
    return wanted
  }

  private mutating func event(_ id: String, _ indent: Int, _ head: [String]) -> String {
    let wanted = awaited(by: id)
    return step(
      id, indent,
      head + ["wait: { event: world.happened, match: event.n == \(wanted) }"] + deadlines())
      + mayExpire(indent)
  }

  private mutating func section(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    let failure = random.chance(20) ? ["on_failure: continue"] : []
    depth += 1
    defer { depth -= 1 }
    return step(id, indent, head + failure + ["steps:"]) + list(indent: indent + 4, seen: &seen)
  }

  private mutating func loop(
    _ id: String, _ indent: Int, _ head: [String], seen: [String]
  ) -> String {
    depth += 1
    let wasOff = isOffTheWay
    isOffTheWay = true
    defer { (depth, isOffTheWay) = (depth - 1, wasOff) }
    var inside = seen
    let limits = random.chance(50) ? ["  every: 10m"] : []
    var tail = ["  until: index == \(random.number(0...3))"] + limits
    var before: [String] = []
    if isVaried, random.chance(40) {
      tail.append("  at_most: 1")
      before = ["on_failure: \(noting())"]
    }
    let space = String(repeating: " ", count: indent + 2)
    return step(id, indent, head + before + ["repeat:"])
      + "\(space)  steps:\n" + list(indent: indent + 6, seen: &inside)
      + tail.map { "\(space)\($0)\n" }.joined()
  }
}

extension RandomWorkflow {
  private mutating func parallel(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    let before = seen
    let policy = policyOfBranches(indent)
    var text = step(id, indent, head + ["parallel:"])
    branches(under: policy) { workflow in
      for _ in 0..<workflow.random.number(2...3) {
        var inside = before
        workflow.budget -= 1
        if workflow.random.chance(8) { text += workflow.marker(indent + 4) }
        text += workflow.anything(workflow.newID(), indent + 4, seen: &inside)
        seen += inside.dropFirst(before.count)
      }
    }
    return text + (policy ?? "")
  }

  private mutating func forEach(
    _ id: String, _ indent: Int, _ head: [String], seen: [String]
  ) -> String {
    let width = random.number(1...3)
    let name = "item_\(id)"
    var inside = seen
    var steps = ""
    let policy = policyOfBranches(indent)
    // An item that stands still holds up none of those after it.
    branches(under: policy) { workflow in
      workflow.items.append(name)
      steps = workflow.list(indent: indent + 6, seen: &inside)
      workflow.items.removeLast()
    }
    let space = String(repeating: " ", count: indent + 4)
    let list = (0..<random.number(0...4)).map { "\($0 * 3)" }.joined(separator: ", ")
    let collect =
      collected(name, inside, mayFail: policy != nil && !isVaried).map {
        "\(space)collect: \($0)\n"
      } ?? ""
    return step(id, indent, head + ["for_each:"])
      + "\(space)in: \"[\(list)]\"\n\(space)as: \(name)\n\(space)max_parallel: \(width)\n"
      + collect + "\(space)steps:\n" + steps + (policy ?? "")
  }

  private mutating func choose(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    let before = seen
    let policy = policyOfBranches(indent)
    var text = step(id, indent, head + ["choose:"])
    let space = String(repeating: " ", count: indent + 4)
    let count = random.number(1...2)
    for position in 0...count {
      let when = "when: \"\(expression(before)) % 3 == \(random.number(0...2))\""
      var inside = before
      text += position < count ? "\(space)- \(when)\n\(space)  steps:\n" : "\(space)- steps:\n"
      seeing(to: policy) { workflow in
        workflow.nested(beside: workflow.isBeside) {
          text += $0.list(indent: indent + 8, seen: &inside)
        }
      }
      seen += inside.dropFirst(before.count)
    }
    return text + (policy ?? "")
  }

  private mutating func workflow(
    _ id: String, _ indent: Int, _ head: [String], seen: inout [String]
  ) -> String {
    let members = ["workflow: called-\(id)", "with: { n: \"${{ \(expression(seen)) % 83 }}\" }"]
    let was = (isRescued, isDefaulted, items)
    let wasBeside = isBesideInCall
    let policy = policyOfCall(indent)
    var inside: [String] = []
    items = []
    callDepth += 1
    isBesideInCall = false
    var text = "baton: 1\nid: called-\(id)\nname: Called\nversion: 1.0.0\n"
    text += Self.roles + "inputs: { n: integer }\n" + defaults() + "steps:\n"
    nested(beside: isBeside) { text += $0.list(indent: 2, seen: &inside) }
    callDepth -= 1
    if random.chance(30) {
      budget += 1
      nested(beside: isBeside) {
        text += "finally:\n" + $0.list(indent: 2, seen: &inside, isFinally: true)
      }
    }
    (isRescued, isDefaulted, items) = was
    isBesideInCall = wasBeside
    text += "outputs:\n  n: ${{ \(inside.last.map(value) ?? "0") }}\n"
    if let last = inside.last, tellers.contains(last) {
      text += "  word: ${{ \(word(last)) }}\n"
      tellers.insert(id)
    }
    called["called-\(id)"] = text
    seen.append(id)
    return step(id, indent, head + members) + policy
  }

  /// What follows where something fails in a called workflow, and it does not see to it itself.
  private mutating func policyOfCall(_ indent: Int) -> String {
    let space = String(repeating: " ", count: indent + 2)
    if random.chance(35) {
      defer { isRescued = true }
      return "\(space)on_failure:\n" + recovery(indent + 2, then: ending())
    }
    return isVaried ? "\(space)on_failure: \(ending())\n" : ""
  }

  /// What follows a failure, so that it shows that there was one.
  private mutating func noting() -> String {
    "{ steps: [ { id: \(newID()), set: { n: 1 } } ], then: \(ending()) }"
  }

  /// Makes what stands one level deeper.
  mutating func nested(beside: Bool, _ body: (inout RandomWorkflow) -> Void) {
    let wasBeside = isBeside
    isBeside = isBeside || beside
    depth += 1
    body(&self)
    depth -= 1
    isBeside = wasBeside
  }
}
