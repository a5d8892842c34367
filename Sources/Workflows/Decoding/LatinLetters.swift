/// The letters of the alphabet that stand for other Latin letters, as in addresses and file names: `ü` is
/// `ue`, `é` is `e`.
package enum LatinLetters {
  /// What is customary and does not follow from the letter's name.
  private static let customary: [Character: String] = [
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "þ": "th", "ð": "d",
  ]

  /// The text with each small Latin letter as one of the alphabet, or two; everything else as it is.
  package static func plain(_ text: String) -> String {
    text.reduce(into: "") { $0 += customary[$1] ?? alphabetic($1) ?? String($1) }
  }

  /// By the letter's name in Unicode: `LATIN SMALL LETTER E WITH ACUTE`.
  private static func alphabetic(_ character: Character) -> String? {
    guard let scalar = character.unicodeScalars.first else { return nil }
    // What follows is a mark.
    if scalar.isASCII { return String(scalar) }
    let words = (scalar.properties.name ?? "").split(separator: " ")
    guard words.count >= 4, words[0] == "LATIN", words[1] == "SMALL",
      ["LETTER", "LIGATURE"].contains(words[2]), words[3].count <= 2
    else { return nil }
    return words[3].lowercased()
  }
}
