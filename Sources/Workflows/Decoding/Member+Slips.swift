import Documents

/// Slips in a key that YAML lets pass.
extension Member {
  /// `x:1` inside of `{ … }`, which is a key without a value: the key that is meant, and what to write.
  var blankHelp: (key: String, help: String)? {
    guard isBare, key.style == .plain, let colon = name.firstIndex(of: ":"),
      colon != name.startIndex
    else { return nil }
    let meant = String(name[..<colon])
    let value = String(name[name.index(after: colon)...])
    let isName = meant.utf8.allSatisfy {
      (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
    // `http://…` is an address, and a time begins with a digit.
    guard isName, !value.isEmpty, !value.hasPrefix("/"), !(meant.utf8.first ?? 0x30).isDigit else {
      return nil
    }
    return (meant, "a blank is missing after the `:`: write `\(meant): \(value)`")
  }

  /// What to do about a space that is none for YAML, and cannot be seen.
  var spaceHelp: String? {
    let hidden = name.unicodeScalars.first {
      $0.value > 0x7F
        && ($0.properties.isWhitespace || [0x200B, 0x2060, 0xFEFF].contains($0.value))
    }
    guard let hidden else { return nil }
    let digits = String(hidden.value, radix: 16, uppercase: true)
    let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    let place = name.unicodeScalars.first == hidden ? "before the key" : "in the key"
    return
      "a space that is not a blank stands \(place) (U+\(number)): YAML does not take it for one"
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
