import CommandLineKit
import Runner

extension RunOverview {
  /// One damaged run must not hide the others, nor be missing among them without a word.
  func noteUnreadable(on console: Console) {
    for problem in problems {
      console.show(note: "run \(problem.run) cannot be read: \(problem.error.message)")
    }
  }
}
