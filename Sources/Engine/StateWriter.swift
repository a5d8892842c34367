import Documents
import Values

/// Writes maps of a state straight as canonical JSON (RFC 8785), without values in between.
///
/// Members have to be added in the order in which canonical JSON has them.
struct StateWriter: ~Copyable {
  private(set) var json: ByteWriter
  /// Steps that follow each other often end in the same millisecond.
  private var moment: Timestamp?
  private var momentText = ""

  /// - Parameter capacity: How many bytes fit before it grows, at least 1.
  init(capacity: Int) { json = ByteWriter(capacity: capacity) }

  mutating func open() { json.append(0x7B) }

  /// Ends a map; what comes next in the one around it is added as ever.
  mutating func close() {
    json.close(with: 0x7D)
    json.append(0x2C)
  }

  /// The bytes of the map that was opened first.
  consuming func finish() -> [UInt8] {
    json.truncate(to: json.count - 1)
    return Array(json.bytes)
  }

  mutating func name(_ name: String) {
    CanonicalJSON.append(text: name, to: &json)
    json.append(0x3A)
  }

  mutating func name(_ name: StaticString) {
    json.append(0x22)
    json.append(name)
    json.append(0x22)
    json.append(0x3A)
  }

  mutating func add(_ value: Value) throws(CanonicalJSONError) {
    try CanonicalJSON.append(value, to: &json)
    json.append(0x2C)
  }

  mutating func add(_ name: StaticString, _ value: Value?) throws(CanonicalJSONError) {
    guard let value else { return }
    self.name(name)
    try add(value)
  }

  /// A member that is there only where the count is not zero.
  mutating func add(_ name: StaticString, count: Int) {
    guard count != 0 else { return }
    self.name(name)
    json.append(decimal: count)
    json.append(0x2C)
  }

  /// A member that is there only where it is true.
  mutating func add(_ name: StaticString, flag: Bool) {
    guard flag else { return }
    self.name(name)
    json.append("true,")
  }

  mutating func add(_ name: StaticString, text: String?) {
    guard let text else { return }
    self.name(name)
    CanonicalJSON.append(text: text, to: &json)
    json.append(0x2C)
  }

  mutating func add(_ name: StaticString, moment: Timestamp?) {
    guard let moment else { return }
    if moment != self.moment {
      self.moment = moment
      momentText = moment.journalText
    }
    add(name, text: momentText)
  }

  /// Values that are kept, the commitments of sealed ones beside the clear ones.
  mutating func add(_ name: StaticString, kept values: StoredValues) throws(CanonicalJSONError) {
    guard !values.isEmpty else { return }
    self.name(name)
    open()
    if !values.sealed.isEmpty { try add("sealed", .map(values.sealed)) }
    try add("values", .map(values.clear))
    close()
  }
}
