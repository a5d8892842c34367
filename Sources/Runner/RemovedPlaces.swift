import Engine

/// Where the steps stood that a migration took out of a run.
struct RemovedPlaces {
  private let outline: [OutlineStep]
  private let known: Set<String>
  /// Those that stood in rounds and iterations, by the address of what came before and is still there.
  private var inside: [String: [OutlineStep]] = [:]
  private var others: [OutlineStep] = []
  private var found: Set<String> = []

  /// - Parameter outline: the run as the version that it goes by now has it.
  init(_ outline: [OutlineStep]) {
    self.outline = outline
    known = Set(outline.map(\.address))
  }

  /// Takes the places of steps that are in none of the versions so far.
  ///
  /// - Parameters:
  ///   - addresses: of the steps that the version has.
  ///   - outline: the run as that version has it.
  mutating func add(_ addresses: Set<String>, of outline: [OutlineStep]) {
    var before: String?
    for place in outline {
      if addresses.contains(place.address) {
        guard found.insert(place.address).inserted else { continue }
        // What takes something back is done after everything else.
        if let before, place.depth > 0, place.address.contains("[") {
          inside[before, default: []].append(place)
        } else {
          others.append(place)
        }
      } else if known.contains(place.address) {
        before = place.address
      }
    }
  }

  /// Adds a step of which only the address is known.
  mutating func add(_ place: OutlineStep) {
    if found.insert(place.address).inserted { others.append(place) }
  }

  /// All steps: those that are in no round or iteration come last.
  var all: [OutlineStep] {
    let rest = outline.filter { !found.contains($0.address) }
    return rest.flatMap { [$0] + (inside[$0.address] ?? []) } + others
  }
}
