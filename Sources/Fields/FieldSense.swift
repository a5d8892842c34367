import Documents
import SourceText
import Values

/// What JSON Schema allows in a field and nobody means: keys that its type never looks at, and limits
/// between which there is nothing.
struct FieldSense {
  private let fields: FieldDecoder

  init(_ fields: FieldDecoder) { self.fields = fields }

  func check(_ members: MemberList) {
    let types = members.first { $0.name == "type" }?.value.itemsOrSelf
      .compactMap { $0.text.flatMap { SchemaType(rawValue: $0) } }
    if let types, !types.isEmpty {
      for member in members { checkEffect(of: member, on: types) }
    }
    for pair in Self.limits { checkLimits(pair, members) }
    if let words = members.first(where: { $0.name == "enum" })?.value, words.items?.isEmpty == true
    {
      fields.report(.nothingFits, "nothing fits: `enum` is empty", words.span)
    }
  }

  // MARK: Keys without effect

  /// The types that a keyword looks at (JSON Schema Validation, section 6, and Core, sections 10.3 and 11).
  private static let typesOfKeywords: [String: Set<SchemaType>] = {
    let byTypes: [(Set<SchemaType>, [String])] = [
      (
        [.integer, .number],
        ["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
      ),
      (
        [.string],
        [
          "minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType",
          "contentSchema",
        ]
      ),
      (
        [.array],
        [
          "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems",
          "uniqueItems", "unevaluatedItems",
        ]
      ),
      (
        [.object],
        [
          "properties", "patternProperties", "additionalProperties", "propertyNames",
          "minProperties", "maxProperties", "required", "dependentRequired", "dependentSchemas",
          "unevaluatedProperties",
        ]
      ),
    ]
    var table: [String: Set<SchemaType>] = [:]
    for (types, keywords) in byTypes { for keyword in keywords { table[keyword] = types } }
    return table
  }()

  private func checkEffect(of member: Member, on types: [SchemaType]) {
    guard let lookedAt = Self.typesOfKeywords[member.name], lookedAt.isDisjoint(with: types)
    else { return }
    let type = types.count == 1 ? "`\(types[0].rawValue)`" : "these types"
    let others = SchemaType.allCases.filter(lookedAt.contains).map { "`\($0.rawValue)`" }
    fields.report(
      .keyWithoutEffect, "`\(member.name)` has no effect on \(type)", member.key.span,
      label: "it is looked at for \(SchemaValidator.alternatives(others))",
      help: Self.counterpart(of: member.name, for: types).map { "did you mean `\($0)`?" })
  }

  /// The keyword that limits a type as another one limits its own.
  private static func counterpart(of keyword: String, for types: [SchemaType]) -> String? {
    let least = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]
    let most = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]
    guard let family = [least, most].first(where: { $0.contains(keyword) }) else { return nil }
    return family.first {
      typesOfKeywords[$0]?.isDisjoint(with: types) == false
    }
  }

  // MARK: Limits

  /// What is the least and what the most of the same thing, and whether both may be the same.
  private struct Limits {
    let least: String
    let most: String
    var mayMeet = true
  }

  private static let limits = [
    Limits(least: "minimum", most: "maximum"),
    Limits(least: "exclusiveMinimum", most: "maximum", mayMeet: false),
    Limits(least: "minimum", most: "exclusiveMaximum", mayMeet: false),
    Limits(least: "exclusiveMinimum", most: "exclusiveMaximum", mayMeet: false),
    Limits(least: "minLength", most: "maxLength"),
    Limits(least: "minItems", most: "maxItems"),
    Limits(least: "minProperties", most: "maxProperties"),
  ]

  private func checkLimits(_ pair: Limits, _ members: MemberList) {
    guard let least = members.first(where: { $0.name == pair.least })?.value,
      let most = members.first(where: { $0.name == pair.most })?.value,
      let low = least.value.asNumber, let high = most.value.asNumber
    else { return }
    if pair.mayMeet ? low <= high : low < high { return }
    fields.report(
      .nothingFits,
      "nothing fits: `\(pair.least)` is \(least.text ?? ""), and `\(pair.most)` \(most.text ?? "")",
      most.span, help: "are the two the wrong way round?")
  }
}
