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
  static func file(_ path: String, console: Console) throws(CommandFailure) -> GivenValues {
    let bytes = try FileAccess.read(path, console: console)
    let source = SourceFile(path: path == "-" ? "standard input" : path, bytes: bytes)
    let diagnostics = Diagnostics()
    guard let node = DocumentReader.read(source, into: diagnostics), !diagnostics.hasErrors else {
      throw CommandFailure(
        .usage, "`\(source.path)` cannot be read as YAML or JSON",
        diagnostics: diagnostics.sorted)
    }
    guard let given = GivenValues(node) else {
      throw .usage("`\(source.path)` holds no map of names to values")
    }
    return given
  }

  /// The values of a file, where one is named, and over them those of the words.
  static func merged(
    file path: String?, words: [String], console: Console
  ) throws(CommandFailure) -> GivenValues {
    let file = try path.map { path throws(CommandFailure) in
      try Self.file(path, console: console)
    }
    var given = file ?? GivenValues()
    given.add(words: try texts(words))
    return given
  }

  /// The texts of the command line as what their fields say they are.
  static func typed(_ words: ValueMap, by fields: FieldSet?) throws(CommandFailure) -> ValueMap {
    try GivenValues(words: words).typed(by: fields)
  }
}
