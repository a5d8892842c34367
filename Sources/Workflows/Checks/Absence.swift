import CEL
import Values

/// What a condition comes to where a value is not there, as far as that can be said without knowing
/// the other values.
///
/// A condition that cannot have come out as it did is how a value is known to be there:
/// `inputs.?seats.orValue(0) > 0` does not hold without one, `inputs.?seats.orValue(1) > 0` does.
struct Absence {
  /// The path of the value that is not there.
  let path: [String]

  /// Why nothing constant comes of an expression.
  fileprivate enum Stop: Error {
    case unknown
    /// Its evaluation fails.
    case failure
  }

  /// Whether a condition that came out in a way shows that the value is there.
  func isRuledOut(by condition: SyntaxNode, being value: Bool) -> Bool {
    do throws(Stop) {
      return try truth(of: condition) != value
    } catch {
      return error == .failure
    }
  }

  private func truth(of node: SyntaxNode) throws(Stop) -> Bool {
    switch node.kind {
    case .and(let left, let right): try either(left, right, decisive: false)
    case .or(let left, let right): try either(left, right, decisive: true)
    case .call("!_", _, let arguments) where arguments.count == 1: try !truth(of: arguments[0])
    case .conditional(let test, let positive, let negative):
      try choice(test, positive, negative)
    default: try constant(node).constantTruth()
    }
  }

  /// Where nothing is known of the test, both ways may still come to the same.
  private func choice(
    _ test: SyntaxNode, _ positive: SyntaxNode, _ negative: SyntaxNode
  ) throws(Stop) -> Bool {
    switch result(of: test) {
    case .success(let truth): return try self.truth(of: truth ? positive : negative)
    case .failure(.failure): throw .failure
    case .failure(.unknown):
      let both = (result(of: positive), result(of: negative))
      guard both.0 == both.1 else { throw .unknown }
      return try both.0.get()
    }
  }

  private func result(of node: SyntaxNode) -> Result<Bool, Stop> {
    Result { () throws(Stop) in try truth(of: node) }
  }

  /// Either side decides, whatever the other does.
  private func either(
    _ left: SyntaxNode, _ right: SyntaxNode, decisive: Bool
  ) throws(Stop) -> Bool {
    let sides = [result(of: left), result(of: right)]
    if sides.contains(.success(decisive)) { return decisive }
    if sides.contains(.failure(.unknown)) { throw .unknown }
    for side in sides { _ = try side.get() }
    return !decisive
  }

  /// An expression that reads nothing and gives the same.
  private func constant(_ node: SyntaxNode) throws(Stop) -> SyntaxNode {
    if let read = node.path() { return try constant(read, node) }
    if case .literal = node.kind { return node }
    switch node.kind {
    case .and, .or, .call("!_", _, _): return node.with(.literal(.bool(try truth(of: node))))
    case .conditional(let test, let positive, let negative):
      return try constant(try truth(of: test) ? positive : negative)
    case .select(let operand, let field, let isOptional):
      let operand = try constant(operand)
      return operand.isNone
        ? operand : node.with(.select(operand, field: field, isOptional: isOptional))
    case .has(let operand, let field):
      return node.with(.has(try constant(operand), field: field))
    case .call(let name, let target, let arguments):
      return try call(name, target, arguments, node)
    case .optionalMap(let target, _, _, _):
      let target = try constant(target)
      guard target.isNone else { throw .unknown }
      return target
    case .comprehension(let macro): return try constant(macro, node)
    default:
      guard node.nameReferences.isEmpty else { throw .unknown }
      return node
    }
  }

  private func constant(
    _ read: NameReference, _ node: SyntaxNode
  ) throws(Stop) -> SyntaxNode {
    guard read.path.starts(with: path) else { throw .unknown }
    if read.certainCount >= path.count { throw .failure }
    if case .has = node.kind { return node.with(.literal(.bool(false))) }
    return node.none
  }

  private func call(
    _ name: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode], _ node: SyntaxNode
  ) throws(Stop) -> SyntaxNode {
    var target = target
    if let written = target, !written.isNamespace {
      let known = try constant(written)
      if known.isNone {
        if name == "value" { throw .failure }
        if name == "or" || name == "orValue", arguments.count == 1 {
          return try constant(arguments[0])
        }
      }
      target = known
    }
    var known: [SyntaxNode] = []
    for argument in arguments { known.append(try constant(argument)) }
    return node.with(.call(name, target: target, arguments: known))
  }

  /// A macro over no elements needs to know nothing else.
  private func constant(
    _ macro: SyntaxNode.Comprehension, _ node: SyntaxNode
  ) throws(Stop) -> SyntaxNode {
    let range = try constant(macro.range)
    let size = node.with(.call("size", target: nil, arguments: [range]))
    let zero = node.with(.literal(.int(0)))
    let isEmpty = node.with(.call("_==_", target: nil, arguments: [size, zero]))
    guard try isEmpty.constantTruth() else { throw .unknown }
    return switch macro.macro {
    case .all: node.with(.literal(.bool(true)))
    case .exists, .existsOne: node.with(.literal(.bool(false)))
    case .map, .filter, .transformList, .sortBy: node.with(.list([]))
    case .transformMap, .transformMapEntry: node.with(.map([]))
    }
  }
}

extension SyntaxNode {
  /// Another node in place of this one.
  fileprivate func with(_ kind: Kind) -> SyntaxNode { SyntaxNode(id: id, kind, range: range) }

  /// `optional.none()`.
  fileprivate var none: SyntaxNode {
    with(.call("none", target: with(.identifier("optional")), arguments: []))
  }

  fileprivate var isNone: Bool {
    if case .call("none", let target?, _) = kind { target.isNamespace } else { false }
  }

  /// Whether it is the first part of the name of a function, such as `optional.of`.
  fileprivate var isNamespace: Bool {
    guard case .identifier(let name) = kind else { return false }
    return ["optional", "math", "base64", "sets", "lists", "strings", "net"].contains(name)
  }

  /// What most of them come to, for which nothing needs to be compiled.
  private var comparedLiterals: Bool? {
    switch kind {
    case .literal(.bool(let flag)): return flag
    case .call(let name, nil, let sides) where sides.count == 2:
      switch (sides[0].kind, sides[1].kind) {
      case (.literal(.string(let one)), .literal(.string(let other))):
        return ["_==_": one.hasSameBytes(as: other), "_!=_": !one.hasSameBytes(as: other)][name]
      case (.literal(.int(let one)), .literal(.int(let other))):
        return [
          "_==_": one == other, "_!=_": one != other, "_<_": one < other, "_<=_": one <= other,
          "_>_": one > other, "_>=_": one >= other,
        ][name]
      default: return nil
      }
    default: return nil
    }
  }

  /// The truth of an expression that reads nothing.
  fileprivate func constantTruth() throws(Absence.Stop) -> Bool {
    if let known = comparedLiterals { return known }
    guard let compiled = try? CELEnvironment().compileUnchecked(sourceText).get() else {
      throw .unknown
    }
    do throws(EvaluationError) {
      guard let truth = try compiled.evaluate(Variables(), costLimit: 10_000).asBool else {
        throw EvaluationError(.noSuchOverload, "")
      }
      return truth
    } catch {
      // A function of the workflow language, or one that no constants come to here.
      let isOpen = [.noSuchOverload, .noSuchVariable, .limitReached, .unknown].contains(error.code)
      throw isOpen ? .unknown : .failure
    }
  }
}
