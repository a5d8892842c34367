import CEL
import CommandLineKit

/// The page about expressions, made from the library's own table.
struct ExpressionHelp {
  let style: TextStyle
  let columns: Int

  var text: String {
    var lines = Self.introduction.flatMap { TextLayout.wrapped($0, to: columns) + [""] }
    lines.append(style.bold("Functions:"))
    for function in StandardLibrary.functions where !function.summary.isEmpty {
      lines.append("  " + style.bold(function.name))
      lines += TextLayout.wrapped(function.summary, to: columns - 6).map { "      " + $0 }
      for example in function.examples {
        lines.append("      " + style.cyan("\(example.expression)  →  \(example.result)"))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let introduction = [
    "Expressions are written in CEL, the Common Expression Language. Keys such as `if` and `check` "
      + "take one bare; everywhere else text may hold ${{ … }}.",
    "Names: `inputs`, `steps`, `run`, `now`, and where they make sense `outputs`, `error`, "
      + "`event`, `item` and `index`. An output that may be absent is read with "
      + "`steps.sso.outputs.?domain.orValue('')`.",
    "Our own functions: uuid(label), short_id(label), merge(a, b), json(value), "
      + "after(moment, '2 business days').",
    "`baton eval EXPRESSION` tries one.",
  ]
}
