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
}
