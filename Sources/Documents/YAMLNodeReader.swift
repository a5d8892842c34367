import CYAML
import SourceText
import Values

/// Builds the tree of a YAML file from libyaml's events.
struct YAMLNodeReader: ~Copyable {
  /// How many nodes all aliases together may stand for.
  private static let aliasBudget = 20_000

  /// A node with what aliases need to know of it.
  private struct Built {
    let row: DocumentTree.Row
    var size = 1
    var height = 0
  }

  /// The document cannot be read on; the finding is added already.
  private struct Refused: Error {}

  private let file: SourceFile
  private let diagnostics: Diagnostics
  private let events: YAMLEvents
  private var builder: DocumentTree.Builder
  private var anchors: [String: Built] = [:]
  /// Anchors of lists and maps that are not complete yet.
  private var open: Set<String> = []
  private var expanded = 0

  /// - Returns: nil where there is no document; the findings say why.
  static func read(_ file: SourceFile, into diagnostics: Diagnostics) -> Node? {
    file.bytes.withUnsafeBufferPointer { bytes in
      var reader = YAMLNodeReader(
        file: file, diagnostics: diagnostics, events: YAMLEvents(bytes))
      return try? reader.document()
    }
  }

  private init(file: SourceFile, diagnostics: Diagnostics, events: YAMLEvents) {
    self.file = file
    self.diagnostics = diagnostics
    self.events = events
    builder = DocumentTree.Builder(file, size: file.bytes.count)
  }

  private mutating func document() throws(Refused) -> Node {
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
    return builder.finish(built.row)
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

  private mutating func node(
    _ event: UnsafePointer<yaml_event_t>, depth: Int
  ) throws(Refused) -> Built {
    switch event.pointee.type {
    case YAML_SCALAR_EVENT: return Built(row: scalar(event))
    case YAML_ALIAS_EVENT: return try alias(event, depth: depth)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.pointee.data.sequence_start
      check(tag: data.tag, "tag:yaml.org,2002:seq", event)
      let isFlow = data.style == YAML_FLOW_SEQUENCE_STYLE
      return try collection(.sequence, event, data.anchor, isFlow: isFlow, depth: depth + 1)
    default:
      let data = event.pointee.data.mapping_start
      check(tag: data.tag, "tag:yaml.org,2002:map", event)
      let isFlow = data.style == YAML_FLOW_MAPPING_STYLE
      return try collection(.mapping, event, data.anchor, isFlow: isFlow, depth: depth + 1)
    }
  }

  /// Keeps the limits around the building of a list or map, and its anchor.
  private mutating func collection(
    _ kind: DocumentTree.Kind, _ event: UnsafePointer<yaml_event_t>,
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, isFlow: Bool, depth: Int
  ) throws(Refused) -> Built {
    let span = events.span(of: event)
    try check(depth: depth, at: span)
    let name = anchor.map { String(cString: $0) }
    if let name { open.insert(name) }
    let built =
      try kind == .sequence
      ? sequence(from: span, isFlow: isFlow, depth: depth)
      : mapping(from: span, isFlow: isFlow, depth: depth)
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

  private mutating func sequence(
    from start: SourceSpan, isFlow: Bool, depth: Int
  ) throws(Refused) -> Built {
    var span = start
    let base = builder.count
    var size = 1
    var height = 0
    while true {
      let event = try next()
      if event.pointee.type == YAML_SEQUENCE_END_EVENT {
        if isFlow { span.end = events.span(of: event).end }
        let row = builder.close(.sequence, from: base, span)
        return Built(row: row, size: size, height: height + 1)
      }
      let built = try child(event, depth: depth, extending: &span)
      builder.push(built.row)
      size += built.size
      height = max(height, built.height)
    }
  }

  private mutating func mapping(
    from start: SourceSpan, isFlow: Bool, depth: Int
  ) throws(Refused) -> Built {
    var span = start
    let base = builder.count
    var keys = MappingKeys(base: base)
    var size = 1
    var height = 0
    while true {
      let event = try next()
      if event.pointee.type == YAML_MAPPING_END_EVENT {
        if isFlow { span.end = events.span(of: event).end }
        let row = builder.close(.mapping, from: base, span)
        return Built(row: row, size: size, height: height + 1)
      }
      let key = try key(event, depth: depth)
      if let key { builder.push(key) }
      let built = try child(try next(), depth: depth, extending: &span)
      if key != nil {
        builder.push(built.row)
        keys.admitTop(of: &builder, diagnostics)
      }
      size += built.size + 1
      height = max(height, built.height)
    }
  }

  /// An item of a list or the value of a member; what it is in reaches to its end.
  private mutating func child(
    _ event: UnsafePointer<yaml_event_t>, depth: Int, extending span: inout SourceSpan
  ) throws(Refused) -> Built {
    // An alias ends where it stands itself, not where what it stands for does.
    let aliasEnd = event.pointee.type == YAML_ALIAS_EVENT ? events.span(of: event).end : nil
    let built = try node(event, depth: depth)
    span.end = aliasEnd ?? max(span.end, Int(built.row.end))
    return built
  }

  /// The key of a member; nil, with a finding, where it cannot be one.
  private mutating func key(
    _ event: UnsafePointer<yaml_event_t>, depth: Int
  ) throws(Refused) -> DocumentTree.Row? {
    let key = try node(event, depth: depth).row
    guard key.kind.isScalar else {
      let kind = key.kind == .sequence ? "a list" : "a map"
      diagnostics.add(
        .keyNotText, "a key must be text, not \(kind)", in: file, at: key.span,
        help: "a text that starts with `[` or `{` needs quotes")
      return nil
    }
    return checked(key: key)
  }

  /// A key that is text; nil, with a finding, where it means something else.
  private func checked(key: DocumentTree.Row) -> DocumentTree.Row? {
    guard key.kind == .plain, key.tag != .text, key.count == 0 || key.count == 2 else { return key }
    guard key.count > 0 else {
      diagnostics.add(.keyNotText, "a key is missing before `:`", in: file, at: key.span)
      return nil
    }
    guard builder.isText(of: key, 0x3C, 0x3C) else { return key }
    diagnostics.add(
      .mergeKey, "merge keys (`<<`) are not supported", in: file, at: key.span,
      help: "write the members out, or use an alias for a whole value: `key: *name`")
    return nil
  }

  private mutating func alias(
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

  // MARK: scalars

  private mutating func scalar(_ event: UnsafePointer<yaml_event_t>) -> DocumentTree.Row {
    let data = event.pointee.data.scalar
    let content = UnsafeBufferPointer(start: data.value, count: data.length)
    let known: Scalar.Tag? = data.tag.map { tag($0, content, event) } ?? Scalar.Tag.none
    let kind = Self.kind(data.style)
    var span = events.span(of: event)
    // What was meant as text is read on as text, so that one mistake is one finding.
    if known == nil, kind == .plain, data.anchor == nil, isOneLine(span) {
      return builder.scalar(kind, .text, span, text: span.start..<span.end)
    }
    if data.anchor != nil || data.tag != nil { span.start = skippingProperties(span) }
    if kind == .literal || kind == .folded { span.end = trimmed(span) }
    let start = kind == .single || kind == .double ? span.start + 1 : span.start
    let row =
      stands(content, at: start)
      ? builder.scalar(kind, known ?? .text, span, text: start..<start + content.count)
      : builder.scalar(kind, known ?? .text, span, text: content)
    if let anchor = data.anchor { anchors[String(cString: anchor)] = Built(row: row) }
    return row
  }

  /// Whether a text stands in the file as it is.
  private func stands(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    file.bytes.withUnsafeBufferPointer { bytes in
      guard start + text.count <= bytes.count else { return false }
      return text.hasSameBytes(as: UnsafeBufferPointer(rebasing: bytes[start..<start + text.count]))
    }
  }

  private func isOneLine(_ span: SourceSpan) -> Bool {
    !file.bytes[span.start..<max(span.start, span.end)].contains { $0 == 0x0A || $0 == 0x0D }
  }

  private static func kind(_ style: yaml_scalar_style_t) -> DocumentTree.Kind {
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
    if String(cString: tag) != allowed { refuseTag(of: event) }
  }

  /// What a tag means; nil, with a finding, for one that means nothing here.
  private func tag(
    _ tag: UnsafeMutablePointer<yaml_char_t>, _ content: UnsafeBufferPointer<UInt8>,
    _ event: UnsafePointer<yaml_event_t>
  ) -> Scalar.Tag? {
    let name = String(cString: tag)
    let value = CoreSchema.resolve(String(decoding: content, as: UTF8.self))
    if name == "!", !isBesideNumber(value, event) {
      refuseTag(of: event)
      return nil
    }
    switch (Self.tags[name], value) {
    case (.text?, _), (.integer?, .int), (.number?, .int), (.number?, .double), (.boolean?, .bool),
      (.null?, .null):
      return Self.tags[name]
    default:
      refuseTag(of: event)
      return nil
    }
  }

  /// A lone `!` makes text of a number. Before anything else it is meant as "not", and passed over it
  /// would say the opposite: `if: ! inputs.urgent`.
  private func isBesideNumber(_ value: Value, _ event: UnsafePointer<yaml_event_t>) -> Bool {
    let data = event.pointee.data.scalar
    return data.style == YAML_PLAIN_SCALAR_STYLE && (data.length == 0 || value.asNumber != nil)
  }

  private static let tags: [String: Scalar.Tag] = [
    "!": .text, "tag:yaml.org,2002:str": .text, "tag:yaml.org,2002:int": .integer,
    "tag:yaml.org,2002:float": .number, "tag:yaml.org,2002:bool": .boolean,
    "tag:yaml.org,2002:null": .null,
  ]

  private func refuseTag(of event: UnsafePointer<yaml_event_t>) {
    diagnostics.add(YAMLProblem.tag(at: events.span(of: event), file))
  }
}
