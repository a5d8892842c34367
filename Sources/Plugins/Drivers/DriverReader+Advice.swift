import CEL
import Documents
import SourceText
import Workflows

extension DriverReader {
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
}
