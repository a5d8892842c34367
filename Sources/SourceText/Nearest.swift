/// The candidate that is most like a word: at most two typing slips away (a letter more, less,
/// wrong, or two swapped), and fewer than the word has letters.
///
/// - Returns: nil where nothing is near. Of equally near ones the first counts.
/// - Complexity: O(candidates × length²).
package func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(word.lowercased().unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= 200 else { return nil }
  var best: (word: String, distance: Int)?
  for candidate in candidates where candidate != word {
    let letters = Array(candidate.lowercased().unicodeScalars)
    guard abs(letters.count - wanted.count) <= 2 else { continue }
    let distance = editDistance(wanted, letters)
    let allowed = min(2, wanted.count - 1, letters.count - 1)
    if distance <= max(allowed, 0), distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.word
}

/// Optimal string alignment: the Damerau-Levenshtein distance in which no piece is edited twice.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var twoBack = [Int](repeating: 0, count: right.count + 1)
  var previous = Array(0...right.count)
  var current = previous
  for row in 0..<left.count {
    current[0] = row + 1
    for column in 0..<right.count {
      let same = left[row] == right[column]
      var cost = min(previous[column + 1], current[column]) + 1
      cost = min(cost, previous[column] + (same ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = min(cost, twoBack[column - 1] + 1)
      }
      current[column + 1] = cost
    }
    (twoBack, previous, current) = (previous, current, twoBack)
  }
  return previous[right.count]
}
