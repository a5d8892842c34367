import TestSupport

extension SeededNumbers {
  /// True so many times of a hundred.
  mutating func chance(_ percent: Int) -> Bool { number(0..<100) < percent }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// A number that a text and a seed always give.
func repeatable(_ text: String, seed: UInt64 = 0) -> UInt64 {
  text.utf8.reduce(SeededNumbers.mixed(seed &+ SeededNumbers.step)) {
    SeededNumbers.mixed($0 ^ UInt64($1))
  }
}
