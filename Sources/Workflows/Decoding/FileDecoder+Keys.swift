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
    let small = member.name.lowercased()
    if let help = LanguageKeys.insides[keys.owner]?[small] {
      if let key = LanguageKeys.called(in: help) { noteMisspelt(key, in: node) }
      return help
    }
    if keys.owner == LanguageKeys.step.owner, let help = stepHelp(member, small, of: node) {
      return help
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
    guard let key = LanguageKeys.elsewhere[small] else { return nil }
    noteMisspelt(key, in: node)
    return small == "run" ? programHelp(member.value) : "here it is called `\(key)`"
  }

  /// `run: npm test`, as other tools run programs.
  private func programHelp(_ value: Node) -> String {
    var program = "[sh, -c, …]"
    let written = file[value.span]
    if written.utf8.count <= 60, !written.contains("\n") {
      if value.items != nil { program = written }
      if let text = value.text, !value.isNull { program = "[sh, -c, \(text.inYAMLQuotes)]" }
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
      let near = diagnostics.omitted == 0 ? nearest(member.name, among: names) : nil
      if let near { noteMisspelt(near, in: node) }
      help = near.map { "did you mean `\($0)`?" }
    }
    report(
      .unknownInput, "\(owner) has no input `\(member.name)`", at: member.key.span, label: label,
      help: help)
  }

  /// Reports keys of another kind of step or trigger.
  func misplaced(_ keys: [String], _ node: Node, in what: String, _ label: String) {
    for member in node.members ?? [] where keys.contains(member.name) {
      report(
        .misplacedKey, "`\(member.name)` does not belong to this kind of \(what)",
        at: member.key.span, label: label)
    }
  }
}
