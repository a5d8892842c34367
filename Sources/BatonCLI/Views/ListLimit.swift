import CommandLineKit

/// How much of a long list is shown: on a terminal what a person reads, elsewhere all of it unless
/// somebody says otherwise.
struct ListLimit {
  static let option = CommandOption.value(
    "limit", "N", "at most N of them, 0 for all; by default \(onTerminal) on a terminal, else all")
  private static let onTerminal = 50

  /// What somebody said; nil for nothing.
  private let wanted: Int?
  private let isTable: Bool
  private let console: Console

  init(_ call: CommandCall) throws(CommandFailure) {
    console = call.console
    isTable = !call.isJSON && !call.isQuiet
    guard let text = call.arguments.value(Self.option) else {
      wanted = nil
      return
    }
    guard let number = Int(text), number >= 0 else {
      throw .usage("`--limit \(text)` is not a number from 0 on")
    }
    wanted = number
  }

  /// How many of so many are shown.
  func shown(of count: Int) -> Int {
    let most = wanted ?? (isTable && console.output.isTerminal ? Self.onTerminal : 0)
    return most == 0 ? count : min(most, count)
  }

  /// How many are left out, for programs that gave a limit; nil where none was given.
  func left(of count: Int) -> Int? { wanted.map { _ in count - shown(of: count) } }

  /// Says that something was left out.
  func note(of count: Int) {
    let left = count - shown(of: count)
    guard left > 0 else { return }
    console.show(note: "there are \(left) more; --limit 0 shows all")
  }
}
