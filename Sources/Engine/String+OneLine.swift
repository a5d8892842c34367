extension String {
  /// The text as what has one line takes it, the subject of a message above all: control characters and white
  /// space, line breaks among them, are one space between words.
  package var asOneLine: String {
    let words = unicodeScalars.split { scalar in
      scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
    }
    return words.map { String($0) }.joined(separator: " ")
  }
}
