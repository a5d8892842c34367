/// The three streams of a program: results, everything else, and answers.
package struct Console: Sendable {
  /// Standard output: results only.
  package let output: TextSink
  /// Standard error: progress, questions, errors.
  package let errors: TextSink
  package let input: TextSource

  package init(output: TextSink, errors: TextSink, input: TextSource) {
    self.output = output
    self.errors = errors
    self.input = input
  }

  /// The streams of this process.
  package static func standard(color: ColorChoice) -> Console {
    Console(
      output: TextSink(descriptor: 1, color: color), errors: TextSink(descriptor: 2, color: color),
      input: TextSource(descriptor: 0))
  }

  /// Whether somebody is there to answer.
  package var canAsk: Bool { input.isTerminal && errors.isTerminal }

  /// Writes an error, and what can be done about it, in the voice of the diagnostics.
  package func show(error message: String, help: String? = nil) {
    let style = errors.style
    errors.line(style.bold(style.red("error") + ": ") + TextLayout.harmless(message))
    if let help { errors.line(style.cyan("help") + ": " + TextLayout.harmless(help)) }
  }

  /// Writes a remark.
  package func show(note message: String) {
    errors.line(errors.style.cyan("note") + ": " + TextLayout.harmless(message))
  }
}
