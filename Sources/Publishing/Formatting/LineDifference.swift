/// What differs between two texts, in the unified form that `patch` reads.
package struct LineDifference {
  private enum Line {
    case same(String)
    case removed(String)
    case added(String)
  }

  private let lines: [Line]
  private static let context = 3

  /// - Complexity: O(lines × differences), by Myers' algorithm, which the standard library has.
  package init(from old: String, to new: String) {
    let before = Self.lines(of: old)
    let after = Self.lines(of: new)
    var lines: [Line] = []
    let difference = after.difference(from: before)
    var removed = Set<Int>()
    var added = Set<Int>()
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var position = 0
    for (index, line) in before.enumerated() {
      if removed.contains(index) {
        lines.append(.removed(line))
        continue
      }
      while added.contains(position) {
        lines.append(.added(after[position]))
        position += 1
      }
      lines.append(.same(line))
      position += 1
    }
    lines += after[position...].map { .added($0) }
    self.lines = lines
  }

  /// The unified form; nothing where the texts are equal.
  package func unified(from old: String, to new: String) -> String {
    let hunks = hunks
    guard !hunks.isEmpty else { return "" }
    return "--- \(old)\n+++ \(new)\n" + hunks.map(text).joined()
  }

  /// Ranges of lines around the changes.
  private var hunks: [Range<Int>] {
    var hunks: [Range<Int>] = []
    for (index, line) in lines.enumerated() {
      if case .same = line { continue }
      let range = max(0, index - Self.context)..<min(lines.count, index + Self.context + 1)
      if let last = hunks.last, last.upperBound >= range.lowerBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  private func text(_ hunk: Range<Int>) -> String {
    let old = count(lines[hunk], .removed(""))
    let new = count(lines[hunk], .added(""))
    let oldStart = count(lines[..<hunk.lowerBound], .removed("")) + (old == 0 ? 0 : 1)
    let newStart = count(lines[..<hunk.lowerBound], .added("")) + (new == 0 ? 0 : 1)
    var text = "@@ -\(oldStart),\(old) +\(newStart),\(new) @@\n"
    for line in lines[hunk] {
      switch line {
      case .same(let line): text += " \(line)\n"
      case .removed(let line): text += "-\(line)\n"
      case .added(let line): text += "+\(line)\n"
      }
    }
    return text
  }

  /// How many lines the old or the new text has in a piece.
  private func count(_ lines: ArraySlice<Line>, _ side: Line) -> Int {
    lines.count { line in
      switch (line, side) {
      case (.same, _), (.removed, .removed), (.added, .added): true
      default: false
      }
    }
  }

  private static func lines(of text: String) -> [String] {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" }.map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}
