import CEL
package import Fields
import SourceText
package import Values
import Workflows

/// What a step gives to later ones, as a person who did it by hand has to say it.
///
/// What has members that are known by name, as the event of a wait has, may be given whole
/// (`event={…}`) or member by member (`event.amount=99.0`).
package struct StepOutputs: Sendable {
  /// What is no record, or one that is only known as a whole.
  private let plain: FieldSet
  private let records: [Record]

  /// An output with known members.
  struct Record: Sendable {
    let name: String
    /// Under names like `event.amount`.
    let members: FieldSet
    /// Whether it can be left out as a whole.
    let isOptional: Bool
    let isSensitive: Bool
    let span: SourceSpan
  }

  init(_ plain: FieldSet, _ records: [Record] = []) {
    self.plain = plain
    self.records = records
  }

  /// The names under which values may be typed, with what each has to be.
  package var typed: FieldSet {
    guard !records.isEmpty else { return plain }
    return FieldSet(plain.fields + records.flatMap { $0.members.fields + [$0.whole] })
  }

  /// What has to be given, by the names under which it is typed.
  package var neededNames: [String] {
    (plain.fields.filter(\.isRequired)
      + records.filter { !$0.isOptional }.flatMap { $0.members.fields.filter(\.isRequired) })
      .map(\.name)
  }

  /// The members of an output that are known by name, under names like `event.amount`; none of any other.
  package func members(of name: String) -> [Field] {
    records.first { $0.name == name }?.members.fields ?? []
  }

  /// Checks what was given, and fills in defaults; see ``FieldSet/complete(_:)``.
  package func complete(_ values: ValueMap) -> Result<ValueMap, FieldProblems> {
    var left = ValueMap()
    var given: [String: ValueMap] = [:]
    var problems: [FieldProblem] = []
    for member in values {
      guard let name = member.key.asString, let record = record(of: name) else {
        left.set(member.key, member.value)
        continue
      }
      if name != record.name {
        given[record.name, default: ValueMap()][name] = member.value
      } else if let whole = member.value.asMap {
        for part in whole {
          given[record.name, default: ValueMap()][record.path(to: part.key)] = part.value
        }
        if whole.isEmpty { given[record.name, default: ValueMap()] = ValueMap() }
      } else {
        problems.append(
          FieldProblem(path: name, message: "`\(name)` is given as a map of its members"))
      }
    }
    var complete = ValueMap()
    switch plain.complete(left) {
    case .success(let found): complete = found
    case .failure(let found): problems += found.problems
    }
    for record in records {
      guard let value = record.complete(given[record.name], into: &problems) else { continue }
      complete[record.name] = value
    }
    return problems.isEmpty ? .success(complete) : .failure(FieldProblems(problems))
  }

  /// The record that a name is of: `event`, or `event.amount`.
  private func record(of name: String) -> Record? {
    let first = name.prefix { $0 != "." }
    return records.first { $0.name == first }
  }
}

extension StepOutputs.Record {
  /// - Parameter members: under their own names.
  init(_ name: String, of members: [Field], isOptional: Bool, span: SourceSpan) {
    self.init(
      name: name, members: FieldSet(members.map { $0.named("\(name).\($0.name)") }),
      isOptional: isOptional, isSensitive: members.contains(where: \.isSensitive), span: span)
  }

  /// The record as one value.
  fileprivate var whole: Field {
    Field(
      named: name, type: .map(.string, .dyn), isOptional: true, isSensitive: isSensitive,
      span: span)
  }

  fileprivate func path(to member: Value) -> String { "\(name).\(member.asString ?? "?")" }

  /// The whole value; nil where nothing was given, or something is wrong.
  fileprivate func complete(
    _ given: ValueMap?, into problems: inout [FieldProblem]
  ) -> Value? {
    guard given != nil || !isOptional else { return nil }
    switch members.complete(given ?? ValueMap()) {
    case .failure(let found):
      problems += found.problems
      return nil
    case .success(let found):
      var value = ValueMap()
      for member in found {
        guard let path = member.key.asString else { continue }
        value[String(path.dropFirst(name.count + 1))] = member.value
      }
      return .map(value)
    }
  }
}
