import SourceText

/// What to write instead.
extension YAMLProblem {
  // MARK: Members of `{ … }`

  /// `{ if: a ? b : c }` and the like need quotes, `{ id: a set: … }` a comma.
  var memberHelp: String? {
    let bytes = file.bytes
    let offset = failure.offset
    guard offset > 0, offset < bytes.count else { return nil }
    guard let entry = FlowEntry(around: offset, in: file, isInside: true), let help = entry.quoted
    else {
      let before = bytes[..<offset].last { $0 > 0x20 }
      let ends: [UInt8] = Array("\"']}".utf8)
      let isKey = (0x61...0x7A).contains(bytes[offset] | 0x20)
      return isKey && before.map(ends.contains) == true ? "is a `,` missing before it?" : nil
    }
    let start = file[SourceSpan(start: entry.span.start, end: offset)]
    guard bytes[offset] == 0x3A, bytes[offset - 1] > 0x20, !start.contains("?"),
      let space = start.lastIndex(of: " ")
    else { return help }
    return "is a `,` missing before `\(start[start.index(after: space)...])`? Else \(help)"
  }

  // MARK: Indentation

  /// Whether the line begins where libyaml stopped, and belongs to nothing.
  var startsLine: Bool {
    guard
      failure.problem.hasPrefix("did not find expected key")
        || failure.problem.hasPrefix("did not find expected '-' indicator")
    else { return false }
    let line = file.range(ofLine: file.location(of: failure.offset).line)
    return file.bytes[line.lowerBound..<failure.offset].allSatisfy { $0 == 0x20 }
  }

  var indentationHelp: String {
    let place = file.location(of: failure.offset)
    let general = "all items of a list start in the same column"
    guard file.line(place.line).drop(while: { $0 == " " }).hasPrefix("- ") else {
      return failure.problem.hasPrefix("did not find expected key")
        ? "all keys of a map start in the same column" : general
    }
    let items = (1..<place.line).compactMap { line -> (line: Int, column: Int)? in
      let text = file.line(line)
      let rest = text.drop { $0 == " " }
      return rest.hasPrefix("- ") ? (line, text.count - rest.count + 1) : nil
    }
    // The nearest column, and the last item that starts there.
    guard
      let like = items.reversed().min(by: {
        abs($0.column - place.column) < abs($1.column - place.column)
      })
    else { return general }
    return "\(general); the one on line \(like.line) starts in column \(like.column)"
  }
}
