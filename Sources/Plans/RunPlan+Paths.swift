/// How many ways lead through a workflow.
package struct PathCount: Sendable, Hashable, CustomStringConvertible {
  /// nil: more than can be counted.
  package let number: UInt64?

  static let zero = PathCount(number: 0)
  static let one = PathCount(number: 1)

  static func + (left: PathCount, right: PathCount) -> PathCount {
    guard let a = left.number, let b = right.number else { return PathCount(number: nil) }
    let (sum, overflow) = a.addingReportingOverflow(b)
    return PathCount(number: overflow ? nil : sum)
  }

  static func * (left: PathCount, right: PathCount) -> PathCount {
    if left.number == 0 || right.number == 0 { return .zero }
    guard let a = left.number, let b = right.number else { return PathCount(number: nil) }
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return PathCount(number: overflow ? nil : product)
  }

  /// `12`, `1.5e9`, `more than 1.8e19`.
  package var description: String {
    guard let number else { return "more than 1.8e19" }
    guard number >= 1_000_000 else { return String(number) }
    var mantissa = number
    var exponent = 0
    while mantissa >= 100 {
      mantissa /= 10
      exponent += 1
    }
    return "\(mantissa / 10).\(mantissa % 10)e\(exponent + 1)"
  }
}

extension RunPlan {
  /// How many ways lead through the workflow, at most: every condition that is not decided goes both
  /// ways, though two that say the same cannot differ. A loop counts as one round; a failure, and a
  /// time that is up, count where the workflow says what follows them and that is another way.
  package var pathCount: PathCount {
    let counts = WayCounter().body(body, isCalled: false)
    return WayEnd.allCases.reduce(.zero) { $0 + (counts[$1] ?? .zero) }
  }

  /// The ways through the workflow as addresses, at most so many. Those are left out that its
  /// conditions rule out, as far as they read only inputs and steps that are over.
  package func paths(limit: Int) -> [[String]] { listing(limit: limit).paths }

  /// The same, and whether there may be others.
  package func listing(limit: Int) -> (paths: [[String]], isCut: Bool) {
    var seen: Set<[String]> = []
    let lister = WayLister(limit: limit)
    let paths = lister.body(body, from: Way())
      .map { way in
        var known: Set<String> = []
        return way.path.filter { known.insert($0).inserted }
      }
      .filter { seen.insert($0).inserted }
    return (paths, lister.isCut)
  }
}
