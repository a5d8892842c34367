import CommandLineKit
import Documents
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
}
