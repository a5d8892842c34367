import Engine
import Runner

/// What is said of a step that did what it does, and whose check does not hold.
enum ActedWords {
  /// What has happened.
  case done
  /// What doing it again would be.
  case again
}

extension StepView {
  func words(for what: ActedWords) -> String {
    switch (what, kind) {
    case (.done, "action"): "it acted, but " + checkWords
    case (.again, "action"): "acts again"
    case (.done, "wait"): "what it waited for came, but " + checkWords
    case (.again, "wait"): "waits again"
    case (.done, _): "its steps were done, but " + checkWords
    case (.again, _): "does its steps again"
    }
  }

  private var checkWords: String {
    switch failure?.code {
    case "verify": "its check does not hold"
    case Failure.invalidOutputs: "what it gave does not fit"
    default: "its check could not be tested"
    }
  }
}
