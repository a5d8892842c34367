/// The operations that need no file.
package enum BuiltInOperations {
  /// How the record names the driver of a built-in operation.
  package static let driver = "built-in"

  /// What carries out `plugin.operation`; nil where it is not built in.
  package static func handler(named name: String) -> (any ActionHandler)? {
    switch name {
    case "command.run": CommandRun()
    case "files.read": FilesRead()
    case "files.write": FilesWrite()
    case "log.write": LogWrite()
    case "password.generate": PasswordGenerate()
    default: nil
    }
  }
}
