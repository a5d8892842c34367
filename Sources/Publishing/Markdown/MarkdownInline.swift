import Workflows

/// Turns a paragraph of Markdown into HTML: emphasis, code, links, escapes, line breaks.
struct MarkdownInline {
  private let characters: [Character]
  private var position = 0
  private var html = ""

  static func html(_ text: String) -> String {
    var inline = MarkdownInline(Array(text))
    inline.run(until: nil)
    return inline.html
  }

  static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
    return result
  }

  private init(_ characters: [Character]) { self.characters = characters }

  private mutating func run(until end: [Character]?) {
    while position < characters.count {
      if let end, characters[position...].starts(with: end) { return }
      step()
    }
  }

  private mutating func step() {
    let character = characters[position]
    switch character {
    case "\\": escape()
    case "`": code()
    case "*", "_": emphasis(character)
    case "[": link()
    case "<": angle()
    case "\n":
      html += hasHardBreak ? "<br>\n" : "\n"
      position += 1
    default:
      html += Self.escaped(String(character))
      position += 1
    }
  }

  private var hasHardBreak: Bool {
    position >= 2 && characters[position - 1] == " " && characters[position - 2] == " "
  }

  private mutating func escape() {
    let next = position + 1 < characters.count ? characters[position + 1] : nil
    if next == "\n" {
      html += "<br>\n"
      position += 2
    } else if let next, next.isASCII, next.isPunctuation || next.isSymbol {
      html += Self.escaped(String(next))
      position += 2
    } else {
      // At the end of a paragraph it is a break before nothing.
      html += next == nil ? "" : "\\"
      position += 1
    }
  }

  private mutating func code() {
    let count = characters[position...].prefix { $0 == "`" }.count
    let fence = [Character](repeating: "`", count: count)
    var end = position + count
    while end < characters.count {
      let run = characters[end...].prefix { $0 == "`" }.count
      if run == count {
        var content = String(characters[(position + count)..<end])
        if content.hasPrefix(" "), content.hasSuffix(" "), content.count > 2 {
          content = String(content.dropFirst().dropLast())
        }
        html += "<code>\(Self.escaped(content.replacing("\n", with: " ")))</code>"
        position = end + count
        return
      }
      end += max(run, 1)
    }
    html += String(fence)
    position += count
  }

  private mutating func emphasis(_ mark: Character) {
    let isStrong = position + 1 < characters.count && characters[position + 1] == mark
    let count = isStrong ? 2 : 1
    let marks = [Character](repeating: mark, count: count)
    guard opens(mark, count), let end = closing(marks, from: position + count) else {
      html += String(marks)
      position += count
      return
    }
    let inner = Self.html(String(characters[(position + count)..<end]))
    html += isStrong ? "<strong>\(inner)</strong>" : "<em>\(inner)</em>"
    position = end + count
  }

  /// An underscore inside a word is one.
  private func opens(_ mark: Character, _ count: Int) -> Bool {
    let next = position + count < characters.count ? characters[position + count] : " "
    let before = position > 0 ? characters[position - 1] : " "
    return !next.isWhitespace && (mark == "*" || !(before.isLetter || before.isNumber))
  }

  private func closing(_ marks: [Character], from start: Int) -> Int? {
    var index = start
    while index + marks.count <= characters.count {
      let character = characters[index]
      if character == "\\" {
        index += 2
        continue
      }
      if character == "`" {
        let fence = characters[index...].prefix { $0 == "`" }.count
        index = skipCode(from: index, fence)
        continue
      }
      if characters[index...].starts(with: marks), index > start,
        !characters[index - 1].isWhitespace
      {
        let after = index + marks.count < characters.count ? characters[index + marks.count] : " "
        let isDouble = marks.count == 1 && after == marks[0]
        let isInWord = marks[0] == "_" && (after.isLetter || after.isNumber)
        if !isDouble, !isInWord { return index }
        index += isDouble ? 2 : 1
        continue
      }
      index += 1
    }
    return nil
  }

  private func skipCode(from start: Int, _ fence: Int) -> Int {
    var index = start + fence
    while index < characters.count {
      let run = characters[index...].prefix { $0 == "`" }.count
      if run == fence { return index + fence }
      index += max(run, 1)
    }
    return start + fence
  }

  private mutating func link() {
    guard let close = closing(["]"], from: position + 1), close + 1 < characters.count,
      characters[close + 1] == "(",
      let end = characters[(close + 2)...].firstIndex(of: ")")
    else {
      html += "["
      position += 1
      return
    }
    let target = String(characters[(close + 2)..<end]).trimmingBlank
    let inner = Self.html(String(characters[(position + 1)..<close]))
    html +=
      Self.isSafe(target)
      ? "<a href=\"\(Self.escaped(target))\" rel=\"noreferrer\">\(inner)</a>" : inner
    position = end + 1
  }

  /// `<https://…>`, and the `<br>` of our own tables; anything else is text.
  private mutating func angle() {
    if characters[position...].starts(with: Array("<br>")) {
      html += "<br>"
      position += 4
      return
    }
    if let end = characters[position...].firstIndex(of: ">") {
      let target = String(characters[(position + 1)..<end])
      if target.hasPrefix("https://") || target.hasPrefix("http://"), !target.contains(" ") {
        let text = Self.escaped(target)
        html += "<a href=\"\(text)\" rel=\"noreferrer\">\(text)</a>"
        position = end + 1
        return
      }
    }
    html += "&lt;"
    position += 1
  }

  /// Whether a link leads to a page and runs nothing.
  private static func isSafe(_ target: String) -> Bool {
    let start = target.lowercased()
    if ["https://", "http://", "mailto:", "tel:"].contains(where: start.hasPrefix) { return true }
    return !start.prefix { $0 != "/" && $0 != "#" && $0 != "?" }.contains(":")
  }
}
