/// Which texts may become names of folders and files.
enum RunNames {
  /// Letters and digits that are not taken for one another.
  private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789".utf8)

  /// `20261120-k7f3q9`: the day (UTC) and six characters of 31.
  static func make(day: String, random: [UInt8]) -> String {
    let tail = random.prefix(6).map { alphabet[Int($0) % alphabet.count] }
    return day + "-" + String(decoding: tail, as: UTF8.self)
  }

  /// Whether a text can name a run: 1 to 64 of `a`…`z`, `0`…`9` and `-`, no `-` first.
  static func isRunID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.first != 0x2D
      && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D }
  }

  /// Whether a text can name a file of an inbox: like a run's, with capitals, `_` and `.` inside.
  static func isItemID(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count) && text.utf8.first.map(isLetterOrDigit) == true
      && text.utf8.allSatisfy {
        isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E || (0x41...0x5A).contains($0)
      }
  }

  /// Whether a path stays below the folder it is put in: relative, no empty, `.` or `..` parts.
  static func isInnerPath(_ path: String) -> Bool {
    let parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    return path.utf8.count <= 1024 && !path.utf8.contains(0)
      && parts.allSatisfy { part in
        !part.isEmpty && part.count <= 255 && !part.elementsEqual(".".utf8)
          && !part.elementsEqual("..".utf8)
      }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
