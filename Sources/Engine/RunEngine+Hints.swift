import Fields
import Workflows

/// Commands in the help of a refusal, ready to be typed.
extension RunEngine {
  /// A command about a step of this run.
  func command(_ verb: String, _ address: String, _ rest: String = "") -> String {
    let command = "baton \(verb) \(state.header.run) \(CommandWord.quoted(address))"
    return rest.isEmpty ? command : "\(command) \(rest)"
  }

  /// How somebody says that they did a step by hand, with what it has to give.
  func commandForHand(_ address: String) -> String {
    commandForHand(address, outputsByHand(at: address)?.neededNames ?? [])
  }

  func commandForHand(_ address: String, _ needed: [String]) -> String {
    command("done", address, needed.map { "\($0)=… " }.joined() + "--reason 'WHY'")
  }

  /// How a doubt is settled, with the values that the step promises to later ones.
  func commandToResolve(_ address: String) -> String {
    let isTakingBack = state.undo.position(of: address) != nil
    let fields = isTakingBack ? [] : step(at: address)?.outputFields?.fields ?? []
    let promised = fields.filter(\.isRequired)
    return commandToResolve(address, promised.map(\.name)) + ", or with --did-not-happen"
  }

  func hintAboutUnmetCheckpoint(_ address: String) -> String {
    let accept = command("skip", address, "--reason 'WHY'")
    var problem = "does not hold any more"
    if case .unmet(_, let unmet)? = state.checkpointTest, unmet.check == nil {
      problem = "could not be tested"
    }
    return "its checkpoint \(problem): resume once that is put right, "
      + "or go on all the same: \(accept)"
  }

  /// How somebody says that what is in doubt took effect, with what the step gave.
  func commandToResolve(_ address: String, _ promised: [String]) -> String {
    let settings = promised.map { "--set \($0)=… " }.joined()
    return command("resolve", address, "--happened \(settings)--reason 'WHY'")
  }
}
