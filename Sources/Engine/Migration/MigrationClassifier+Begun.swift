import CEL
import Workflows

/// What is under way and was begun with an input that gets another value: calls, loops and choices.
extension MigrationClassifier {
  /// Nothing inside of them sees the new value, which is for somebody to know before the run is moved.
  var begunWithOldInputs: [MigrationItem] {
    var names: [String: [String]] = [:]
    for input in changedInputs {
      for address in underWay(begunWith: input.name) {
        names[address, default: []].append(input.name)
      }
    }
    return names.sorted { $0.key < $1.key }.map { address, names in
      MigrationItem(
        difference: nil, subject: address,
        verdict: decision(wordsOfBegun(address, with: names), address, [.keep]))
    }
  }

  /// The addresses of what is under way and was begun with an input of the run; what a call inside of one was
  /// begun with is what that was given.
  func underWay(begunWith input: String) -> [String] {
    engine.state.steps.keys.sorted().filter { address in
      guard case .inside? = engine.state.steps[address]?.phase,
        let (step, surroundings) = engine.location(of: address), surroundings.call == nil
      else { return false }
      return step.expressionsOfStart.contains { $0.reads(input: input) }
    }
  }

  private func wordsOfBegun(_ address: String, with names: [String]) -> String {
    let old = names.map { "`\($0)`" }.joined(separator: " and ")
    return switch engine.step(at: address)?.kind {
    case .forEach?: "the loop goes on with the items that it was begun with, by the old \(old)"
    case .choose?: "the case that was taken by the old \(old) goes on"
    default:
      "the call goes on with the \(old) that it was made with: nothing in it sees another value"
    }
  }
}

extension Step {
  /// What is worked out once, when the step is begun, and stays.
  fileprivate var expressionsOfStart: [Expression] {
    switch kind {
    case .workflow(let call): call.with.flatMap(\.value.expressions)
    case .forEach(let loop): [loop.list]
    case .choose(let cases): cases.compactMap(\.when)
    default: []
    }
  }
}

extension Expression {
  /// Whether it sees an input, by its name or with all of them.
  fileprivate func reads(input name: String) -> Bool {
    references.contains { reference in
      reference.path.first == "inputs" && (reference.path.count < 2 || reference.path[1] == name)
    }
  }
}
