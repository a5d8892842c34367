import Documents
import SourceText

/// A key of data without a `:` and a value, as in `set: { x: a, b }`: YAML makes a key of what stands behind
/// the `,`, which was most likely meant as a part of the text.
struct OmittedValueCheck {
  /// The keys whose maps may have any key. Everywhere else one that does not belong there is an error.
  private static let dataKeys: Set<String> = [
    "set", "with", "outputs", "inputs", "labels", "collect", "body",
  ]

  let decoder: FileDecoder
  /// Where errors begin: what is wrong by itself needs no warning.
  let wrong: Set<Int>

  func look(at node: Node, isData: Bool = false) {
    if let items = node.items {
      for item in items { look(at: item, isData: isData) }
    }
    guard let members = node.members else { return }
    if isData { look(at: members) }
    for member in members {
      look(at: member.value, isData: isData || Self.dataKeys.contains(member.name))
    }
  }

  /// `{ a, b }` is a set, in which no key has a value; where any has one, all should.
  private func look(at members: MemberList) {
    let isSet = !members.contains { !$0.isBare }
    for (position, member) in members.enumerated() where member.isBare {
      guard !wrong.contains(member.key.span.start), !wrong.contains(member.value.span.start) else {
        continue
      }
      if let (_, help) = member.blankHelp {
        report(member, label: nil, help: help)
        continue
      }
      if isSet { continue }
      let absent = "`\(member.name): null` says that there is none"
      switch members.textRest(at: position) {
      case .further: continue
      case .first(_, _, let quotes):
        report(member, label: "a `,` ends a text inside `{ … }`", help: "\(quotes); \(absent)")
      case nil: report(member, label: nil, help: absent)
      }
    }
  }

  private func report(_ member: Member, label: String?, help: String) {
    decoder.report(
      .omittedValue, "the key `\(member.name)` has no value", at: member.key.span, label: label,
      help: help)
  }
}
