import CEL
import Documents
import SourceText
import Synchronization
import Values

/// The names that expressions at a place can see, with their types and what is sensitive of them.
struct Scope {
  /// A name of the place itself, besides the file's.
  struct Name: Hashable, Sendable {
    let name: String
    let type: CELType
    var sensitivity: Sensitivity = .none

    static func == (left: Name, right: Name) -> Bool {
      left.name.hasSameBytes(as: right.name) && left.type == right.type
    }

    func hash(into hasher: inout Hasher) {
      name.hashBytes(into: &hasher)
      hasher.combine(type)
    }
  }

  let file: FileScope
  /// What compiles an expression here.
  private(set) var lazyEnvironment: ScopeEnvironment
  /// All names, those of the place last.
  private var variables: QuickCheck.Names
  /// Whether any name of the place is sensitive.
  private var hasSensitiveNames = false
  var names: [Name] { lazyEnvironment.names }

  init(_ file: FileScope) {
    self.file = file
    lazyEnvironment = ScopeEnvironment(file.environments, [])
    variables = file.variables
  }

  /// Whether anything is sensitive that can be read here; mostly nothing is.
  var hasSensitive: Bool { hasSensitiveNames || file.hasSensitive }

  /// The scope with more names; a name that is there already is hidden.
  func with(_ more: Name...) -> Scope {
    var scope = self
    var names = self.names
    for name in more {
      names.removeAll { $0.name.hasSameBytes(as: name.name) }
      names.append(name)
      scope.variables.append(name.name, name.type)
    }
    scope.hasSensitiveNames = names.contains {
      if case .none = $0.sensitivity { false } else { true }
    }
    scope.lazyEnvironment = ScopeEnvironment(file.environments, names)
    return scope
  }

  /// Whether this is what a trigger sees that nobody calls.
  var isOfSchedule: Bool { file.visibleNames == ["now"] && names.isEmpty }

  /// Whether a read along a path reads anything sensitive.
  func isSensitive(_ path: [String]) -> Bool {
    guard let root = path.first else { return false }
    if let name = names.last(where: { $0.name.hasSameBytes(as: root) }) {
      return name.sensitivity.isRead(along: path.dropFirst())
    }
    return file.isSensitive(path)
  }

  /// The type of a name of the place or of the file.
  func type(of name: String) -> CELType? {
    names.last { $0.name.hasSameBytes(as: name) }?.type ?? file.type(of: name)
  }

  /// The name of the place, the innermost first, whose values have a field: `event`, where the event has it.
  func owner(ofField field: String) -> (name: String, type: CELType)? {
    for name in names.reversed() {
      guard case .object(let record) = name.type.present, !record.isOpen,
        let type = record.type(of: field)
      else { continue }
      return (name.name, type)
    }
    return nil
  }

  /// Whether the last part of a path is one that may be absent.
  func mayLack(_ path: [String]) -> Bool {
    guard let root = path.first, let name = path.dropFirst().last else { return false }
    var type = type(of: root)
    for part in path.dropFirst().dropLast() {
      guard case .object(let record)? = type?.present.unwrapped else { return false }
      type = record.type(of: part)
    }
    guard case .object(let record)? = type?.present.unwrapped else { return false }
    return record.mayLack(name)
  }

  var environment: CELEnvironment { lazyEnvironment.value }

  /// What an expression gives and reads, where a quick look can tell.
  func quickCheck(_ scalar: Scalar, _ range: Range<Int>) -> QuickCheck.Result? {
    scalar.withUTF8 {
      QuickCheck.check(UnsafeBufferPointer(rebasing: $0[range]), names: variables)
    }
  }
}

/// The names that every expression of a file can see.
final class FileScope {
  private let names: [Scope.Name]
  private let steps: StepSensitivity?
  let environments: EnvironmentTable
  let variables: QuickCheck.Names
  private let hasSensitiveNames: Bool

  /// - Parameter steps: what is sensitive of `steps`; nil where the file has none (contracts).
  init(_ names: [Scope.Name], steps: StepSensitivity? = nil) {
    self.names = names
    self.steps = steps
    environments = EnvironmentTable(names)
    variables = QuickCheck.Names(names.map { ($0.name, $0.type) })
    hasSensitiveNames = names.contains {
      if case .none = $0.sensitivity { false } else { true }
    }
  }

  /// The names in the order in which they were given.
  var visibleNames: [String] { names.map(\.name) }

  /// The type of a name.
  func type(of name: String) -> CELType? {
    names.first { $0.name.hasSameBytes(as: name) }?.type
  }

  /// Whether there is an input of a name.
  func hasInput(_ name: String) -> Bool {
    guard case .object(let inputs)? = names.first(where: { $0.name == "inputs" })?.type else {
      return false
    }
    return inputs.type(of: name) != nil
  }

  /// Whether anything of its names or of the steps read so far is sensitive.
  var hasSensitive: Bool { hasSensitiveNames || steps?.isEmpty == false }

  func isSensitive(_ path: [String]) -> Bool {
    guard let root = path.first else { return false }
    if root.hasSameBytes(as: "steps"), let steps { return steps.isRead(along: path.dropFirst()) }
    return names.first { $0.name.hasSameBytes(as: root) }?
      .sensitivity.isRead(along: path.dropFirst()) ?? false
  }
}

/// The environment of a place, made when an expression there is compiled.
final class ScopeEnvironment: Sendable {
  private let table: EnvironmentTable
  /// The names of the place itself.
  let names: [Scope.Name]

  init(_ table: EnvironmentTable, _ names: [Scope.Name]) {
    self.table = table
    self.names = names
  }

  var value: CELEnvironment { table.environment(with: names) }
}

/// The environments of the places of a file; each is made once for all places with the same names.
final class EnvironmentTable: Sendable {
  private let names: [Scope.Name]
  private let environments = Mutex<[[Scope.Name]: CELEnvironment]>([:])

  init(_ names: [Scope.Name]) { self.names = names }

  func environment(with extra: [Scope.Name]) -> CELEnvironment {
    environments.withLock { environments in
      if let environment = environments[extra] { return environment }
      let hidden = Set(extra.map(\.name))
      let all = names.filter { !hidden.contains($0.name) } + extra
      let environment = CELEnvironment(
        variables: Dictionary(
          all.map { ($0.name, $0.type) }, uniquingKeysWith: { _, later in later }),
        functions: ContextFunctions.all)
      environments[extra] = environment
      return environment
    }
  }
}
