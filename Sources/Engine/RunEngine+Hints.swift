/// Commands in the help of a refusal, ready to be typed.
extension RunEngine {
  /// A command about a step of this run.
  func command(_ verb: String, _ address: String, _ rest: String = "") -> String {
    let command = "baton \(verb) \(state.header.run) \(CommandWord.quoted(address))"
    return rest.isEmpty ? command : "\(command) \(rest)"
  }

  /// How a doubt is settled.
  func commandToResolve(_ address: String) -> String {
    command("resolve", address, "--happened --reason 'WHY'") + ", or with --did-not-happen"
  }
}
