import Actions
import CEL
import Glibc
import Synchronization
import Values

/// Where `secret('NAME')` finds its value: the environment, a credentials directory, a command.
///
/// A value is looked up when it is needed and given on; what stays is only what redaction has to know.
package final class SecretStore: Sendable {
  /// The program that prints a secret, with `{name}` for its name, and the folder it runs in.
  private let command: [String]?
  private let folder: String
  private let variable: @Sendable (String) -> [UInt8]?
  private let values = Mutex<Set<String>>([])

  package init(
    command: [String]? = nil, folder: String,
    variable: @escaping @Sendable (String) -> [UInt8]? = { name in
      getenv(name).map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
  ) {
    self.command = command
    self.folder = folder
    self.variable = variable
  }

  /// Whether a program may be asked.
  var asksProgram: Bool { command != nil }

  /// The values read so far, for redaction.
  package var revealed: [String] { values.withLock { Array($0) } }

  /// Remembers a value for redaction that did not come from here: a sensitive setting.
  func add(_ value: String) { _ = values.withLock { $0.insert(value) } }

  /// The function that expressions call.
  var declaration: FunctionDeclaration {
    FunctionDeclaration(
      "secret", "The secret of that name; it is read when it is needed and kept nowhere.",
      overloads: [
        Overload(
          "secret_string", [.string], .string,
          .unary { [self] (name) throws(EvaluationError) in
            .string(try value(named: name.asString ?? ""))
          })
      ])
  }

  /// The secret; may wait for a program.
  func value(named name: String) throws(EvaluationError) -> String {
    guard Self.isName(name) else {
      throw EvaluationError(.invalidArgument, "a secret's name has letters, digits and `_` only")
    }
    var found = variable(name) ?? credential(name)
    if found == nil { found = try printed(name) }
    guard let found else { throw EvaluationError(.invalidArgument, missing(name)) }
    guard let value = String(validating: found, as: UTF8.self) else {
      throw EvaluationError(.invalidArgument, "the secret `\(name)` is not UTF-8 text")
    }
    _ = values.withLock { $0.insert(value) }
    return value
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
      }
  }

  private func missing(_ name: String) -> String {
    "the secret `\(name)` is not set; set the environment variable \(name)"
      + ", or put a file \(name) into $CREDENTIALS_DIRECTORY"
  }

  /// systemd's `LoadCredential=`: a file of that name; a final line break is not part of the secret.
  private func credential(_ name: String) -> [UInt8]? {
    guard let directory = text(ofVariable: "CREDENTIALS_DIRECTORY"),
      let bytes = try? ProjectFolder(directory).read(name, limit: 1 << 20)
    else { return nil }
    return withoutFinalLineBreak(bytes)
  }

  private func printed(_ name: String) throws(EvaluationError) -> [UInt8]? {
    guard let command else { return nil }
    let arguments = command.map {
      $0.split(separator: "{name}", omittingEmptySubsequences: false).joined(separator: name)
    }
    var child = ChildProcess(arguments, environment: inherited, folder: folder)
    child.timeout = TimeSpan(seconds: 30)
    guard let outcome = try? child.runBlocking(), outcome.ending == .exit(0),
      !outcome.output.isTruncated
    else {
      throw EvaluationError(
        .invalidArgument, "the command for secrets, `\(command[0])`, did not give `\(name)`")
    }
    return withoutFinalLineBreak(outcome.output.bytes)
  }

  private var inherited: [(name: String, value: String)] {
    ["PATH", "HOME", "USER", "LANG", "SSH_AUTH_SOCK", "GNUPGHOME", "DBUS_SESSION_BUS_ADDRESS"]
      .compactMap { name in text(ofVariable: name).map { (name, $0) } }
  }

  private func text(ofVariable name: String) -> String? {
    variable(name).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private func withoutFinalLineBreak(_ text: [UInt8]) -> [UInt8] {
    var text = text
    if text.last == 0x0A { text.removeLast() }
    if text.last == 0x0D { text.removeLast() }
    return text
  }
}
