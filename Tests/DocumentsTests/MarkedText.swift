import Testing

/// A document with the markers 1️⃣, 2️⃣ … at places that a test is about.
struct MarkedText {
  let text: String
  /// The UTF-8 offset of each marker in the text without markers, in order of appearance.
  let offsets: [Int]

  init(_ marked: String) {
    var text = ""
    var offsets: [Int] = []
    for character in marked {
      if character.unicodeScalars.contains("\u{20E3}") {
        offsets.append(text.utf8.count)
      } else {
        text.append(character)
      }
    }
    self.text = text
    self.offsets = offsets
  }
}
