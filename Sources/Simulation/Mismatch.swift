import SourceText
import Values

/// Where a run is not what a test expects.
package struct Mismatch: Sendable, Hashable {
  /// `status`, `path`, `outputs.tenant_id`, `steps.payment.status` …
  package let what: String
  package let expected: String
  package let found: String
  /// The difference line by line, where that says more.
  package let difference: [String]

  init(_ what: String, expected: String, found: String, difference: [String] = []) {
    self.what = what
    self.expected = expected
    self.found = found
    self.difference = difference
  }
}

/// Compares values as tests mean them.
enum Comparison {
  /// The differences of what was found from what was expected. Of maps the members are compared that
  /// are expected; numbers by amount; in texts `…` stands for any text.
  static func mismatches(
    _ expected: Value, _ found: Value?, at what: String
  ) -> [Mismatch] {
    switch (expected, found) {
    case (.null, nil), (.null, .null?): return []
    case (.map(let wanted), .map(let map)?):
      return wanted.flatMap { member -> [Mismatch] in
        let name = member.key.asString ?? FlowText.text(member.key)
        return mismatches(member.value, map.value(for: member.key), at: "\(what).\(name)")
      }
    case (.list(let wanted), .list(let list)?):
      guard wanted.count == list.count else { break }
      return zip(wanted, list).enumerated().flatMap { index, pair in
        mismatches(pair.0, pair.1, at: "\(what)[\(index)]")
      }
    case (.string(let pattern), .string(let text)?):
      if matches(text, pattern) { return [] }
    case (let wanted, let value?):
      if let left = wanted.asNumber, let right = value.asNumber, left == right { return [] }
      if wanted == value { return [] }
    default: break
    }
    return [
      Mismatch(
        what, expected: FlowText.text(expected), found: found.map(FlowText.text) ?? "nothing")
    ]
  }

  /// Whether a text is what a pattern says: `…` and `...` stand for any text.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let pieces = pattern.replacing("...", with: "…").split(
      separator: "…", omittingEmptySubsequences: false)
    guard pieces.count > 1, let first = pieces.first, let last = pieces.last else {
      return text.hasSameBytes(as: pattern)
    }
    guard text.hasPrefix(first) else { return false }
    var rest = text.dropFirst(first.count)
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
      guard let range = rest.firstRange(of: piece) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(last)
  }

  /// Whether a path is the one expected, in which `…` stands for any number of steps.
  static func matches(_ path: [String], _ expected: [String]) -> Bool {
    // The positions in `path` that the part of `expected` looked at so far can end at.
    var ends: Set<Int> = [0]
    for item in expected {
      if item == "…" {
        guard let first = ends.min() else { return false }
        ends = Set(first...path.count)
      } else {
        ends = Set(ends.filter { $0 < path.count && path[$0] == item }.map { $0 + 1 })
      }
    }
    return ends.contains(path.count)
  }

  /// Two lists, the shared lines with two spaces, the missing ones with `- `, the others with `+ `.
  static func difference(_ expected: [String], _ found: [String]) -> [String] {
    let changes = found.difference(from: expected)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var lines: [String] = []
    var left = 0
    var right = 0
    while left < expected.count || right < found.count {
      if removed.contains(left) {
        lines.append("- \(expected[left])")
        left += 1
      } else if inserted.contains(right) {
        lines.append("+ \(found[right])")
        right += 1
      } else {
        lines.append("  \(expected[left])")
        left += 1
        right += 1
      }
    }
    return lines
  }
}
