/// Lines of `sh` for commands of tests.
package enum ShellScript {
  /// Goes on as soon as the condition holds, or after ten minutes, so that a test fails instead of hanging: on a
  /// machine that runs all tests at once nothing comes soon.
  ///
  /// - Parameter condition: A command, without quotation marks.
  package static func waiting(until condition: String) -> String {
    "n=0; until \(condition) || [ $n = 30000 ]; do n=$((n+1)); sleep 0.02; done"
  }
}
