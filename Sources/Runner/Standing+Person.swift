package import Engine
package import Plugins

extension Standing {
  /// What `baton.yaml` says of somebody.
  ///
  /// - Parameter token: The id of the token with which they signed in.
  package init(_ person: Person, token: String? = nil) {
    self.init(
      roles: Set(person.roles), names: Set([person.id] + [person.email].compactMap(\.self)),
      token: token)
  }
}
