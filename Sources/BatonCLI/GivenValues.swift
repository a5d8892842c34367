import Documents
import Fields
import SourceText
import Values

/// Values that were given by name: as words of the command line, which are text until their fields
/// say more, and in files, where they have types.
struct GivenValues {
  private var values = ValueMap()
  /// The names whose values are words.
  private var words: Set<String> = []
  /// Plain scalars of YAML files as they stand: what a field that wants text takes.
  private var scalars: [String: String] = [:]

  init(words: ValueMap = ValueMap()) { add(words: words) }

  /// The members of a YAML or JSON document; nil where it is no map.
  init?(_ node: Node) {
    guard let members = node.members else { return nil }
    for member in members {
      set(member.name, member.value.value)
      guard let scalar = member.value.scalar, scalar.style == .plain, !member.value.isNull,
        !scalar.file.path.hasSuffix(".json")
      else { continue }
      scalars[member.name] = scalar.text
    }
  }

  var isEmpty: Bool { values.isEmpty }
  /// All of them, words as text.
  var all: ValueMap { values }

  /// A word as it was given; nil for a value that has its type.
  func word(_ name: String) -> String? { words.contains(name) ? values[name]?.asString : nil }

  mutating func add(words more: ValueMap) {
    for member in more {
      guard let name = member.key.asString else { continue }
      set(name, member.value)
      words.insert(name)
    }
  }

  /// A value that has its type already.
  mutating func set(_ name: String, _ value: Value) {
    values.set(.string(name), value)
    words.remove(name)
    scalars[name] = nil
  }

  /// Words as what their fields say they are, all problems at once. Without fields a word that is
  /// JSON is taken as such.
  func typed(by fields: FieldSet?) throws(CommandFailure) -> ValueMap {
    var typed = ValueMap()
    var problems: [CommandFailure] = []
    for member in values {
      guard let name = member.key.asString else { continue }
      do throws(CommandFailure) {
        typed[name] = try value(member.value, named: name, by: fields)
      } catch { problems.append(error) }
    }
    guard let first = problems.first else { return typed }
    throw .usage(
      problems.map(\.message).joined(separator: "; "),
      help: problems.count == 1 ? first.help : problems.compactMap(\.help).first)
  }

  private func value(
    _ value: Value, named name: String, by fields: FieldSet?
  ) throws(CommandFailure) -> Value {
    guard words.contains(name), let text = value.asString else {
      guard let scalar = scalars[name], fields?[name]?.schema.typeName == "string" else {
        return value
      }
      return .string(scalar)
    }
    guard let fields else { return (try? JSONReader.value(from: Array(text.utf8))) ?? value }
    guard fields[name] != nil else {
      let near = nearest(name, among: fields.names).map { "did you mean `\($0)`?" }
      throw .usage("there is no `\(name)` here", help: near ?? Self.list(fields))
    }
    switch fields.parse(text, for: name) {
    case .success(let value): return value
    case .failure(let problem): throw .usage("\(problem)")
    }
  }

  private static func list(_ fields: FieldSet) -> String {
    fields.isEmpty
      ? "nothing is asked for here" : "there is " + fields.names.joined(separator: ", ")
  }
}
