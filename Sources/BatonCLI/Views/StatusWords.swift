import CommandLineKit
import Engine

extension RunStatus {
  /// The status in words.
  var plainWords: String {
    self == .needsAttention ? "needs attention" : rawValue
  }

  /// The status in words, coloured by how well things are.
  func words(_ style: TextStyle) -> String {
    let text = plainWords
    return switch self {
    case .succeeded: style.green(text)
    case .running, .waiting: style.cyan(text)
    case .needsAttention, .interrupted: style.yellow(text)
    case .failed, .cancelled, .undone: style.red(text)
    }
  }
}

extension StepStatus {
  var words: String { rawValue.split(separator: "_").joined(separator: " ") }

  /// A sign and a colour for the status.
  func mark(_ style: TextStyle) -> String {
    switch self {
    case .succeeded: style.green("✓")
    case .failed: style.red("✗")
    case .blocked, .inDoubt: style.yellow("!")
    case .waiting: style.cyan("…")
    case .running: style.cyan("▸")
    case .skipped, .cancelled: style.dim("–")
    case .undone: style.dim("↶")
    case .pending: style.dim("·")
    }
  }
}

extension Manner {
  var words: String { rawValue.split(separator: "_").joined(separator: " ") }
}

extension Actor {
  /// `ana` for a person, `user root` for the user of the operating system.
  var words: String {
    switch kind {
    case .machine: "baton"
    case .user: "user \(id)"
    case .person: id
    }
  }
}
