package import Values

/// A version of its workflow that a run went by before it was moved to another.
package struct EarlierVersion: Sendable, Hashable {
  /// Path in `definition/` to SHA-256, for every file pinned by it.
  package let definition: ValueMap
  /// When the run left it.
  package let until: Timestamp
  /// The address from then on of each step that has another id in the next version.
  package let renamed: [String: String]
}

/// How long a step should take by a version that the run went by before.
package struct EarlierTarget: Sendable, Hashable {
  /// When the run left that version.
  package let until: Timestamp
  /// nil where the version says nothing, or cannot be read any more.
  package let target: StepTarget?

  package init(until: Timestamp, target: StepTarget?) {
    self.until = until
    self.target = target
  }
}

extension [EarlierTarget] {
  /// The target by which a step is judged: that of the version which held when it ended.
  ///
  /// - Parameters:
  ///   - end: nil while it has not ended.
  ///   - now: that of the version which holds now.
  package func target(ofStepEndedAt end: Timestamp?, now: StepTarget?) -> StepTarget? {
    guard let end, let earlier = first(where: { end <= $0.until }) else { return now }
    return earlier.target
  }
}

extension [EarlierVersion] {
  /// What the step at an address was called in one of the versions.
  package func address(of address: String, inVersion version: Int) -> String {
    self[version...].reversed().reduce(address) { address, version in
      version.renamed.first { $0.value == address }?.key ?? address
    }
  }
}

extension EarlierVersion {
  var saved: Value {
    let renamed = self.renamed.sorted { $0.key < $1.key }.map { ($0.key, Value.string($0.value)) }
    let map: ValueMap = [
      "definition": .map(definition), "until": .string(until.journalText),
    ]
    return .map(map.adding("renamed", renamed.isEmpty ? nil : .map(ValueMap(renamed))))
  }

  init?(saved: Value) {
    guard let definition = saved["definition"]?.asMap,
      let until = saved["until"]?.asString.flatMap(Timestamp.init(journalText:))
    else { return nil }
    self.definition = definition
    self.until = until
    var renamed: [String: String] = [:]
    for member in saved["renamed"]?.asMap ?? ValueMap() {
      if let old = member.key.asString { renamed[old] = member.value.asString }
    }
    self.renamed = renamed
  }
}
