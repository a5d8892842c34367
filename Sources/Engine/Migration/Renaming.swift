/// A step that has another address from a migration on.
package struct Renaming: Sendable {
  let old: String
  let new: String
  /// Whether what the step holds goes with it, as `call/one` with `call`; in journals of old it does not.
  let takesAlong: Bool

  package init(_ old: String, to new: String, takesAlong: Bool) {
    self.old = old
    self.new = new
    self.takesAlong = takesAlong
  }

  /// What an address becomes; nil where it stays what it is.
  package func address(of address: String) -> String? {
    if address == old { return new }
    return takesAlong && address.isInside(old) ? new + address.dropFirst(old.count) : nil
  }

  /// The same of the addresses in every round and item.
  var withoutIndices: Renaming {
    Renaming(
      UndoLog.withoutIndices(old), to: UndoLog.withoutIndices(new), takesAlong: takesAlong)
  }
}

extension String {
  /// Whether it is the address of a step that another one holds: `call/one`, `loop[2]/one`.
  func isInside(_ owner: String) -> Bool {
    guard hasPrefix(owner) else { return false }
    let rest = utf8.dropFirst(owner.utf8.count)
    return rest.first == UInt8(ascii: "/") || rest.first == UInt8(ascii: "[")
  }
}
