import CYAML
import SourceText
import Values

/// Builds the tree of a YAML file from libyaml's events.
final class YAMLNodeReader {
  /// How many nodes all aliases together may stand for.
  private static let aliasBudget = 20_000

  /// A node with what aliases need to know of it.
  private struct Built {
    let node: Node
    let size: Int
    let height: Int
  }

  /// The document cannot be read on; the finding is added already.
  private struct Refused: Error {}

  private let file: SourceFile
  private let diagnostics: Diagnostics
  private let events: YAMLEvents
  private let stack = ElementStack<Member>()
  private var anchors: [String: Built] = [:]
  /// Anchors of lists and maps that are not complete yet.
  private var open: Set<String> = []
  private var expanded = 0

  /// - Returns: nil where there is no document; the findings say why.
  static func read(_ file: SourceFile, into diagnostics: Diagnostics) -> Node? {
    file.bytes.withUnsafeBufferPointer { bytes in
      let reader = YAMLNodeReader(
        file: file, diagnostics: diagnostics, events: YAMLEvents(bytes))
      return try? reader.document()
    }
  }

  private init(file: SourceFile, diagnostics: Diagnostics, events: YAMLEvents) {
    self.file = file
    self.diagnostics = diagnostics
    self.events = events
  }

  private func document() throws(Refused) -> Node {
    _ = try next()
    let start = try next()
    guard start.pointee.type == YAML_DOCUMENT_START_EVENT else {
      throw refuse(.emptyDocument, "the file holds nothing", SourceSpan(start: 0, end: 0))
    }
    let built = try node(try next(), depth: 0)
    _ = try next()
    let end = try next()
    if end.pointee.type == YAML_DOCUMENT_START_EVENT {
      let offset = events.offset(of: end.pointee.start_mark)
      diagnostics.add(
        .severalDocuments, "a second document starts here", in: file,
        at: SourceSpan(start: offset, end: offset + 3),
        help: "a file holds one document; put the other one into a file of its own")
    }
    return built.node
  }

  private func next() throws(Refused) -> UnsafePointer<yaml_event_t> {
    do throws(YAMLEvents.Failure) {
      return try events.next()
    } catch {
      diagnostics.add(YAMLProblem(error, file).diagnostic)
      throw Refused()
    }
  }

  private func refuse(
    _ code: DiagnosticCode, _ message: String, _ span: SourceSpan, help: String? = nil
  ) -> Refused {
    diagnostics.add(code, message, in: file, at: span, help: help)
    return Refused()
  }

  private func node(
    _ event: UnsafePointer<yaml_event_t>, depth: Int
  ) throws(Refused) -> Built {
    switch event.pointee.type {
    case YAML_SCALAR_EVENT:
      let scalar = scalar(event)
      return Built(node: Node(scalar: scalar), size: 1, height: 0)
    case YAML_ALIAS_EVENT: return try alias(event, depth: depth)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.pointee.data.sequence_start
      let isFlow = data.style == YAML_FLOW_SEQUENCE_STYLE
      check(tag: data.tag, "tag:yaml.org,2002:seq", event)
      return try collection(event, data.anchor, depth) { () throws(Refused) in
        try sequence(event, isFlow: isFlow, depth: depth + 1)
      }
    default:
      let data = event.pointee.data.mapping_start
      let isFlow = data.style == YAML_FLOW_MAPPING_STYLE
      check(tag: data.tag, "tag:yaml.org,2002:map", event)
      return try collection(event, data.anchor, depth) { () throws(Refused) in
        try mapping(event, isFlow: isFlow, depth: depth + 1)
      }
    }
  }

  /// Keeps the limits around the building of a list or map, and its anchor.
  private func collection(
    _ event: UnsafePointer<yaml_event_t>, _ anchor: UnsafeMutablePointer<yaml_char_t>?,
    _ depth: Int, build: () throws(Refused) -> Built
  ) throws(Refused) -> Built {
    try check(depth: depth + 1, at: events.span(of: event))
    let name = anchor.map { String(cString: $0) }
    if let name { open.insert(name) }
    let built = try build()
    if let name {
      open.remove(name)
      anchors[name] = built
    }
    return built
  }

  private func check(depth: Int, at span: SourceSpan) throws(Refused) {
    guard depth > DocumentReader.depthLimit else { return }
    let levels = DocumentReader.depthLimit
    throw refuse(.nestedTooDeep, "nested deeper than \(levels) levels", span)
  }

  private func sequence(
    _ event: UnsafePointer<yaml_event_t>, isFlow: Bool, depth: Int
  ) throws(Refused) -> Built {
    var span = events.span(of: event)
    var nodes: [Node] = []
    var size = 1
    var height = 0
    while true {
      let event = try next()
      if event.pointee.type == YAML_SEQUENCE_END_EVENT {
        if isFlow { span.end = events.span(of: event).end }
        return Built(node: Node(.sequence(nodes), span: span), size: size, height: height + 1)
      }
      if event.pointee.type == YAML_SCALAR_EVENT {
        let scalar = scalar(event)
        nodes.append(Node(scalar: scalar))
        size += 1
        span.end = max(span.end, scalar.span.end)
        continue
      }
      let end = events.span(of: event).end
      let isAlias = event.pointee.type == YAML_ALIAS_EVENT
      let built = try node(event, depth: depth)
      nodes.append(built.node)
      size += built.size
      height = max(height, built.height)
      span.end = isAlias ? end : max(span.end, built.node.span.end)
    }
  }

  private func mapping(
    _ event: UnsafePointer<yaml_event_t>, isFlow: Bool, depth: Int
  ) throws(Refused) -> Built {
    var span = events.span(of: event)
    var builder = MappingBuilder(file: file, stack: stack)
    var size = 1
    var height = 0
    while true {
      let event = try next()
      if event.pointee.type == YAML_MAPPING_END_EVENT {
        if isFlow { span.end = events.span(of: event).end }
        let node = Node(.mapping(builder.finish()), span: span)
        return Built(node: node, size: size, height: height + 1)
      }
      let key = try key(event, depth: depth)
      let valueEvent = try next()
      if valueEvent.pointee.type == YAML_SCALAR_EVENT {
        let scalar = scalar(valueEvent)
        if let key {
          builder.add(key, Node(scalar: scalar), into: diagnostics)
        }
        size += 2
        span.end = max(span.end, scalar.span.end)
        continue
      }
      let end = events.span(of: valueEvent).end
      let isAlias = valueEvent.pointee.type == YAML_ALIAS_EVENT
      let value = try node(valueEvent, depth: depth)
      if let key { builder.add(key, value.node, into: diagnostics) }
      size += value.size + 1
      height = max(height, value.height)
      span.end = isAlias ? end : max(span.end, value.node.span.end)
    }
  }

  /// The key of a member; nil, with a finding, where it cannot be one.
  private func key(
    _ event: UnsafePointer<yaml_event_t>, depth: Int
  ) throws(Refused) -> Scalar? {
    if event.pointee.type == YAML_SCALAR_EVENT { return checked(key: scalar(event)) }
    let key = try node(event, depth: depth).node
    guard case .scalar(let scalar) = key.content else {
      diagnostics.add(
        .keyNotText, "a key must be text, not \(key.kindName)", in: file, at: key.span,
        help: "a text that starts with `[` or `{` needs quotes")
      return nil
    }
    return checked(key: scalar)
  }

  /// A key that is text; nil, with a finding, where it means something else.
  private func checked(key scalar: Scalar) -> Scalar? {
    guard scalar.style == .plain, scalar.tag != .text else { return scalar }
    if scalar.text == "<<" {
      diagnostics.add(
        .mergeKey, "merge keys (`<<`) are not supported", in: file, at: scalar.span,
        help: "write the members out, or use an alias for a whole value: `key: *name`")
      return nil
    }
    guard !scalar.text.isEmpty else {
      diagnostics.add(.keyNotText, "a key is missing before `:`", in: file, at: scalar.span)
      return nil
    }
    return scalar
  }

  private func alias(
    _ event: UnsafePointer<yaml_event_t>, depth: Int
  ) throws(Refused) -> Built {
    let span = events.span(of: event)
    let name = event.pointee.data.alias.anchor.map { String(cString: $0) } ?? ""
    if open.contains(name) {
      throw refuse(.aliasExpansion, "the alias `*\(name)` stands inside of what it names", span)
    }
    guard let built = anchors[name] else {
      let known = nearest(name, among: anchors.keys.sorted())
      throw refuse(
        .unknownAlias, "there is no anchor `&\(name)` for this alias", span,
        help: known.map { "did you mean `*\($0)`?" } ?? "a text that starts with `*` needs quotes")
    }
    expanded += built.size
    guard expanded <= Self.aliasBudget else {
      throw refuse(
        .aliasExpansion, "the aliases stand for more than \(Self.aliasBudget) values", span)
    }
    try check(depth: depth + built.height, at: span)
    return built
  }

  private func scalar(_ event: UnsafePointer<yaml_event_t>) -> Scalar {
    let data = event.pointee.data.scalar
    var span = events.span(of: event)
    let content = UnsafeBufferPointer(start: data.value, count: data.length)
    let known: Scalar.Tag? = data.tag.map { tag($0, content, event) } ?? Scalar.Tag.none
    let style = Self.style(data.style)
    var text = String(decoding: content, as: UTF8.self)
    // What was meant as text is read on as text, so that one mistake is one finding.
    let meant = known == nil && style == .plain && data.anchor == nil ? file[span] : nil
    if let meant, !meant.contains(where: \.isNewline) {
      text = meant
    } else if data.anchor != nil || data.tag != nil {
      span.start = skippingProperties(span)
    }
    if style == .literal || style == .folded { span.end = trimmed(span) }
    let scalar = Scalar(text: text, style: style, tag: known ?? .text, file: file, span: span)
    if let anchor = data.anchor {
      let node = Node(.scalar(scalar), span: span)
      anchors[String(cString: anchor)] = Built(node: node, size: 1, height: 0)
    }
    return scalar
  }

  private static func style(_ style: yaml_scalar_style_t) -> Scalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .single
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .double
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }

  /// Where a scalar starts behind its anchor and tag.
  private func skippingProperties(_ span: SourceSpan) -> Int {
    let bytes = file.bytes
    var index = span.start
    while index < span.end, bytes[index] == 0x26 || bytes[index] == 0x21 {
      while index < span.end, bytes[index] > 0x20 { index += 1 }
      index = skippingSpace(index, span.end)
    }
    return index
  }

  /// Behind white space and comments.
  private func skippingSpace(_ start: Int, _ end: Int) -> Int {
    let bytes = file.bytes
    var index = start
    while index < end, bytes[index] <= 0x20 || bytes[index] == 0x23 {
      if bytes[index] == 0x23 { while index < end, bytes[index] != 0x0A { index += 1 } }
      if index < end { index += 1 }
    }
    return index
  }

  /// The end of a block scalar without the empty lines behind it.
  private func trimmed(_ span: SourceSpan) -> Int {
    var end = span.end
    while end > span.start, [0x20, 0x09, 0x0A, 0x0D].contains(file.bytes[end - 1]) { end -= 1 }
    return end
  }

  // MARK: tags

  private func check(
    tag: UnsafeMutablePointer<yaml_char_t>?, _ allowed: String,
    _ event: UnsafePointer<yaml_event_t>
  ) {
    guard let tag else { return }
    let name = String(cString: tag)
    if name != allowed, name != "!" { refuse(tag: name, event) }
  }

  /// What a tag means; nil, with a finding, for one that means nothing here.
  private func tag(
    _ tag: UnsafeMutablePointer<yaml_char_t>, _ content: UnsafeBufferPointer<UInt8>,
    _ event: UnsafePointer<yaml_event_t>
  ) -> Scalar.Tag? {
    let name = String(cString: tag)
    let value = CoreSchema.resolve(String(decoding: content, as: UTF8.self))
    switch (Self.tags[name], value) {
    case (.text?, _), (.integer?, .int), (.number?, .int), (.number?, .double), (.boolean?, .bool),
      (.null?, .null):
      return Self.tags[name]
    default:
      refuse(tag: name, event)
      return nil
    }
  }

  private static let tags: [String: Scalar.Tag] = [
    "!": .text, "tag:yaml.org,2002:str": .text, "tag:yaml.org,2002:int": .integer,
    "tag:yaml.org,2002:float": .number, "tag:yaml.org,2002:bool": .boolean,
    "tag:yaml.org,2002:null": .null,
  ]

  private func refuse(tag: String, _ event: UnsafePointer<yaml_event_t>) {
    diagnostics.add(YAMLProblem.tag(at: events.span(of: event), file))
  }
}
