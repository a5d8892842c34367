import CommandLineKit
import Documents
import Fields
import SourceText
import Values

/// Values from the command line: `NAME=VALUE` words and files.
enum NamedValues {
  /// The words as a map of text; what type a value has is for its field to say.
  static func texts(_ words: [String]) throws(CommandFailure) -> ValueMap {
    var map = ValueMap()
    for word in words {
      guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
        throw .usage("`\(word)` is not NAME=VALUE", help: "write it as \(word)=…")
      }
      let name = String(word[..<equals])
      guard map[name] == nil else { throw .usage("`\(name)` is given twice") }
      map[name] = .string(String(word[word.index(after: equals)...]))
    }
    return map
  }

  /// The map in a YAML or JSON file.
  static func file(_ path: String, console: Console) throws(CommandFailure) -> ValueMap {
    let bytes = try FileAccess.read(path, console: console)
    let source = SourceFile(path: path == "-" ? "standard input" : path, bytes: bytes)
    let diagnostics = Diagnostics()
    guard let node = DocumentReader.read(source, into: diagnostics), !diagnostics.hasErrors else {
      throw CommandFailure(
        .usage, "`\(source.path)` cannot be read as YAML or JSON",
        diagnostics: diagnostics.sorted)
    }
    guard case .map(let map) = node.value else {
      throw .usage("`\(source.path)` holds no map of names to values")
    }
    return map
  }

  /// The values of a file, where one is named, and over them those of the words.
  static func merged(
    file path: String?, words: [String], console: Console
  ) throws(CommandFailure) -> ValueMap {
    var map = try path.map { path throws(CommandFailure) in try file(path, console: console) }
    for member in try texts(words) {
      map = map ?? ValueMap()
      map?.set(member.key, member.value)
    }
    return map ?? ValueMap()
  }

  /// The texts of the command line as what their fields say they are; values of other types come
  /// from files and stay. Without fields a text that is JSON is taken as such.
  static func typed(_ values: ValueMap, by fields: FieldSet?) throws(CommandFailure) -> ValueMap {
    var typed = ValueMap()
    for member in values {
      guard case .string(let text) = member.value, let name = member.key.asString else {
        typed.set(member.key, member.value)
        continue
      }
      guard let fields else {
        typed[name] = (try? JSONReader.value(from: Array(text.utf8))) ?? member.value
        continue
      }
      guard fields[name] != nil else {
        let near = nearest(name, among: fields.names).map { "did you mean `\($0)`?" }
        throw .usage("there is no `\(name)` here", help: near ?? list(fields))
      }
      switch fields.parse(text, for: name) {
      case .success(let value): typed[name] = value
      case .failure(let problem): throw .usage("\(problem)")
      }
    }
    return typed
  }

  private static func list(_ fields: FieldSet) -> String {
    fields.isEmpty
      ? "nothing is asked for here" : "there is " + fields.names.joined(separator: ", ")
  }
}
