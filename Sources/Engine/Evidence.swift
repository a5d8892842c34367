package import Values

/// A file that proves what a person says, kept with the run by its hash.
package struct Evidence: Sendable, Hashable {
  package let sha256: String
  /// What the file was called; nil where it came without a name, and in journals that do not say.
  package let name: String?
  /// In bytes; nil in journals that do not say.
  package let size: Int?
  /// Its media type, where its bytes say it.
  package let type: String?

  package init(sha256: String, name: String? = nil, size: Int? = nil, type: String? = nil) {
    self.sha256 = sha256
    self.name = name
    self.size = size
    self.type = type
  }
}

extension Evidence {
  /// `{"name": "mail.eml", "sha256": "…", "size": 16, "type": "text/plain"}`.
  package var value: Value {
    .map(
      ValueMap(members: ["sha256": .string(sha256)]).adding("name", name)
        .adding("size", size.map { Value.int(Int64($0)) }).adding("type", type))
  }

  /// Reads what ``value`` gives; nil for anything else.
  package init?(_ value: Value) {
    guard let sha256 = value["sha256"]?.asString else { return nil }
    self.init(
      sha256: sha256, name: value["name"]?.asString,
      size: value["size"]?.asInt.flatMap(Int.init(exactly:)), type: value["type"]?.asString)
  }

  /// What the data of a record names: the hashes under `evidence`, and under `evidence_files`, in the
  /// same order, what the files were, which journals of old do not say.
  package static func all(in data: ValueMap) -> [Evidence] {
    let files = data["evidence_files"]?.asList?.compactMap(Evidence.init) ?? []
    let hashes = data["evidence"]?.asList?.compactMap(\.asString) ?? []
    return hashes.enumerated().map { place, hash in
      let file = files.indices.contains(place) ? files[place] : nil
      return file?.sha256 == hash ? file ?? Evidence(sha256: hash) : Evidence(sha256: hash)
    }
  }

  /// What the file was, without its hash: `` `mail.eml`, 16 bytes, text/plain ``; nil where nobody
  /// knows.
  package var description: String? {
    let facts = ([shownName] + measures).compactMap(\.self)
    return facts.isEmpty ? nil : facts.joined(separator: ", ")
  }

  /// What the file was and its hash, on one line: `` `mail.eml` (16 bytes, text/plain, SHA-256 …) ``.
  package var sentence: String {
    if description == nil { return sha256 }
    let facts = (measures + ["SHA-256 \(sha256)"]).compactMap(\.self).joined(separator: ", ")
    return shownName.map { "\($0) (\(facts))" } ?? facts
  }

  private var shownName: String? { name.map { "`\($0)`" } }

  private var measures: [String?] {
    [size.map { $0 == 1 ? "1 byte" : "\($0) bytes" }, type]
  }
}

extension [Evidence] {
  /// The members of a record that ``Evidence/all(in:)`` reads; none where there is no evidence.
  package var members: ValueMap {
    isEmpty
      ? ValueMap()
      : [
        "evidence": .list(map { .string($0.sha256) }), "evidence_files": .list(map(\.value)),
      ]
  }
}

extension ValueMap {
  /// With the evidence that a record names, where there is any.
  consuming func adding(_ evidence: [Evidence]) -> ValueMap {
    for member in evidence.members { set(member.key, member.value) }
    return self
  }
}
