import Runner

extension RunRow {
  /// How lists name a rehearsal: as one, behind its name where that says more than the id.
  var rehearsalName: String {
    let name = texts.name
    let shown = name.elementsEqual(run) ? "" : String(decoding: name, as: UTF8.self)
    return shown.isEmpty ? "(rehearsal)" : "\(shown) (rehearsal)"
  }
}

extension RunSnapshot {
  /// What a line about it begins with: whoever reads it has to know where nothing really happened.
  var kindWord: String { Self.kindWord(isRehearsal: isRehearsal) }

  static func kindWord(isRehearsal: Bool) -> String { isRehearsal ? "rehearsal" : "run" }
}
