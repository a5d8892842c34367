/// Finds the command's name among the words of a command line, before any declaration is built:
/// what stands before it are options that every command takes.
package struct CommandLocator: Sendable {
  /// The name found (of one word or two), and all other words in their order.
  package struct Found: Sendable, Hashable {
    package let name: String?
    package let words: [String]
  }

  private let names: [String]
  private let commonOptions: [CommandOption]

  package init(names: [String], commonOptions: [CommandOption]) {
    self.names = names
    self.commonOptions = commonOptions
  }

  /// The first word that is not an option (nor an option's value) is the command; with the next
  /// word it may be a name of two words.
  package func find(in words: [String]) -> Found {
    var position = 0
    while position < words.count, words[position].hasPrefix("-"), words[position] != "--" {
      position += takesNextWord(words[position]) ? 2 : 1
    }
    guard position < words.count, words[position] != "--" else {
      return Found(name: nil, words: words)
    }
    var rest = words
    let first = rest.remove(at: position)
    if position < rest.count, names.contains("\(first) \(rest[position])") {
      return Found(name: "\(first) \(rest.remove(at: position))", words: rest)
    }
    return Found(name: first, words: rest)
  }

  private func takesNextWord(_ word: String) -> Bool {
    commonOptions.contains { option in
      option.placeholder != nil
        && (word == "--" + option.name || option.short.map { word == "-\($0)" } ?? false)
    }
  }
}
