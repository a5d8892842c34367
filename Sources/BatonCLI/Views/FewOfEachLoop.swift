/// Of what stands still in the items of one loop, people are shown the first few: a loop may have
/// thousands of items, and all of them the same trouble.
struct FewOfEachLoop {
  static let limit = 5

  private var counts: [Substring: Int] = [:]

  /// How many were left out.
  private(set) var leftOut = 0

  /// Whether what stands at an address is to be shown.
  mutating func admits(_ address: String) -> Bool {
    guard let bracket = address.firstIndex(of: "[") else { return true }
    let count = counts[address[..<bracket], default: 0]
    counts[address[..<bracket]] = count + 1
    guard count >= Self.limit else { return true }
    leftOut += 1
    return false
  }
}
