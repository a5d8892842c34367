import Documents
import SourceText
import TestSupport
import Values

/// A piece of a file that is replaced, and where the finding must be afterwards.
struct Edit {
  let range: Range<Int>
  let text: String
  /// In the changed file.
  let expected: Int

  /// - Parameter mark: the part of the new text where the finding must be; its start without one.
  init(_ range: Range<Int>, _ text: String, at mark: String = "") {
    self.range = range
    self.text = text
    let bytes = Array(text.utf8)
    let wanted = Array(mark.utf8)
    let offset =
      bytes.indices.first { bytes[$0...].starts(with: wanted) && !wanted.isEmpty } ?? 0
    expected = range.lowerBound + offset
  }

  /// - Parameter expected: a place outside of the range, in the file as it was.
  init(_ range: Range<Int>, _ text: String, expected: Int) {
    self.range = range
    self.text = text
    self.expected =
      expected < range.lowerBound ? expected : expected + text.utf8.count - range.count
  }

  func applied(to bytes: [UInt8]) -> [UInt8] {
    Array(bytes[..<range.lowerBound]) + Array(text.utf8) + Array(bytes[range.upperBound...])
  }
}

/// Where mistakes can be made in a workflow.
struct MutationPlaces {
  struct StepPlace {
    let node: Node
    let list: NodeList
    let position: Int
    /// The key that the list stands under.
    let purpose: String
  }

  let file: SourceFile
  let root: Node
  private(set) var steps: [StepPlace] = []
  /// Every scalar that is a value, with its key.
  private(set) var scalars: [(key: String, scalar: Scalar)] = []

  init(_ file: SourceFile, _ root: Node) {
    self.file = file
    self.root = root
    for key in ["steps", "finally"] { list(root[key], key) }
    collect(root, "")
  }

  var isJSON: Bool { file.path.hasSuffix(".json") }

  /// Whether a step stands in the workflow's own list, inside of nothing.
  func isOutermost(_ place: StepPlace) -> Bool {
    place.list.first?.span == root["steps"]?.items?.first?.span
  }

  private mutating func list(_ node: Node?, _ purpose: String) {
    for (position, item) in (node?.items ?? []).enumerated() {
      steps.append(
        StepPlace(node: item, list: node?.items ?? [], position: position, purpose: purpose))
      list(item["steps"], "steps")
      list(item["parallel"], "parallel")
      for key in ["for_each", "repeat", "on_failure", "on_expiry"] {
        list(item[key]?["steps"], "steps")
      }
      for key in ["choose", "on_failure"] {
        for branch in item[key]?.items ?? [] { list(branch["steps"], "steps") }
      }
    }
  }

  private mutating func collect(_ node: Node, _ key: String) {
    switch node.content {
    case .scalar(let scalar): scalars.append((key, scalar))
    case .sequence(let items): for item in items { collect(item, key) }
    case .mapping(let members): for member in members { collect(member.value, member.name) }
    }
  }

  // MARK: Edits

  func step(_ random: inout SeededNumbers, where fits: (StepPlace) -> Bool = { _ in true })
    -> StepPlace?
  {
    steps.filter(fits).randomElement(using: &random)
  }

  func scalar(_ keys: [String], _ random: inout SeededNumbers) -> Scalar? {
    scalars.filter { keys.contains($0.key) }.map(\.scalar).randomElement(using: &random)
  }

  /// A scalar written anew, in quotes where the file is JSON.
  func replace(_ scalar: Scalar, with text: String) -> Edit {
    let isQuoted = isJSON || scalar.style != .plain
    return Edit(scalar.span.start..<scalar.span.end, isQuoted ? "\"\(text)\"" : text)
  }

  func replaceKey(_ node: Node, _ key: String, with text: String) -> Edit? {
    node.members?.first { $0.name == key }.map { replace($0.key, with: text) }
  }

  /// A new step before one that is there; JSON is YAML too.
  func insert(_ json: String, before place: StepPlace, at mark: String) -> Edit {
    let start = place.node.span.start
    return Edit(start..<start, json + separator(place), at: mark)
  }

  /// What stands between a new item and the one before which it is put.
  func separator(_ place: StepPlace) -> String {
    let start = place.node.span.start
    var dash = start
    while dash > 0, file.bytes[dash - 1] == 0x20 { dash -= 1 }
    guard dash > 0, file.bytes[dash - 1] == 0x2D else { return ", " }
    return "\n" + String(repeating: " ", count: file.location(of: dash - 1).column - 1) + "- "
  }

  /// A new member before the first of a map.
  func insert(_ key: String, _ value: String, into node: Node, at mark: String = "") -> Edit? {
    guard let first = node.members?.first?.key.span.start else { return nil }
    if file.bytes[node.span.start] == 0x7B {
      return Edit(first..<first, "\"\(key)\": \(value), ", at: mark)
    }
    let indent = String(repeating: " ", count: file.location(of: first).column - 1)
    return Edit(first..<first, "\(key): \(value)\n\(indent)", at: mark)
  }

  /// The offsets of a text inside of scalars that hold expressions.
  func occurrences(of text: String) -> [Int] {
    let wanted = Array(text.utf8)
    return scalars.flatMap { _, scalar -> [Int] in
      guard scalar.span.end - scalar.span.start >= wanted.count else { return [] }
      return (scalar.span.start...scalar.span.end - wanted.count).filter { offset in
        file.bytes[offset...].starts(with: wanted) && isStart(offset) && isInExpression(offset)
      }
    }
  }

  private func isStart(_ offset: Int) -> Bool {
    let before = file.bytes[offset - 1]
    return !(0x61...0x7A).contains(before | 0x20) && before != 0x5F && before != 0x2E
      && before != 0x60
  }

  /// Whether a `${{` is open here.
  private func isInExpression(_ offset: Int) -> Bool {
    var index = offset
    while index > 1 {
      if file.bytes[index...].starts(with: [0x7D, 0x7D]) { return false }
      if file.bytes[index...].starts(with: [0x24, 0x7B, 0x7B]) { return true }
      index -= 1
    }
    return false
  }
}
