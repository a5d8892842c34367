import Workflows

extension ActionCall {
  /// What the contract says that it does; nil where it says nothing.
  var summary: String? {
    guard let summary = contract?.summary, !summary.isEmpty else { return nil }
    return summary
  }
}
