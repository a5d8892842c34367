/// How a run is carried out, chosen at its start.
package struct StartManner: Sendable {
  /// Whether the contracts' examples answer in place of every operation.
  package let isRehearsal: Bool
  /// Whether people do what the machine would have done.
  package let isByHand: Bool

  package init(isRehearsal: Bool = false, isByHand: Bool = false) {
    self.isRehearsal = isRehearsal
    self.isByHand = isByHand
  }
}
