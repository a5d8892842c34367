import CEL

extension ActionCall {
  /// Whether what it is called with depends on who is told.
  package var namesPerson: Bool {
    with.contains { member in
      member.value.expressions.contains { expression in
        expression.references.contains { $0.path.first == "person" }
      }
    }
  }

  /// Whether it cannot be called for somebody who has no address; an expression that asks whether there is one
  /// allows for that.
  package var readsEmail: Bool {
    with.contains { member in
      member.value.expressions.contains { expression in
        let reads = expression.references.filter { $0.path.starts(with: ["person", "email"]) }
        return !reads.isEmpty && reads.allSatisfy { $0.certainCount >= 2 }
      }
    }
  }
}
