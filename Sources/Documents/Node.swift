package import SourceText
package import Values

/// A value of a document together with the place where it stands.
package struct Node: Sendable {
  package enum Content: Sendable {
    case scalar(Scalar)
    case sequence([Node])
    case mapping([Member])
  }

  // One of the three is there. They are properties of their own so that asking for one copies only it.

  /// The scalar; nil for a list or a map.
  package let scalar: Scalar?
  /// The items of a list; nil for anything else.
  package let items: [Node]?
  /// The members of a map; nil for anything else.
  package let members: [Member]?
  /// From the first byte to behind the last; quotes and brackets included. Where a value is an
  /// alias, this is the place of what it stands for.
  package let span: SourceSpan

  package init(_ content: Content, span: SourceSpan) {
    self.span = span
    switch content {
    case .scalar(let scalar): (self.scalar, items, members) = (scalar, nil, nil)
    case .sequence(let nodes): (scalar, items, members) = (nil, nodes, nil)
    case .mapping(let all): (scalar, items, members) = (nil, nil, all)
    }
  }

  /// A scalar at its own place.
  init(scalar: Scalar) {
    (self.scalar, items, members, span) = (scalar, nil, nil, scalar.span)
  }

  package var content: Content {
    if let members { return .mapping(members) }
    if let items { return .sequence(items) }
    guard let scalar else { preconditionFailure("a node that is nothing") }
    return .scalar(scalar)
  }

  /// The value under the YAML 1.2 core schema, or as JSON has it; see ``Scalar/resolved``.
  package var value: Value {
    switch content {
    case .scalar(let scalar): scalar.resolved
    case .sequence(let nodes): .list(nodes.map(\.value))
    case .mapping(let members): .map(Self.map(of: members))
    }
  }

  /// The text of a scalar as it stands in the file, whatever its type: `1.10`, `NO`, `null`.
  package var text: String? { scalar?.text }

  /// Whether this is an empty or `null` scalar.
  package var isNull: Bool {
    guard let text = scalar?.text else { return false }
    // `null`, `Null`, `NULL`, `~`, or nothing: most texts begin otherwise.
    if let first = text.utf8.first, first != 0x6E, first != 0x4E, first != 0x7E { return false }
    return scalar?.resolved == .null
  }

  /// The member of a mapping under a key; nil for anything else.
  package subscript(_ key: String) -> Node? {
    guard let members else { return nil }
    // By index: a loop over the members would copy each of them.
    for index in members.indices where members[index].key.text.hasSameBytes(as: key) {
      return members[index].value
    }
    return nil
  }

  /// What this is, for a message: ``a list``, ``a map``, ``text``, ``the number `3` ``.
  package var kindName: String {
    switch content {
    case .sequence: return "a list"
    case .mapping: return "a map"
    case .scalar(let scalar): return scalar.kindName
    }
  }

  private static func map(of members: [Member]) -> ValueMap {
    var map = ValueMap(minimumCapacity: members.count)
    for member in members { map[member.key.text] = member.value.value }
    return map
  }
}

/// A key and its value in a mapping. Keys are text as written: `1:` is the key `1`.
package struct Member: Sendable {
  package let key: Scalar
  package let value: Node

  package init(key: Scalar, value: Node) {
    self.key = key
    self.value = value
  }

  package var name: String { key.text }
}
