/// Measures how long a piece of work takes.
enum Timing {
  /// The best of several rounds, in nanoseconds a call: the least disturbed one.
  static func nanoseconds(rounds: Int = 7, _ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    var calls = 1
    while true {
      let took = clock.measure { for _ in 0..<calls { work() } }
      if took > .milliseconds(50) { break }
      calls *= 2
    }
    var best = Double.infinity
    for _ in 0..<rounds {
      let took = clock.measure { for _ in 0..<calls { work() } }
      best = min(
        best,
        Double(took.components.attoseconds) / 1e9 / Double(calls)
          + Double(took.components.seconds) * 1e9 / Double(calls))
    }
    return best
  }
}
