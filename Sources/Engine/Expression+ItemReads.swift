import CEL
import Values
import Workflows

/// What is read of the items of a list.
struct ItemReads: Equatable {
  /// The members that are read whether or not they are there.
  var members: Set<String> = []
  /// Whether items are read as a whole, or handed on, so that any member of them may be read.
  var areWhole = false

  mutating func add(_ other: ItemReads) {
    members.formUnion(other.members)
    areWhole = areWhole || other.areWhole
  }
}

extension Expression {
  /// What it reads of the items of the list at a path: of `steps.l.outputs` in `steps.l.outputs.map(i, i.x)` the
  /// member `x`.
  func itemReads(ofListAt path: [String]) -> ItemReads {
    guard let tree = checked?.tree else { return ItemReads(areWhole: true) }
    var collector = ItemReadCollector(list: path)
    collector.visit(tree)
    return collector.found
  }
}

private struct ItemReadCollector {
  /// The path of the list.
  let list: [String]
  var found = ItemReads()
  /// The names that stand for an item where the visit is.
  private var items: Set<String> = []

  init(list: [String]) { self.list = list }

  mutating func visit(_ node: SyntaxNode) {
    switch node.kind {
    case .select(let item, let member, let isOptional) where isItem(item):
      if !isOptional { found.members.insert(member) }
      return visitIndex(of: item)
    case .has(let item, _) where isItem(item): return visitIndex(of: item)
    case .call("size", let target, let arguments):
      if let counted = target ?? arguments.first, isList(counted) { return visitList(counted) }
    case .comprehension(let macro) where isList(macro.range):
      if isList(node) { found.areWhole = true }
      return visit(macro)
    default: break
    }
    if isList(node) || isItem(node) { found.areWhole = true }
    visitChildren(of: node)
  }

  private mutating func visitChildren(of node: SyntaxNode) {
    let outer = items
    defer { items = outer }
    for (position, child) in node.children.enumerated() {
      // What comes first is outside of what the node gives a name to.
      if position == 1 { items.subtract(node.kind.names) }
      visit(child)
    }
  }

  // MARK: Lists

  /// Whether a node is the list, a choice of its items, or those in another order.
  private func isList(_ node: SyntaxNode) -> Bool {
    guard case .comprehension(let macro) = node.kind else { return node.constantPath == list }
    switch macro.macro {
    case .filter, .sortBy: return isList(macro.range)
    default: return false
    }
  }

  /// A list that is only counted, or gone through.
  private mutating func visitList(_ node: SyntaxNode) {
    if case .comprehension(let macro) = node.kind { visit(macro) }
  }

  private mutating func visit(_ macro: SyntaxNode.Comprehension) {
    visitList(macro.range)
    let outer = items
    defer { items = outer }
    items.remove(macro.variable)
    items.insert(macro.second ?? macro.variable)
    for part in [macro.predicate, macro.transform].compactMap(\.self) { visit(part) }
  }

  // MARK: Items

  /// Whether a node is an item of the list: by the name that it has here, or by its number.
  private func isItem(_ node: SyntaxNode) -> Bool {
    switch node.kind {
    case .identifier(let name): items.contains(name)
    case .call("_[_]", nil, let arguments): arguments.first.map(isList) ?? false
    default: false
    }
  }

  private mutating func visitIndex(of item: SyntaxNode) {
    guard case .call(_, _, let arguments) = item.kind, arguments.count == 2 else { return }
    visitList(arguments[0])
    visit(arguments[1])
  }
}

extension SyntaxNode {
  /// The names of a chain of constant fields; nil for anything else.
  fileprivate var constantPath: [String]? {
    switch kind {
    case .identifier(let name): [name.hasPrefix(".") ? String(name.dropFirst()) : name]
    case .select(let operand, let field, let isOptional) where !isOptional:
      operand.constantPath.map { $0 + [field] }
    case .call("_[_]", nil, let arguments):
      if case .literal(.string(let field)) = arguments[1].kind {
        arguments[0].constantPath.map { $0 + [field] }
      } else {
        nil
      }
    default: nil
    }
  }
}

extension SyntaxNode.Kind {
  /// The names that a node gives to its later parts.
  fileprivate var names: [String] {
    switch self {
    case .comprehension(let macro): [macro.variable] + (macro.second.map { [$0] } ?? [])
    case .bind(let name, _, _), .optionalMap(_, let name, _, _): [name]
    default: []
    }
  }
}
