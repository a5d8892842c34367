import SourceText

/// Walks through what stands between the scalars of a YAML file: white space, comments, marks.
struct TriviaScanner {
  let file: SourceFile
  private(set) var position: Int
  /// Blank lines and comments met since the last ``take()``.
  private var pending: [Trivia] = []
  /// A comment met on the line where the last token ended.
  private(set) var remark: String?
  /// How many flow brackets are open.
  private(set) var flowDepth = 0
  private(set) var directives: [String] = []

  init(_ file: SourceFile) {
    self.file = file
    position = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    skip(behindToken: false)
  }

  /// The byte at the position; nil at the end.
  var current: UInt8? { position < file.bytes.count ? file.bytes[position] : nil }

  /// The byte behind it.
  var next: UInt8? { position + 1 < file.bytes.count ? file.bytes[position + 1] : nil }

  /// The column of the position, from 0, in bytes; -1 at the end of the file.
  var column: Int { current == nil ? -1 : column(of: position) }

  func column(of offset: Int) -> Int {
    var start = offset
    while start > 0, file.bytes[start - 1] != 0x0A { start -= 1 }
    if start == 0, file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    return offset - start
  }

  /// Goes to an offset behind a token, then over what is no token.
  mutating func move(to offset: Int) {
    position = offset
    skip(behindToken: true)
  }

  /// Goes over a one-character mark and what is no token behind it.
  mutating func mark() {
    switch current {
    case 0x5B?, 0x7B?: flowDepth += 1
    case 0x5D?, 0x7D?: flowDepth -= 1
    default: break
    }
    move(to: position + 1)
  }

  /// Goes over white space, comments, commas between flow items, and document marks.
  private mutating func skip(behindToken: Bool) {
    var isTokensLine = behindToken
    var lineIsEmpty = !behindToken
    while let byte = current {
      switch byte {
      case 0x0A:
        if lineIsEmpty, pending.last != .blank { pending.append(.blank) }
        isTokensLine = false
        lineIsEmpty = true
        position += 1
      case 0x20, 0x09, 0x0D: position += 1
      case 0x2C where flowDepth > 0: position += 1
      case 0x23:
        comment(isRemark: isTokensLine)
        lineIsEmpty = false
      case 0x2D, 0x2E, 0x25:
        guard documentMark(byte) else { return }
        lineIsEmpty = false
      default: return
      }
    }
  }

  /// The blank lines and comments so far, which are forgotten then.
  mutating func take() -> [Trivia] {
    defer { pending = [] }
    return pending
  }

  /// Takes the comments that stand at least as far to the right as the items of a collection that
  /// ends here, and farther than what follows.
  mutating func take(indentedTo column: Int) -> [Trivia] {
    let following = self.column
    var count = 0
    for (index, trivia) in pending.enumerated() {
      guard case .comment(_, let own) = trivia else { continue }
      guard own >= column, own > following else { break }
      count = index + 1
    }
    defer { pending.removeFirst(count) }
    return Array(pending.prefix(count))
  }

  mutating func takeRemark() -> String? {
    defer { remark = nil }
    return remark
  }

  private mutating func comment(isRemark: Bool) {
    let start = position
    while position < file.bytes.count, file.bytes[position] != 0x0A { position += 1 }
    var end = position
    while end > start, [0x20, 0x09, 0x0D].contains(file.bytes[end - 1]) { end -= 1 }
    let text = file[SourceSpan(start: start, end: end)]
    if isRemark, remark == nil {
      remark = text
    } else {
      pending.append(.comment(text, column: column(of: start)))
    }
  }

  /// Goes over `---`, `...` and `%` lines at the start of a line.
  private mutating func documentMark(_ byte: UInt8) -> Bool {
    guard column(of: position) == 0, flowDepth == 0 else { return false }
    if byte == 0x25 {
      let start = position
      while position < file.bytes.count, ![0x0A, 0x0D].contains(file.bytes[position]) {
        position += 1
      }
      directives.append(file[SourceSpan(start: start, end: position)])
      return true
    }
    let mark = file.bytes[position...].prefix(3)
    let behind = position + 3 < file.bytes.count ? file.bytes[position + 3] : 0x0A
    guard mark.allSatisfy({ $0 == byte }), mark.count == 3, behind <= 0x20 else { return false }
    position += 3
    return true
  }
}
