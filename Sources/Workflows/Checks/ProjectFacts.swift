import SourceText
package import Values

/// What a project knows that the file of a workflow does not say: who holds which role, which
/// calendars there are, which day it is.
///
/// A workflow that is loaded with it is also checked for what an author wants to be warned of; a run
/// loads its workflow without.
package struct ProjectFacts: Sendable {
  /// The people of the project and their roles; nil where the project names none.
  package var people: [(id: String, roles: [String])]?
  /// The people by their addresses.
  package var addresses: [String: String]
  /// The people without an address.
  package var withoutAddress: Set<String>
  /// The environment that a run has where nobody names one, if it has no `notify`: no one is told of anything
  /// there, but by what a step says itself.
  package var silentEnvironment: String?
  /// The names of the calendars; nil where that is not known.
  package var calendars: [String]?
  /// The present moment, for reviews that are overdue; nil where no clock is to be asked.
  package var now: Timestamp?

  package init(
    people: [(id: String, roles: [String])]? = nil, addresses: [String: String] = [:],
    withoutAddress: Set<String> = [], silentEnvironment: String? = nil, calendars: [String]? = nil,
    now: Timestamp? = nil
  ) {
    self.people = people
    self.addresses = addresses
    self.withoutAddress = withoutAddress
    self.silentEnvironment = silentEnvironment
    self.calendars = calendars
    self.now = now
  }

  /// Whom a workflow calls so, by the id or the address; nil for nobody of the project.
  func person(called name: String) -> String? {
    addresses[name] ?? people?.first { $0.id.hasSameBytes(as: name) }?.id
  }

  /// Who holds at least one of these roles; nil where the project names no people.
  func holders(of roles: Set<String>) -> Set<String>? {
    people.map { people in
      Set(people.filter { !roles.isDisjoint(with: $0.roles) }.map(\.id))
    }
  }
}
