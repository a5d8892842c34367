import Documents

/// What a file of a project is, told by its keys: one that is given in another one's place is said to be that, and
/// not held against keys that it cannot have.
enum FileKind {
  case workflow, tests, contract, driver, calendar, project

  /// The keys that only one kind of file has.
  private static let signs: [(key: String, kind: FileKind)] = [
    ("steps", .workflow), ("tests", .tests), ("plugin", .contract), ("driver", .driver),
    ("time_zone", .calendar), ("environments", .project), ("people", .project),
  ]

  /// The kind that a key tells of a file, and the key; nil where it has a key of the kind that is wanted.
  static func told(by root: Node, unless wanted: FileKind) -> (key: Scalar, kind: FileKind)? {
    guard let members = root.members,
      !signs.contains(where: { $0.kind == wanted && root[$0.key] != nil })
    else { return nil }
    for (key, kind) in signs {
      if let member = members.first(where: { $0.name == key }) { return (member.key, kind) }
    }
    return nil
  }

  /// "a workflow".
  var noun: String {
    switch self {
    case .workflow: "a workflow"
    case .tests: "a file of tests"
    case .contract: "the contract of a plugin"
    case .driver: "a driver"
    case .calendar: "a calendar"
    case .project: "the file of a project"
    }
  }

  /// What checks such a file.
  var help: String {
    switch self {
    case .workflow: "`baton validate FILE` checks a workflow"
    case .tests: "`baton test FILE` runs the tests"
    case .driver: "`baton doctor` checks drivers"
    case .contract, .calendar, .project: "`baton validate` without a file checks it, too"
    }
  }
}

extension FileDecoder {
  /// Reports a file that is of another kind than the one that belongs here.
  func isOther(_ root: Node, than wanted: FileKind) -> Bool {
    guard let (key, kind) = FileKind.told(by: root, unless: wanted) else { return false }
    report(
      .unknownKey, "this is \(kind.noun), not \(wanted.noun)", at: key.span, help: kind.help)
    return true
  }
}
