import Values
import Workflows

/// Which case of a choice is which in another version of it, wherever it stands.
struct CaseMatch {
  let old: [Case]
  let new: [Case]
  /// The old case of each new one; nil for one that is new.
  private(set) var oldIndices: [Int?]

  /// Cases with the same condition and a step in common are the same, then those with a step in
  /// common, then those with the same condition.
  init(_ old: [Case], _ new: [Case]) {
    self.old = old
    self.new = new
    oldIndices = Array(repeating: nil, count: new.count)
    match { $0.hasSameCondition(as: $1) && $0.sharesStep(with: $1) }
    match { $0.sharesStep(with: $1) }
    match { $0.hasSameCondition(as: $1) }
  }

  private mutating func match(_ isSame: (Case, Case) -> Bool) {
    for index in new.indices where oldIndices[index] == nil {
      oldIndices[index] = old.indices.first {
        !oldIndices.contains($0) && isSame(old[$0], new[index])
      }
    }
  }

  /// The number that an old case has in the new version; a number of its own where it is gone.
  func number(ofOld index: Int) -> Int { oldIndices.firstIndex(of: index) ?? -1 - index }

  /// The old cases that are gone.
  var gone: [Int] { old.indices.filter { !oldIndices.contains($0) } }

  /// Whether cases that are in both stand in another order.
  var isReordered: Bool {
    let kept = oldIndices.compactMap(\.self)
    return kept != kept.sorted()
  }
}

extension Case {
  func hasSameCondition(as other: Case) -> Bool { when?.outline == other.when?.outline }

  fileprivate func sharesStep(with other: Case) -> Bool {
    let ids = Set(steps.steps.map(\.id))
    return other.steps.steps.contains { ids.contains($0.id) }
  }
}
