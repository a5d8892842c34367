/// What is known of a person who signed in: who it is, and what is theirs to do.
package struct Standing: Sendable, Hashable {
  package var roles: Set<String>
  /// What roles of a run may call the person: the id, the address.
  package var names: Set<String>

  package init(roles: Set<String>, names: Set<String>) {
    self.roles = roles
    self.names = names
  }
}
