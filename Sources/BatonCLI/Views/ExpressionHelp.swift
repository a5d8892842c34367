import CEL
import CommandLineKit

/// The page about expressions, made from the library's own table.
struct ExpressionHelp {
  let columns: Int

  /// The introduction and every function, a line each.
  var text: String {
    Self.introduction.flatMap { TextLayout.wrapped($0, to: columns) + [""] }
      .joined(separator: "\n") + "\n" + ExpressionReference.text(for: nil)
  }

  /// One function with its signatures and examples.
  func text(for function: String) -> String { ExpressionReference.text(for: function) }

  private static let introduction = [
    "Expressions are written in CEL, the Common Expression Language. Keys such as `if` and `check` "
      + "take one bare; everywhere else text may hold ${{ … }}.",
    "Names: `inputs`, `steps`, `run`, `now`, and where they make sense `outputs`, `error`, "
      + "`event`, `item` and `index`. An output that may be absent is read with "
      + "`steps.sso.outputs.?domain.orValue('')`.",
    "Our own functions: uuid(label), short_id(label), merge(a, b), json(value), "
      + "after(moment, '2 business days').",
    "`baton eval EXPRESSION` tries one; `baton help expressions NAME` shows a function whole.",
  ]
}
