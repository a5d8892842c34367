package import SourceText
package import Values

/// A value of a document together with the place where it stands.
package struct Node: Sendable {
  package enum Content: Sendable {
    case scalar(Scalar)
    case sequence(NodeList)
    case mapping(MemberList)
  }

  private let tree: DocumentTree
  private let place: UInt32
  private var index: Int { Int(place) }

  init(_ tree: DocumentTree, _ index: Int) {
    self.tree = tree
    place = UInt32(index)
  }

  private var row: DocumentTree.Row { tree[index] }

  /// The scalar; nil for a list or a map.
  package var scalar: Scalar? { row.kind.isScalar ? Scalar(tree, index) : nil }

  /// The items of a list; nil for anything else.
  package var items: NodeList? { row.kind == .sequence ? NodeList(tree, row) : nil }

  /// The items of a list; what is no list is the only one.
  package var itemsOrSelf: NodeList {
    items ?? NodeList(tree, first: index, stride: 1, count: 1)
  }

  /// The members of a map; nil for anything else.
  package var members: MemberList? { row.kind == .mapping ? MemberList(tree, row) : nil }

  /// From the first byte to behind the last; quotes and brackets included. Where a value is an
  /// alias, this is the place of what it stands for.
  package var span: SourceSpan { row.span }

  package var content: Content {
    switch row.kind {
    case .sequence: .sequence(NodeList(tree, row))
    case .mapping: .mapping(MemberList(tree, row))
    default: .scalar(Scalar(tree, index))
    }
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
    guard row.kind.isScalar else { return false }
    let first = tree.withText(at: index) { $0.first }
    // `null`, `Null`, `NULL`, `~`, or nothing: most texts begin otherwise.
    if let first, first != 0x6E, first != 0x4E, first != 0x7E { return false }
    return Scalar(tree, index).resolved == .null
  }

  /// The member of a mapping under a key; nil for anything else.
  package subscript(_ key: String) -> Node? {
    let row = row
    guard row.kind == .mapping else { return nil }
    return key.withBytes { wanted in
      for index in stride(from: Int(row.first), to: Int(row.first) + Int(row.count), by: 2) {
        if tree.withText(at: index, { $0.hasSameBytes(as: wanted) }) {
          return Node(tree, index + 1)
        }
      }
      return nil
    }
  }

  /// What this is, for a message: ``a list``, ``a map``, ``text``, ``the number `3` ``.
  package var kindName: String {
    switch content {
    case .sequence: return "a list"
    case .mapping: return "a map"
    case .scalar(let scalar): return scalar.kindName
    }
  }

  private static func map(of members: MemberList) -> ValueMap {
    var map = ValueMap(minimumCapacity: members.count)
    for member in members { map[member.name] = member.value.value }
    return map
  }
}

extension Node {
  /// Gives every plain scalar without a tag, keys included, whose text passes a first look: all of the
  /// document that the node belongs to, in no order.
  package func forEachPlainScalar(
    where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool, _ body: (Scalar) -> Void
  ) {
    tree.forEachPlainScalar(where: isWanted) { body(Scalar(tree, $0)) }
  }

  /// A text of its own at a place of a file, for a part of a scalar that is read for itself.
  package init(text: String, like scalar: Scalar) {
    var builder = DocumentTree.Builder(scalar.file, size: 0)
    let row = builder.scalar(scalar.kind, scalar.tag, scalar.span, text: text.utf8)
    self = builder.finish(row)
  }

  /// A map without members at the same place.
  package var emptied: Node {
    var builder = DocumentTree.Builder(tree.file, size: 0)
    return builder.finish(DocumentTree.Row(.mapping, span))
  }
}

/// A key and its value in a mapping. Keys are text as written: `1:` is the key `1`.
package struct Member: Sendable {
  private let tree: DocumentTree
  private let index: Int

  init(_ tree: DocumentTree, _ index: Int) {
    self.tree = tree
    self.index = index
  }

  package var key: Scalar { Scalar(tree, index) }
  package var value: Node { Node(tree, index + 1) }
  package var name: String { key.text }
}

/// The items of a list, or the values of a map.
package struct NodeList: RandomAccessCollection, ExpressibleByArrayLiteral, Sendable {
  private let tree: DocumentTree?
  private let first: Int
  /// How many rows lie between two of them.
  private let stride: Int
  package let count: Int

  init(_ tree: DocumentTree, _ row: DocumentTree.Row) {
    self.init(tree, first: Int(row.first), stride: 1, count: Int(row.count))
  }

  fileprivate init(_ tree: DocumentTree?, first: Int, stride: Int, count: Int) {
    self.tree = tree
    self.first = first
    self.stride = stride
    self.count = count
  }

  /// Only nothing can be written as a literal.
  package init(arrayLiteral elements: Never...) { self.init(nil, first: 0, stride: 1, count: 0) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }
  package subscript(position: Int) -> Node {
    guard let tree, position >= 0, position < count else {
      preconditionFailure("a place outside the list")
    }
    return Node(tree, first + position * stride)
  }
}

/// The members of a map, in the order written.
package struct MemberList: RandomAccessCollection, ExpressibleByArrayLiteral, Sendable {
  private let tree: DocumentTree?
  private let first: Int
  package let count: Int

  init(_ tree: DocumentTree, _ row: DocumentTree.Row) {
    self.tree = tree
    first = Int(row.first)
    count = Int(row.count) / 2
  }

  /// Only nothing can be written as a literal.
  package init(arrayLiteral elements: Never...) { (tree, first, count) = (nil, 0, 0) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }
  package subscript(position: Int) -> Member {
    guard let tree, position >= 0, position < count else {
      preconditionFailure("a place outside the map")
    }
    return Member(tree, first + 2 * position)
  }

  /// Whether there is a member under a key.
  ///
  /// - Complexity: O(members).
  package func contains(key: String) -> Bool {
    guard let tree else { return false }
    return key.withBytes { wanted in
      (0..<count).contains { position in
        tree.withText(at: first + 2 * position) { $0.hasSameBytes(as: wanted) }
      }
    }
  }

  /// Gives the text of each key and its position.
  package func forEachKey(_ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) {
    guard let tree else { return }
    for position in 0..<count {
      tree.withText(at: first + 2 * position) { body($0, position) }
    }
  }

  /// Their values.
  package var values: NodeList { NodeList(tree, first: first + 1, stride: 2, count: count) }
}
