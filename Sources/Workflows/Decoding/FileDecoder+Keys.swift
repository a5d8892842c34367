import Documents
import Fields
import SourceText

/// Keys that are missing, unknown or in the wrong place.
extension FileDecoder {
  /// - Parameters:
  ///   - others: Keys that would do as well.
  ///   - span: Where it is said. Where that is the map's own place, and the map has the key or one of the
  ///     others under a wrong name, that has been said and is enough.
  func missing(
    _ key: String, or others: [String] = [], in owner: String, at span: SourceSpan,
    help: String? = nil
  ) {
    if isMisspelt([key] + others, inMapAt: span.start) { return }
    report(.missingKey, "\(owner) has no `\(key)`", at: span, help: help)
  }

  /// Reports a key that a map cannot have.
  func reportUnknown(
    _ members: MemberList, at position: Int, of node: Node, _ keys: KeySet
  ) {
    let member = members[position]
    let name = member.name
    if reportRest(members, at: position, keys) { return }
    noteLost(member.value)
    if let help = help(for: member, of: node, keys) {
      report(
        .unknownKey, "unknown key `\(name)` in \(keys.owner)", at: member.key.span, help: help)
    } else if let homes = LanguageKeys.homes[name] {
      report(
        .misplacedKey, "`\(name)` does not belong into \(keys.owner)", at: member.key.span,
        label: "it is a key of \(homes.joined(separator: ", "))")
    } else {
      report(
        .unknownKey, "unknown key `\(name)` in \(keys.owner)", at: member.key.span,
        label: "allowed: \(keys.keys.quotedList)")
    }
  }

  /// What to write for a key; which one is meant is kept.
  private func help(for member: Member, of node: Node, _ keys: KeySet) -> String? {
    if let help = member.spaceHelp { return help }
    if let (key, help) = member.blankHelp, keys.keys.contains(key) {
      noteMisspelt(key, in: node)
      return help
    }
    let small = member.name.lowercased()
    if let help = LanguageKeys.insides[keys.owner]?[small] {
      if let key = LanguageKeys.called(in: help) { noteMisspelt(key, in: node) }
      return help
    }
    if keys.owner == LanguageKeys.step.owner, let help = stepHelp(member, small, of: node) {
      return help
    }
    if keys.owner == LanguageKeys.wait.owner, Self.limits.contains(small) {
      noteMisspelt("expires", in: node)
      return expiryHelp(member.value, small, beside: " beside `wait`")
    }
    guard let near = nearest(member.name, among: keys.keys) else { return nil }
    noteMisspelt(near, in: node)
    return "did you mean `\(near)`?"
  }

  /// What to write for a key that other tools have.
  private func stepHelp(_ member: Member, _ small: String, of node: Node) -> String? {
    if LanguageKeys.orders.contains(member.name) {
      return "steps are done in the order in which they are written; `parallel` has those that are "
        + "done side by side"
    }
    if small == "register" {
      return "what a step gives is `steps.\(node["id"]?.text ?? "ID").outputs` wherever it is read"
    }
    let isCall = node["action"] != nil
    guard let key = small == "delay" && isCall ? "retry" : LanguageKeys.elsewhere[small] else {
      return nil
    }
    noteMisspelt(key, in: node)
    switch small {
    case "run", "script", "cmd", "command": return programHelp(member.value)
    case "shell":
      return node["run"] == nil
        ? programHelp(member.value) : "the `command` of `command.run` starts with the shell"
    case "delay" where isCall, "retries", "max_attempts": return retryHelp(node)
    case "ignore_errors", "continue-on-error", "continue_on_error", "allow_failure":
      return "write `on_failure: continue`"
    case "on_reject", "on_rejected", "on_rejection": return LanguageKeys.rejected
    case "approvers", "reviewers": return "`role` says whose decision it is"
    case "timeout-minutes", "timeout_minutes", "timeout_seconds":
      let isWait = ["ask", "approve", "wait"].contains { node[$0] != nil }
      guard isWait else { return "write `timeout: \(length(in: member.value, small))`" }
      noteMisspelt("expires", in: node)
      return expiryHelp(member.value, small)
    default: return "here it is called `\(key)`"
    }
  }

  /// What ends a wait in other tools.
  private static let limits: Set<String> = [
    "timeout", "timeout-minutes", "timeout_minutes", "timeout_seconds", "expires", "within",
  ]

  /// `timeout: 24h` of something that people or events end.
  func expiryHelp(_ value: Node, _ key: String = "timeout", beside: String = "") -> String {
    "write `expires: \(length(in: value, key))`\(beside); `on_expiry` says what follows then"
  }

  /// A length of time as it is written here: `30` of `timeout-minutes` is `30m`.
  private func length(in value: Node, _ key: String) -> String {
    guard let text = value.text else { return "…" }
    if Length(text) != nil { return text }
    guard UInt64(text) != nil else { return "…" }
    return text + (key.hasSuffix("minutes") ? "m" : "s")
  }

  /// `retries: 3` and `delay: 10s`.
  private func retryHelp(_ step: Node) -> String {
    let count = ["retries", "max_attempts"].lazy.compactMap { step[$0]?.text }.first
    let attempts = count.flatMap { UInt64($0) } ?? 3
    let wait = step["delay"].map { ", wait: \(length(in: $0, "delay"))" } ?? ""
    return "write `retry: { attempts: \(attempts)\(wait) }`, which counts all tries"
  }

  /// `run: npm test`, as other tools run programs.
  private func programHelp(_ value: Node) -> String {
    var program = "[sh, -c, …]"
    let written = file[value.span]
    if written.utf8.count <= 60, !written.contains("\n") {
      if value.items != nil { program = written }
      if let text = value.text, !value.isNull { program = "[sh, -c, \(text.inYAMLQuotes)]" }
    }
    if value.text != nil, written.contains("${{") {
      // It would be refused where it is put into the script.
      program = ScriptArgument.example("sh", of: written)
    }
    return "a program is run by `action: command.run` and `with: { command: \(program) }`"
  }

  /// The keys that are expressions: one that is cut in two says so when it is read.
  private static let expressions: Set<String> = [
    "if", "check", "match", "at", "until", "in", "when", "key", "by", "only_if", "complete_when",
    "measure",
  ]

  /// Reports a key that is the rest of a text with a `,` in it, once for each text.
  private func reportRest(_ members: MemberList, at position: Int, _ keys: KeySet) -> Bool {
    guard diagnostics.omitted == 0, let rest = members.textRest(at: position) else { return false }
    guard case .first(let owner, let isBracketed, let help) = rest else { return true }
    if isBracketed, Self.expressions.contains(owner) { return true }
    report(
      .unknownKey, "unknown key `\(members[position].name)` in \(keys.owner)",
      at: members[position].key.span, label: "a `,` ends a text inside `{ … }`", help: help)
    return true
  }

  /// Reports a value under `with` that nothing takes.
  func reportUnknownInput(
    _ member: Member, of node: Node?, _ fields: FieldSet, _ owner: String
  ) {
    guard let node, let members = node.members,
      let position = members.firstIndex(where: { $0.key.span == member.key.span })
    else { return }
    var label: String?
    var help: String?
    switch diagnostics.omitted == 0 ? members.textRest(at: position) : nil {
    case .further: return
    case .first(_, _, let quotes): (label, help) = ("a `,` ends a text inside `{ … }`", quotes)
    case nil:
      let names = fields.fields.map(\.name)
      label = names.isEmpty ? "it takes none" : "it takes \(names.quotedList)"
      if let (key, blankHelp) = member.blankHelp, names.contains(key) {
        noteMisspelt(key, in: node)
        help = blankHelp
        break
      }
      let near = diagnostics.omitted == 0 ? nearest(member.name, among: names) : nil
      if let near { noteMisspelt(near, in: node) }
      help = near.map { "did you mean `\($0)`?" }
    }
    report(
      .unknownInput, "\(owner) has no input `\(member.name)`", at: member.key.span, label: label,
      help: help)
  }

  /// Reports keys of another kind of step or trigger.
  ///
  /// - Parameter help: what to write instead of one.
  func misplaced(
    _ keys: [String], _ node: Node, in what: String, _ label: String,
    help: (Member) -> String? = { _ in nil }
  ) {
    for member in node.members ?? [] where keys.contains(member.name) {
      report(
        .misplacedKey, "`\(member.name)` does not belong to this kind of \(what)",
        at: member.key.span, label: label, help: help(member))
    }
  }
}
