/// One address of a path, cut at its slashes: `add_users[3]/create`.
struct PathToken: Hashable {
  struct Part: Hashable {
    let name: String
    /// The round of a loop.
    let index: Int?
  }

  let parts: [Part]

  init(_ address: String) {
    parts = address.split(separator: "/", omittingEmptySubsequences: false).map { piece in
      guard piece.last == "]", let bracket = piece.lastIndex(of: "["),
        let index = Int(piece[piece.index(after: bracket)...].dropLast())
      else { return Part(name: String(piece), index: nil) }
      return Part(name: String(piece[..<bracket]), index: index)
    }
  }
}

/// How a part of a run may end.
struct Outcomes: OptionSet {
  let rawValue: Int

  /// What follows is done.
  static let completes = Outcomes(rawValue: 1)
  /// The run stands still here, or was ended from outside.
  static let stops = Outcomes(rawValue: 2)
  /// A failure goes outwards.
  static let fails = Outcomes(rawValue: 4)
  /// The workflow ends here: `finish`, `stop`, `undo`.
  static let ends = Outcomes(rawValue: 8)
}
