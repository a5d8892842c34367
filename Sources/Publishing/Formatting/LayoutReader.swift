import Documents
import SourceText

/// Puts together the layout of a YAML file: its nodes, and around them what the nodes leave out.
///
/// It walks through the file beside the nodes that ``DocumentReader`` has read, so there is no
/// second opinion on what the file means.
struct LayoutReader {
  /// The nodes and the bytes do not go together in a way that this reader knows.
  struct Unknown: Error {
    let offset: Int
  }

  private var scanner: TriviaScanner
  private let file: SourceFile
  private var hasAnchors = false

  static func read(_ root: Node, of file: SourceFile) throws(Unknown) -> LayoutDocument {
    var reader = LayoutReader(file)
    return try reader.document(root)
  }

  private init(_ file: SourceFile) {
    self.file = file
    scanner = TriviaScanner(file)
  }

  private mutating func document(_ root: Node) throws(Unknown) -> LayoutDocument {
    let heading = takeHeading()
    let node = try value(root, column: -1, leading: heading.rest)
    guard scanner.current == nil else { throw Unknown(offset: scanner.position) }
    return LayoutDocument(
      directives: scanner.directives, heading: heading.file, root: node, closing: scanner.take(),
      hasAnchors: hasAnchors)
  }

  /// The comments at the top up to the last blank line are about the file.
  private mutating func takeHeading() -> (file: [Trivia], rest: [Trivia]) {
    let trivia = scanner.take()
    guard let blank = trivia.lastIndex(of: .blank) else { return ([], trivia) }
    return (Array(trivia[...blank]), Array(trivia[(blank + 1)...]))
  }

  /// Reads the value at the position.
  ///
  /// - Parameters:
  ///   - column: Where the items of the enclosing block collection start.
  ///   - leading: Comments that were read already and belong to the first member.
  ///   - read: Its anchor and tag, where they were read already.
  private mutating func value(
    _ node: Node, column: Int, leading: [Trivia] = [], properties read: String? = nil
  ) throws(Unknown) -> LayoutNode {
    let properties = read ?? takeProperties()
    if scanner.current == 0x2A { return finished(.inline(takeWord()), properties) }
    switch node.content {
    case .scalar(let scalar):
      return finished(try self.scalar(scalar, column: column), properties)
    case .sequence(let items):
      let content = try sequence(items, leading)
      return finished(content, properties)
    case .mapping(let members):
      let content = try mapping(members, leading)
      return finished(content, properties)
    }
  }

  private mutating func finished(
    _ content: LayoutNode.Content, _ properties: String
  ) -> LayoutNode {
    LayoutNode(content: content, properties: properties, remark: scanner.takeRemark())
  }

  // MARK: scalars

  private mutating func scalar(
    _ scalar: Scalar, column: Int
  ) throws(Unknown) -> LayoutNode.Content {
    if scalar.style == .plain, scalar.text.isEmpty { return .empty }
    guard scanner.position == scalar.span.start else { throw Unknown(offset: scanner.position) }
    if scalar.style == .literal || scalar.style == .folded {
      let block = BlockTextReader(file, start: scanner.position, parentColumn: column)
      let (text, end) = block.read()
      scanner.move(to: end)
      return .block(text)
    }
    let content = Self.lines(file[scalar.span], isPlain: scalar.style == .plain)
    scanner.move(to: scalar.span.end)
    return content.count == 1 ? .inline(content[0]) : .folded(content)
  }

  /// Lines without the white space that folding takes away.
  private static func lines(_ text: String, isPlain: Bool) -> [String] {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return lines.enumerated().map { position, line in
      let isSpace = { (character: Character) in character == " " || character == "\t" }
      let start = position == 0 ? line : line.drop(while: isSpace)
      guard isPlain else { return String(start) }
      return String(start.reversed().drop(while: isSpace).reversed())
    }
  }

  /// Anchors and tags, with a space between them.
  private mutating func takeProperties() -> String {
    var properties: [String] = []
    while let byte = scanner.current, byte == 0x26 || byte == 0x21 {
      if byte == 0x26 { hasAnchors = true }
      properties.append(takeWord())
    }
    return properties.joined(separator: " ")
  }

  private mutating func takeWord() -> String {
    var end = scanner.position
    let stops: Set<UInt8> = scanner.flowDepth > 0 ? [0x2C, 0x5B, 0x5D, 0x7B, 0x7D] : []
    while end < file.bytes.count, file.bytes[end] > 0x20, !stops.contains(file.bytes[end]) {
      end += 1
    }
    let word = file[SourceSpan(start: scanner.position, end: end)]
    scanner.move(to: end)
    return word
  }

  // MARK: collections

  private mutating func sequence(
    _ nodes: NodeList, _ leading: [Trivia]
  ) throws(Unknown) -> LayoutNode.Content {
    let isFlow = scanner.current == 0x5B
    let column = scanner.column
    if isFlow { scanner.mark() }
    var items: [LayoutItem] = []
    for (position, node) in nodes.enumerated() {
      var own = (position == 0 ? leading : []) + scanner.take()
      if !isFlow {
        guard scanner.current == 0x2D else { throw Unknown(offset: scanner.position) }
        scanner.mark()
        own += dashTrivia()
      }
      items.append(LayoutItem(leading: own, value: try value(node, column: column)))
    }
    let closing = try close(isFlow, 0x5D, column)
    return .sequence(items, closing: closing, isFlow: isFlow)
  }

  /// What stands between a dash and its item is written before the dash.
  private mutating func dashTrivia() -> [Trivia] {
    var trivia = scanner.takeRemark().map { [Trivia.comment($0, column: 0)] } ?? []
    trivia += scanner.take().filter { $0 != .blank }
    return trivia
  }

  private mutating func mapping(
    _ nodes: MemberList, _ leading: [Trivia]
  ) throws(Unknown) -> LayoutNode.Content {
    let isFlow = scanner.current == 0x7B
    let isInFlow = scanner.flowDepth > 0
    let column = scanner.column
    if isFlow { scanner.mark() }
    var members: [LayoutMember] = []
    for (position, node) in nodes.enumerated() {
      let own = (position == 0 ? leading : []) + scanner.take()
      members.append(try member(node, own, column: column))
    }
    if !isFlow, isInFlow { return .mapping(members, closing: [], isFlow: true) }
    let closing = try close(isFlow, 0x7D, column)
    return .mapping(members, closing: closing, isFlow: isFlow)
  }

  private mutating func member(
    _ node: Member, _ leading: [Trivia], column: Int
  ) throws(Unknown) -> LayoutMember {
    if scanner.current == 0x3F, (scanner.next ?? 0x20) <= 0x20 { scanner.mark() }
    let properties = takeProperties()
    let key = try keyText(node.key)
    guard scanner.current == 0x3A else { throw Unknown(offset: scanner.position) }
    scanner.mark()
    let isSplit = scanner.remark != nil
    var remark = isSplit && !isEmpty(node.value) ? scanner.takeRemark() : nil
    // Comments between a key and the first thing under it belong to that thing.
    let between = isEmpty(node.value) ? [] : Self.withoutBlankStart(scanner.take())
    let valueProperties = takeProperties()
    if remark == nil, !valueProperties.isEmpty, isBlockCollection(node.value) {
      remark = scanner.takeRemark()
    }
    let value = try self.value(
      node.value, column: column, leading: between, properties: valueProperties)
    var member = LayoutMember(
      leading: leading, key: properties.isEmpty ? key : properties + " " + key,
      name: node.key.text, remark: remark, value: value)
    if case .scalar = node.value.content { member.leading += between.filter { $0 != .blank } }
    return member
  }

  /// Whether the lines below hold what is at the position.
  private func isBlockCollection(_ node: Node) -> Bool {
    if case .scalar = node.content { return false }
    return ![0x2A, 0x5B, 0x7B].contains(scanner.current)
  }

  private func isEmpty(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain, scalar.text.isEmpty else {
      return false
    }
    return scanner.current != 0x26 && scanner.current != 0x21 && scanner.current != 0x2A
  }

  private mutating func keyText(_ key: Scalar) throws(Unknown) -> String {
    if scanner.current == 0x2A { return takeWord() }
    guard key.span.start == scanner.position, key.style != .literal, key.style != .folded else {
      throw Unknown(offset: scanner.position)
    }
    let text = file[key.span]
    guard !text.contains(where: \.isNewline) else { throw Unknown(offset: scanner.position) }
    scanner.move(to: key.span.end)
    return text
  }

  /// The comments at the end of a collection.
  private mutating func close(
    _ isFlow: Bool, _ bracket: UInt8, _ column: Int
  ) throws(Unknown) -> [Trivia] {
    guard isFlow else { return scanner.take(indentedTo: column) }
    guard scanner.current == bracket else { throw Unknown(offset: scanner.position) }
    let closing = scanner.take().filter { $0 != .blank }
    scanner.mark()
    return closing
  }

  private static func withoutBlankStart(_ trivia: [Trivia]) -> [Trivia] {
    trivia.first == .blank ? Array(trivia.dropFirst()) : trivia
  }
}
