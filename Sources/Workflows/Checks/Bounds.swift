import CEL
import Values

/// Between which numbers a value is.
struct Bounds {
  /// An end of it, and whether the number there is left out.
  private struct End {
    var number: Double
    var isOpen: Bool
  }

  private var lower = End(number: -.infinity, isOpen: false)
  private var upper = End(number: .infinity, isOpen: false)

  private init() {}

  /// The numbers for which a comparison with another one holds; nil for what is none.
  fileprivate init?(_ comparison: String, _ number: Double) {
    switch comparison {
    case "_<_": upper = End(number: number, isOpen: true)
    case "_<=_": upper = End(number: number, isOpen: false)
    case "_>_": lower = End(number: number, isOpen: true)
    case "_>=_": lower = End(number: number, isOpen: false)
    case "_==_":
      lower = End(number: number, isOpen: false)
      upper = lower
    default: return nil
    }
  }

  var isEmpty: Bool {
    lower.number > upper.number || lower.number == upper.number && (lower.isOpen || upper.isOpen)
  }

  /// All other numbers; nil where they lie on both sides.
  var complement: Bounds? {
    var other = Bounds()
    switch (lower.number.isFinite, upper.number.isFinite) {
    case (true, false): other.upper = End(number: lower.number, isOpen: !lower.isOpen)
    case (false, true): other.lower = End(number: upper.number, isOpen: !upper.isOpen)
    default: return nil
    }
    return other
  }

  func intersection(_ other: Bounds) -> Bounds {
    var both = self
    if other.lower.number > lower.number || other.lower.number == lower.number && other.lower.isOpen
    {
      both.lower = other.lower
    }
    if other.upper.number < upper.number || other.upper.number == upper.number && other.upper.isOpen
    {
      both.upper = other.upper
    }
    return both
  }

  func contains(_ other: Bounds) -> Bool {
    let isAbove =
      other.lower.number > lower.number
      || other.lower.number == lower.number && (!lower.isOpen || other.lower.isOpen)
    let isBelow =
      other.upper.number < upper.number
      || other.upper.number == upper.number && (!upper.isOpen || other.upper.isOpen)
    return isAbove && isBelow
  }
}

/// What a condition says of a path that is held against a number.
struct NumberTest {
  let path: [String]
  let bounds: Bounds

  /// - Returns: nil for anything but `path > 3`, `3 <= path`, `path == 3` and the like.
  init?(_ node: SyntaxNode) {
    guard case .call(let name, _, let sides) = node.kind, sides.count == 2 else { return nil }
    if let number = sides[1].plainNumber, let bounds = Bounds(name, number),
      let path = sides[0].path()?.path
    {
      self.path = path
      self.bounds = bounds
    } else if let number = sides[0].plainNumber, let mirrored = Self.mirrored[name],
      let bounds = Bounds(mirrored, number), let path = sides[1].path()?.path
    {
      self.path = path
      self.bounds = bounds
    } else {
      return nil
    }
  }

  /// The same comparison with its sides changed.
  private static let mirrored = [
    "_<_": "_>_", "_>_": "_<_", "_<=_": "_>=_", "_>=_": "_<=_", "_==_": "_==_",
  ]
}

extension SyntaxNode {
  /// A number that is written out, and that a double has exactly.
  fileprivate var plainNumber: Double? {
    switch kind {
    case .literal(.int(let number)): return abs(number) < 1 << 53 ? Double(number) : nil
    case .literal(.double(let number)): return number.isFinite ? number : nil
    case .call("-_", _, let sides) where sides.count == 1: return sides[0].plainNumber.map { -$0 }
    default: return nil
    }
  }
}
