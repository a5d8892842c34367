import CEL
import Documents
import SourceText
import Workflows

extension DriverReader {
  /// What an operation of a driver has brought, whose names nobody writes for the words that they are.
  private static let answers = ["stdout", "stderr", "exit_code", "rows", "changes"]

  /// Warns of comparisons of something with itself.
  ///
  /// - Parameter start: where the expression begins in the text of the scalar.
  func advise(on expression: CheckedExpression, in scalar: Scalar, from start: Int) {
    guard isAdvised else { return }
    for found in SameSides.all(in: expression) {
      let range = start + found.range.lowerBound..<start + found.range.upperBound
      report(.sameSides, found.message, at: scalar.fileSpan(range), label: found.label)
    }
  }

  /// Warns of a text that is an expression as a whole, `rows[0].id`, as `when` takes it bare: it is taken as its own
  /// words.
  ///
  /// Only of what reads something that is there: a name of a file may look like an expression, too.
  func adviseOnBare(_ scalar: Scalar, _ scope: DriverScope) {
    guard isAdvised, scalar.withUTF8({ (3...400).contains($0.count) }),
      let source = Self.expressionLike(scalar.text),
      case .success(let expression) = scope.environment.compile(source),
      !expression.references.isEmpty
    else { return }
    report(
      .lookalike, "this looks like an expression, and is taken for text as it stands",
      at: scalar.span, help: "an expression is written `${{ \(source) }}`")
  }

  /// The text without blanks around it, where it begins as an expression does that is more than a word.
  private static func expressionLike(_ text: String) -> String? {
    let source = text.withoutBlanksAround
    let name = source.prefix { ("a"..."z").contains($0) || $0 == "_" }
    guard let next = source.dropFirst(name.count).first else {
      return answers.contains(source) ? source : nil
    }
    return !name.isEmpty && "([.".contains(next) ? source : nil
  }
}

extension String {
  fileprivate var withoutBlanksAround: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\n" }
    var text = drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return String(text)
  }
}
