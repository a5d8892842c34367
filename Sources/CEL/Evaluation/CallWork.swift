import Values

/// How the work of a function grows with its arguments; charged before it is called.
enum CallWork {
  /// Does not depend on how large they are.
  case constant
  /// Looks once at each byte and element, without going into elements.
  case shallow
  /// Looks at everything that is inside.
  case deep
  /// Compares one with each element of a list; a map is asked once.
  case membership
  /// Compares everything in one with everything in the other.
  case product

  init(function: String) {
    switch function {
    case "size", "_[_]", "_[?_]", "dyn", "type", "-_", "!_", "_&&_", "_||_": self = .constant
    case "_==_", "_!=_": self = .deep
    case "@in": self = .membership
    case "contains", "indexOf", "lastIndexOf", "replace", "split", "distinct", "matches", "join",
      "format", "sets.contains", "sets.equivalent", "sets.intersects":
      self = .product
    case "_+_", "_-_", "_*_", "_/_", "_%_", "_<_", "_<=_", "_>_", "_>=_", "startsWith",
      "endsWith":
      self = .shallow
    default: self = function.hasPrefix("math.") ? .shallow : .deep
    }
  }

  /// - Parameter limit: Counting stops there, so that it cannot take long itself.
  func cost(of arguments: [Value], limit: Int) -> Int {
    switch self {
    case .constant: return 0
    case .shallow: return arguments.reduce(0) { $0 + $1.weight }
    case .deep: return arguments.reduce(0) { $0 + $1.size(limit: limit) }
    case .membership:
      if case .map? = arguments.last { return 0 }
      return arguments.reduce(0) { $0 + $1.size(limit: limit) }
    case .product: return product(arguments, limit)
    }
  }

  private func product(_ arguments: [Value], _ limit: Int) -> Int {
    let sizes = arguments.map { $0.size(limit: limit) + 1 }
    if sizes.count == 1 {
      return arguments[0].isText ? sizes[0] : sizes[0].multiplied(by: sizes[0])
    }
    return sizes.reduce(1) { $0.multiplied(by: $1) }
  }
}

extension Value {
  /// Whether looking at the value takes no time worth counting.
  var isScalar: Bool {
    switch self {
    case .list, .map, .object: false
    case .string(let text): text.utf8.count < 64
    case .bytes(let bytes): bytes.count < 64
    default: true
    }
  }

  fileprivate var isText: Bool {
    switch self {
    case .string, .bytes: true
    default: false
    }
  }

  /// How much is inside: one for each value and each sixteen bytes. Values that are shared count
  /// each time they are met, as whoever walks through them would meet them.
  func size(limit: Int) -> Int {
    var size = 1
    switch self {
    case .string(let text): size += text.utf8.count >> 4
    case .bytes(let bytes): size += bytes.count >> 4
    case .list(let values):
      for value in values {
        size += value.size(limit: limit - size)
        if size > limit { return size }
      }
    case .map(let map):
      for member in map {
        size += 1 + member.value.size(limit: limit - size)
        if size > limit { return size }
      }
    case .object(let optional as OptionalValue):
      if let value = optional.value { size += value.size(limit: limit - size) }
    default: break
    }
    return size
  }
}

extension Int {
  fileprivate func multiplied(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
