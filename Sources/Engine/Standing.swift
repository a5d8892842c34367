import Values

/// What is known of a person who signed in: who it is, and what is theirs to do.
package struct Standing: Sendable, Hashable {
  package var roles: Set<String>
  /// What roles of a run may call the person: the id, the address.
  package var names: Set<String>
  /// The id of the token with which the person signed in; never the token.
  package var token: String?

  package init(roles: Set<String>, names: Set<String>, token: String? = nil) {
    self.roles = roles
    self.names = names
    self.token = token
  }

  /// What the record keeps of it, beside who the person is.
  var recorded: Value {
    let map: ValueMap = ["roles": .list(roles.sorted().map { .string($0) })]
    return .map(map.adding("token", token))
  }
}
