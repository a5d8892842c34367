import CEL
import SourceText
import Values

/// The script among the arguments of a program that is a shell, or that starts one: whatever is put into it
/// is read as commands.
package struct ScriptArgument {
  private static let shells = ["sh", "bash", "dash", "zsh", "ksh", "ash"]

  private let shell: String
  /// Where it stands among the arguments.
  package let position: Int

  /// - Parameter arguments: what each is; nil where that is computed.
  /// - Returns: nil where none is a shell with `-c`.
  package init?(in arguments: [String?]) {
    for (index, argument) in arguments.enumerated() {
      guard let argument, Self.isShell(argument),
        let position = Self.script(in: arguments, from: index + 1)
      else { continue }
      shell = argument
      self.position = position
      return
    }
    return nil
  }

  /// `sh`, `/bin/sh`; `SHELL=/bin/sh` is a variable for `env`.
  private static func isShell(_ word: String) -> Bool {
    !word.contains("=") && shells.contains(word.split(separator: "/").last.map(String.init) ?? "")
  }

  /// The first argument that is no option, where `-c` is among those before it: `-c`, `-ec`, `-o pipefail -c`.
  private static func script(in arguments: [String?], from start: Int) -> Int? {
    var isScript = false
    var index = start
    while index < arguments.count {
      guard let word = arguments[index], let sign = word.first, "-+".contains(sign),
        word.utf8.count > 1, word != "--"
      else { break }
      if word.hasPrefix("--") {
        index += ["--rcfile", "--init-file"].contains(word) ? 2 : 1
        continue
      }
      if sign == "-", word.contains("c") { isScript = true }
      // The name of an option stands apart.
      index += word.contains("o") || word.contains("O") ? 2 : 1
    }
    if index < arguments.count, arguments[index] == "--" || arguments[index] == "-" { index += 1 }
    return isScript && index < arguments.count ? index : nil
  }

  package static let message = "a value in the script of a shell would be read as commands"

  /// How the value gets there as one.
  ///
  /// - Parameter text: the script as it is written.
  package func help(for text: String) -> String {
    "put `\"$1\"` in its place, and the value behind the script: "
      + "`\(Self.example(shell, of: text))`"
  }

  /// A script that is handed the first value of one into which it is put.
  static func example(_ shell: String, of text: String) -> String {
    var value = "${{ … }}"
    if let start = text.firstRange(of: "${{"),
      let end = text[start.upperBound...].firstRange(of: "}}")
    {
      value = String(text[start.lowerBound..<end.upperBound])
    }
    return "[\(shell), -c, 'echo \"$1\"', \(shell), \"\(value)\"]"
  }
}

extension FileDecoder {
  /// Finds what is put into the script of a shell that `command.run` starts.
  func checkScript(_ with: [NamedTemplate]) {
    // A run that was started with it goes on.
    guard !isStarted, let command = with.first(where: { $0.name == "command" })?.value else {
      return
    }
    switch command.form {
    case .list(let arguments):
      guard let script = ScriptArgument(in: arguments.map(\.constantText)),
        !arguments[script.position].expressions.isEmpty
      else { return }
      report(script, at: arguments[script.position].span)
    case .expression(let expression):
      guard case .list(let elements)? = expression.checked?.tree.kind,
        let script = ScriptArgument(in: elements.map(\.value.literalText)),
        elements[script.position].value.literalText == nil
      else { return }
      report(script, at: command.span)
    case .literal, .text, .map: return
    }
  }

  private func report(_ script: ScriptArgument, at span: SourceSpan) {
    report(
      .valueInScript, ScriptArgument.message, at: span, help: script.help(for: file[span]))
  }
}

extension SyntaxNode {
  fileprivate var literalText: String? {
    if case .literal(let value) = kind { value.asString } else { nil }
  }
}
