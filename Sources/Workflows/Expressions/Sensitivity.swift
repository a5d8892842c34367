import Fields
import Values

/// What of a value is sensitive.
indirect enum Sensitivity: Sendable {
  case none
  case whole
  /// Some of the members.
  case members([String: Sensitivity])

  init(_ fields: FieldSet) {
    guard fields.hasSensitive else {
      self = .none
      return
    }
    var members: [String: Sensitivity] = [:]
    // By index: a loop over the fields would copy each of them.
    for index in fields.fields.indices where fields.fields[index].isSensitive {
      members[fields.fields[index].name] = .whole
    }
    self = members.isEmpty ? .none : .members(members)
  }

  init(names: [String]) {
    self =
      names.isEmpty ? .none : .members(.init(uniqueKeysWithValues: Set(names).map { ($0, .whole) }))
  }

  /// Whether reading along a path reads anything sensitive; a path that ends early reads all below.
  func isRead(along path: some Collection<String>) -> Bool {
    switch self {
    case .none: return false
    case .whole: return true
    case .members(let members):
      guard let first = path.first else { return true }
      return members[first]?.isRead(along: path.dropFirst()) ?? false
    }
  }
}

/// What is sensitive of the outputs of the steps, as far as the file has been read.
///
/// Outputs are computed from what stands above them, so the order of the file is enough.
final class StepSensitivity {
  private var outputs: [String: Sensitivity] = [:]
  /// Whether no step gives anything sensitive.
  var isEmpty: Bool { outputs.isEmpty }

  func set(_ sensitivity: Sensitivity, for step: String) {
    if case .none = sensitivity { return }
    outputs[step] = sensitivity
  }

  /// The path after `steps`.
  func isRead(along path: some Collection<String>) -> Bool {
    guard let step = path.first else { return !outputs.isEmpty }
    let rest = path.dropFirst()
    guard let sensitivity = outputs[step] else { return false }
    guard let member = rest.first else { return true }
    return member.hasSameBytes(as: "outputs") && sensitivity.isRead(along: rest.dropFirst())
  }
}
