import Values

/// Loops whose item has another name: what reads it under that name says the same.
struct LoopVariables {
  private let old: Workflow
  /// The new names by the old ones, by the loop's id.
  private var names: [String: (old: String, new: String)] = [:]

  init(_ old: Workflow, _ new: Workflow) {
    self.old = old
    for step in old.allSteps {
      guard case .forEach(let before) = step.kind,
        case .forEach(let after)? = new.step(named: step.id)?.kind,
        !before.itemName.hasSameBytes(as: after.itemName)
      else { continue }
      names[step.id] = (before.itemName, after.itemName)
    }
  }

  /// What the keys of a step said under the names of today.
  func renamed(_ facet: Facet, of step: Step) -> Value {
    guard !names.isEmpty else { return facet.value }
    var changed: [String: String] = [:]
    // The items of outer loops first: an inner one of the same name hides it.
    for loop in loops(around: step, facet.key) {
      if let name = names[loop.id] {
        changed[name.old] = name.new
      } else if case .forEach(let own) = loop.kind {
        changed[own.itemName] = nil
      }
    }
    guard !changed.isEmpty else { return facet.value }
    let parts = facet.key.split(separator: ".").map(String.init)
    return Renaming(names: changed).value(facet.value, parts)
  }

  /// The loops whose items a key of a step sees.
  private func loops(around step: Step, _ key: String) -> [Step] {
    var found: [Step] = key == "for_each.collect" ? [step] : []
    var parent = step.parent
    while let index = parent {
      found.insert(old.allSteps[index], at: 0)
      parent = old.allSteps[index].parent
    }
    return found
  }
}

/// Another name for what expressions read, in the outline of what an author wrote.
private struct Renaming {
  let names: [String: String]

  /// Keys that are an expression, without `${{ }}`.
  private static let expressions: Set<String> = [
    "if", "check", "match", "at", "until", "in", "when", "only_if", "complete_when",
  ]
  /// Keys below which the author's own keys stand.
  private static let data: Set<String> = ["with", "set", "outputs", "fields"]

  /// - Parameter path: the keys that lead to the value.
  func value(_ value: Value, _ path: [String]) -> Value {
    switch value {
    case .string(let text):
      let isExpression =
        path.last.map(Self.expressions.contains) == true && Self.data.isDisjoint(with: path)
      return .string(isExpression ? expression(text) : template(text))
    case .list(let items): return .list(items.map { self.value($0, path) })
    case .map(let members):
      return .map(
        ValueMap(
          members.compactMap { member in
            member.key.asString.map { ($0, self.value(member.value, path + [$0])) }
          }))
    default: return value
    }
  }

  private func template(_ text: String) -> String {
    var renamed = ""
    var rest = text[...]
    while let open = rest.firstRange(of: "${{") {
      guard let end = end(of: rest[open.upperBound...]) else { break }
      renamed += rest[..<open.upperBound] + expression(String(rest[open.upperBound..<end]))
      rest = rest[end...]
    }
    return renamed + rest
  }

  /// Where an expression ends: at the first `}}` that stands in no text.
  private func end(of text: Substring) -> String.Index? {
    let bytes = Array(text.utf8)
    let tokens = TokenScanner.tokens(of: bytes)
    for (token, next) in zip(tokens, tokens.dropFirst())
    where bytes[token.range].elementsEqual("}".utf8) && bytes[next.range].elementsEqual("}".utf8)
      && token.range.upperBound == next.range.lowerBound
    {
      return text.utf8.index(text.startIndex, offsetBy: token.range.lowerBound)
    }
    return nil
  }

  private func expression(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var renamed: [UInt8] = []
    var place = 0
    var isField = false
    for token in TokenScanner.tokens(of: bytes) {
      let word = bytes[token.range]
      if token.kind == .word, !isField,
        let name = names[String(decoding: word, as: UTF8.self)]
      {
        renamed += bytes[place..<token.range.lowerBound] + Array(name.utf8)
        place = token.range.upperBound
      }
      isField = word.elementsEqual(".".utf8) || word.elementsEqual(".?".utf8)
    }
    return String(decoding: renamed + bytes[place...], as: UTF8.self)
  }
}
