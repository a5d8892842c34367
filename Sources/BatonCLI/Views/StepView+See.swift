import CommandLineKit
import Runner

extension StepView {
  /// Where to read on about what does not hold, on one line: `see: RB-7`.
  var seeWords: String? {
    see.map { TextLayout.line("see: " + $0) }
  }
}

extension RunSnapshot {
  /// Where to read on about what does not hold, by the address of its step.
  var seeWords: [String: String] {
    Dictionary(steps.compactMap { step in step.seeWords.map { (step.address, $0) } }) { $1 }
  }
}
