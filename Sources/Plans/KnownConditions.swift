import CEL
import Values
import Workflows

/// What a way through a workflow has decided of its conditions, as far as that cannot change any
/// more: those that read inputs and steps that are over.
struct KnownConditions {
  /// Steps of the workflow that are over, outside loops: nothing changes what is known of them.
  private(set) var over: Set<String> = []
  private var atoms: [String: Bool] = [:]
  /// Which text or truth value something is equal to.
  private var values: [String: String] = [:]
  /// Conditions of several parts of which not every part is decided.
  private var open: [(condition: Condition, holds: Bool)] = []

  mutating func note(over id: String) { over.insert(id) }

  mutating func set(over ids: Set<String>) { over = ids }

  /// Whether what the expression reads is as it is for good.
  func isFixed(_ condition: FixedCondition) -> Bool {
    condition.steps.allSatisfy { over.contains($0) }
  }

  /// nil: it may hold or not.
  func verdict(_ condition: Condition) -> Bool? {
    switch condition {
    case .atom(let key): atoms[key]
    case .equal(let subject, let literal):
      values[subject].map { $0 == literal } ?? atoms[condition.key]
    case .not(let inner): verdict(inner).map { !$0 }
    case .both(let a, let b): both(verdict(a), verdict(b))
    case .either(let a, let b): both(verdict(a).map { !$0 }, verdict(b).map { !$0 }).map { !$0 }
    }
  }

  private func both(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == false || b == false { return false }
    return a == true && b == true ? true : nil
  }

  /// Takes for known that a condition holds, or does not, and what follows from that.
  mutating func assume(_ condition: Condition, _ holds: Bool) {
    infer(condition, holds)
    if verdict(condition) == nil { open.append((condition, holds)) }
    var count = -1
    while count != atoms.count {
      count = atoms.count
      for (condition, holds) in open { infer(condition, holds) }
    }
    open = open.filter { verdict($0.condition) == nil }
  }

  private mutating func infer(_ condition: Condition, _ holds: Bool) {
    switch condition {
    case .atom(let key): atoms[key] = holds
    case .equal(let subject, let literal):
      atoms[condition.key] = holds
      if holds { values[subject] = literal }
    case .not(let inner): infer(inner, !holds)
    case .both(let a, let b): infer(a, b, all: true, holds)
    case .either(let a, let b): infer(a, b, all: false, holds)
    }
  }

  /// - Parameter all: What both parts are where the whole is the same.
  private mutating func infer(_ a: Condition, _ b: Condition, all: Bool, _ holds: Bool) {
    if holds == all {
      infer(a, all)
      infer(b, all)
    } else if verdict(a) == all {
      infer(b, !all)
    } else if verdict(b) == all {
      infer(a, !all)
    }
  }
}

/// A condition as far as two of them can be compared.
indirect enum Condition {
  case atom(String)
  /// Something is equal to a text or a truth value.
  case equal(String, String)
  case not(Condition)
  case both(Condition, Condition)
  case either(Condition, Condition)

  fileprivate var key: String {
    switch self {
    case .atom(let key): key
    case .equal(let subject, let literal): "\(subject) == \(literal)"
    default: ""
    }
  }

  init(_ node: SyntaxNode) {
    switch node.kind {
    case .call("!_", nil, let arguments) where arguments.count == 1:
      self = .not(Condition(arguments[0]))
    case .and(let a, let b): self = .both(Condition(a), Condition(b))
    case .or(let a, let b): self = .either(Condition(a), Condition(b))
    case .call("_!=_", nil, let arguments) where arguments.count == 2:
      self = .not(Self.equality(arguments[0], arguments[1]))
    case .call("_==_", nil, let arguments) where arguments.count == 2:
      self = Self.equality(arguments[0], arguments[1])
    case .call(let name, nil, let arguments) where arguments.count == 2:
      self =
        Self.size(name, arguments[0], arguments[1])
        ?? Self.order(name, arguments[0], arguments[1]) ?? .atom(node.sourceText)
    default: self = .atom(node.sourceText)
    }
  }

  private static func equality(_ left: SyntaxNode, _ right: SyntaxNode) -> Condition {
    if let size = size("_==_", left, right) { return size }
    guard case .literal(let value) = right.kind, value.asString != nil || value.asBool != nil else {
      return .atom("\(left.sourceText) == \(right.sourceText)")
    }
    return .equal(left.sourceText, right.sourceText)
  }

  /// `a > b`, `b < a` and what is not `a <= b` or `b >= a` say the same.
  private static func order(
    _ name: String, _ left: SyntaxNode, _ right: SyntaxNode
  ) -> Condition? {
    func more(_ one: SyntaxNode, _ other: SyntaxNode) -> Condition {
      .atom("\(one.sourceText) > \(other.sourceText)")
    }
    switch name {
    case "_>_": return more(left, right)
    case "_<_": return more(right, left)
    case "_<=_": return .not(more(left, right))
    case "_>=_": return .not(more(right, left))
    default: return nil
    }
  }

  /// A size is never negative: `> 0`, `>= 1` and `!= 0` say the same.
  private static func size(
    _ name: String, _ left: SyntaxNode, _ right: SyntaxNode
  ) -> Condition? {
    guard case .call("size", let target, let arguments) = left.kind,
      let measured = target ?? arguments.first, case .literal(.int(let number)) = right.kind
    else { return nil }
    let empty = Condition.atom("size(\(measured.sourceText)) == 0")
    switch (name, number) {
    case ("_==_", 0), ("_<_", 1), ("_<=_", 0): return empty
    case ("_>_", 0), ("_>=_", 1): return .not(empty)
    default: return nil
    }
  }
}

/// A condition that reads nothing but inputs and what is known of certain steps.
struct FixedCondition {
  let condition: Condition
  /// The steps that have to be over.
  let steps: Set<String>

  /// nil where its value may be another one every time.
  init?(_ expression: Expression) {
    guard let checked = expression.checked, !expression.references.isEmpty,
      !checked.tree.asksForIdentity
    else { return nil }
    var steps: Set<String> = []
    for reference in expression.references {
      switch reference.path.first {
      case "inputs": break
      case "steps" where reference.path.count > 1: steps.insert(reference.path[1])
      default: return nil
      }
    }
    self.steps = steps
    condition = Condition(checked.tree)
  }
}

/// Conditions that were looked at, by the expression.
final class ConditionCache {
  private var known: [ObjectIdentifier: FixedCondition?] = [:]
  /// Whether the limit has kept ways from being listed.
  var isCut = false

  func condition(_ expression: Expression) -> FixedCondition? {
    let id = ObjectIdentifier(expression)
    if let found = known[id] { return found }
    let condition = FixedCondition(expression)
    known[id] = .some(condition)
    return condition
  }
}
