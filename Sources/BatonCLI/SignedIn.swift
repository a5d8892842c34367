import Engine
import Glibc
import Plugins
import RunStore
import Runner

/// Who gives the commands of this call.
struct SignedIn: Sendable {
  let actor: Actor
  /// What a person who signed in may do; nil for the user of the machine.
  let standing: Standing?
  /// The person of `baton.yaml`, for what is shown first: who signed in, or whose id the user of the
  /// machine has.
  let person: Person?

  /// Whoever `BATON_TOKEN` says, else the user of the operating system.
  ///
  /// - Throws: where the token is not one of this project, or its person is not there any more.
  init(to project: Project, _ store: RunStore) throws(CommandFailure) {
    guard let token = getenv("BATON_TOKEN").map({ String(cString: $0) }), !token.isEmpty else {
      let actor = CommandCall.actor
      self.init(actor: actor, standing: nil, person: project.person(named: actor.id))
      return
    }
    let found: TokenRecord?
    do { found = try store.record(ofToken: token) } catch { throw CommandFailure(error) }
    guard let found else {
      throw .usage(
        "BATON_TOKEN is not a token of this project, or was taken back",
        help: "`baton people token NAME` makes one")
    }
    let known = found.person
    guard let person = project.person(named: known) else {
      throw .usage(
        "BATON_TOKEN is `\(known)`'s, who is not among the people of baton.yaml",
        help: "add `\(known)` under `people`, or without BATON_TOKEN: baton people revoke \(known)")
    }
    self.init(
      actor: Actor(kind: .person, id: person.id), standing: Standing(person, token: found.id),
      person: person)
  }

  private init(actor: Actor, standing: Standing?, person: Person?) {
    self.actor = actor
    self.standing = standing
    self.person = person
  }
}
