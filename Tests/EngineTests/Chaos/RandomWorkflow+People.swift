import TestSupport

/// Approvals, deadlines, races of waits, and what follows when a question is not answered.
extension RandomWorkflow {
  // MARK: Kinds

  mutating func approval(_ id: String, _ indent: Int, _ head: [String]) -> String {
    let limits = random.choose(["", ", approvals: 2", ", approvals: 3, not_starter: true"])
    return step(
      id, indent,
      head + ["approve: { message: \"Go on with ${{ inputs.n }}?\"\(limits) }"] + deadlines())
      + mishap("on_failure", indent) + mayExpire(indent)
  }

  /// The first of several, of which it must not matter which one it is.
  mutating func first(_ id: String, _ indent: Int, _ head: [String]) -> String {
    let event = "{ event: world.happened, match: event.n == \(awaited(by: id)) }"
    let inner = random.choose(["3h", "{ first_of: { soon: 10m, never: 8w } }"])
    let wait = "wait: { first_of: { told: \(event), later: \(inner), last: 4d } }"
    return step(id, indent, head + [wait] + deadlines())
  }

  /// A question, an approval or a wait with which nobody helps.
  mutating func expiring(_ id: String, _ indent: Int, _ head: [String]) -> String {
    unanswered.insert(id)
    let kind = random.choose([
      "ask: { message: %QUESTION, fields: { n: integer } }", "approve: Go on?",
      "wait: { event: world.happened, match: event.n == 77 }",
    ])
    var text = step(id, indent, head + [kind] + deadlines() + ["expires: \(random.choose(spans))"])
    let space = String(repeating: " ", count: indent + 2)
    if random.chance(50) {
      text += "\(space)on_expiry: \(ending())\n"
    } else {
      text += "\(space)on_expiry:\n" + recovery(indent + 2, then: ending())
    }
    return text
  }

  /// A list of which events tick everything, and no person anything.
  mutating func ticked(_ id: String, _ indent: Int, _ head: [String]) -> String {
    let wanted = random.number(0...5)
    ticks[id] = wanted
    let item = "{ label: One, done_on: { event: world.happened, match: event.n == \(wanted) } }"
    return step(
      id, indent, head + ["ask: { message: %QUESTION, items: { a: \(item) } }"] + deadlines())
      + mayExpire(indent)
  }

  /// An item of a question; an event may tick it.
  mutating func ticking(_ id: String) -> String {
    guard random.chance(40) else { return "The first" }
    let wanted = random.number(0...5)
    ticks[id] = wanted
    return "{ label: One, done_on: { event: world.happened, match: event.n == \(wanted) } }"
  }

  // MARK: Deadlines

  private var spans: [String] { ["30m", "2h", "5h", "2d", "1 business day", "3 business hours"] }

  /// By when people are to be done, who is told, and when.
  mutating func deadlines() -> [String] {
    guard random.chance(45) else { return [] }
    var members = ["role: r1", "due: \(random.choose(spans))"]
    if random.chance(60) {
      members.append("remind: [ 10m before, 1h before ]")
    }
    if random.chance(60) {
      let rungs = [
        "{ after: 1h, to: r2 }", "{ after_due: 30m, to: r2 }",
        "{ after_due: 2h, if: inputs.n > 3 }",
        "{ after: 2d, notify: { action: world.repeated, with: { n: 1 } } }",
      ]
      members.append("escalate: [ \(random.choose(rungs)), \(random.choose(rungs)) ]")
    }
    return members
  }

  /// A deadline after which a person asks it again.
  mutating func mayExpire(_ indent: Int) -> String {
    guard random.chance(25) else { return "" }
    let space = String(repeating: " ", count: indent + 2)
    return "\(space)expires: \(random.choose(spans))\n" + mishap("on_expiry", indent)
  }

  // MARK: Recovery

  /// How a failure ends that comes in every run.
  mutating func ending() -> String {
    let isOutermost = depth == 0 && !isBeside || isFree && random.chance(40)
    return random.choose(["continue", isOutermost ? "stop" : "continue"])
  }

  /// What follows a failure that comes by chance: a person or a recovery tries it again.
  mutating func mishap(_ key: String, _ indent: Int) -> String {
    let space = String(repeating: " ", count: indent + 2)
    guard random.chance(25) else { return "\(space)\(key): park\n" }
    let before = count
    let text = "\(space)\(key):\n" + recovery(indent + 2, then: random.choose(["retry", "park"]))
    for number in before..<count { incidental.insert("s\(number + 1)") }
    return text
  }

  /// Something that never works, and what is done about it.
  mutating func doomed(_ id: String, _ indent: Int, _ members: [String]) -> String {
    let space = String(repeating: " ", count: indent + 2)
    if isRescued || isDefaulted, random.chance(60) { return step(id, indent, members) }
    let text = step(id, indent, members) + "\(space)on_failure:"
    if random.chance(50) { return text + " \(ending())\n" }
    if depth == 0, !isBeside, !isInFinally, random.chance(15) { return text + " undo\n" }
    guard random.chance(50) else { return text + "\n" + recovery(indent + 2, then: ending()) }
    let other = newID()
    return text + "\n\(space)  - when: error.code == 'other'\n"
      + "\(space)    steps: [ { id: \(other), set: { n: 1 } } ]\n\(space)    then: stop\n"
      + "\(space)  - when: error.code == 'doomed'\n" + recovery(indent + 4, then: ending())
  }

  /// Recovery steps, and what follows them.
  mutating func recovery(_ indent: Int, then: String) -> String {
    let space = String(repeating: " ", count: indent + 2)
    let was = (isRescued, isDefaulted, isBesideInCall, isOffTheWay)
    (isRescued, isDefaulted, isBesideInCall, isOffTheWay) = (false, false, true, true)
    var inside: [String] = []
    var steps = ""
    nested(beside: isBeside) { steps = $0.list(indent: indent + 4, seen: &inside) }
    (isRescued, isDefaulted, isBesideInCall, isOffTheWay) = was
    return "\(space)steps:\n" + steps + "\(space)then: \(then)\n"
  }

  /// A section that has steps for whatever fails in it.
  mutating func rescued(
    _ id: String, _ indent: Int, _ head: [String], seen: [String]
  ) -> String {
    let space = String(repeating: " ", count: indent + 2)
    var text = step(id, indent, head + ["on_failure:"])
    text += recovery(indent + 2, then: ending()) + "\(space)steps:\n"
    let wasRescued = isRescued
    isRescued = true
    var inside = seen
    nested(beside: isBeside) { text += $0.list(indent: indent + 4, seen: &inside) }
    isRescued = wasRescued
    return text
  }

  // MARK: Versions

  /// A place at which a version of the workflow has a step more.
  mutating func marker(_ indent: Int) -> String {
    let id = "m\(newID())"
    incidental.insert(id)
    return "%\(indent) \(id)\n"
  }

  /// The texts of one version: other words, and other steps that nothing depends on.
  func version(_ number: Int) -> (text: String, called: [String: String]) {
    (
      withMovers(Self.version(number, of: text), number),
      called.mapValues { Self.version(number, of: $0) }.merging(calledByMovers) { $1 }
    )
  }

  private static func version(_ number: Int, of text: String) -> String {
    let question = number % 2 == 0 ? "How much?" : "How many?"
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).compactMap {
      line -> String? in
      guard line.hasPrefix("%") else {
        return String(line).replacing("%QUESTION", with: question)
      }
      let parts = line.dropFirst().split(separator: " ")
      let chance = repeatable("\(line) \(number)")
      guard chance % 2 == 0, let indent = Int(parts[0]) else { return nil }
      let kinds = [
        "set: { n: 1 }", "wait: 30s", "action: world.keyed, with: { n: 3 }, on_failure: park",
      ]
      let kind = kinds[Int(repeatable(String(line)) % UInt64(kinds.count))]
      return String(repeating: " ", count: indent) + "- { id: \(parts[1]), \(kind) }"
    }
    return lines.joined(separator: "\n")
  }
}
