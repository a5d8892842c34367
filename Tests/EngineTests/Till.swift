import SourceText
import Values
import Workflows

@testable import Engine

/// A plugin whose operations say what doing them twice means.
enum Till {
  static let catalog: Catalog = {
    let probe = """
          probe:
            action: find
            with: { key: "${{ key }}" }
            check: outputs.found
            outputs: { id: found }
      """
    let text = """
      plugin: till
      version: 1.0.0
      summary: A till
      operations:
        pay:
          summary: Pay
          effects: keyed
          key_lasts: 1h
          inputs: { amount: integer, note: { type: string, default: none } }
          outputs: { id: string }
          undo: { action: refund, with: { amount: "${{ inputs.amount }}" } }
        seen:
          summary: Pay what can be found again
          effects: keyed
          key_lasts: 1h
          inputs: { amount: integer }
          outputs: { id: string }
      \(probe)
        bill:
          summary: Bill what can be found again
          effects: once
          inputs: { amount: integer }
          outputs: { id: string }
      \(probe)
        tell:
          summary: Tell somebody
          effects: repeatable
          inputs: { text: string }
          outputs: {}
        set_up:
          summary: Set up what can be taken down
          effects: repeatable
          inputs: { amount: integer }
          outputs: {}
          undo: { action: refund, with: { amount: "${{ inputs.amount }}" } }
        refund:
          summary: Pay back
          effects: repeatable
          inputs: { amount: integer }
          outputs: {}
        find:
          summary: Find what was paid
          effects: none
          inputs: { key: string }
          outputs: { found: boolean }
          manual: Look for ${{ inputs.key }}.
      """
    let file = SourceFile(path: "plugins/till/plugin.yaml", text: text)
    let diagnostics = Diagnostics()
    let contract = PluginContract.decode(file, into: diagnostics)
    precondition(contract != nil, "\(diagnostics.sorted.map(\.message))")
    return Catalog(contract.map { ["till": $0] } ?? [:])
  }()

  static let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
  static let refused = AttemptResult.failed(Failure(code: "no", message: "no"), canRetry: false)
  static let paid = AttemptResult.succeeded(["id": "p1"])
}

extension Rehearsal {
  /// Plays the next attempts; each has to be due.
  ///
  /// - Returns: what was asked for.
  @discardableResult
  func play(_ results: [AttemptResult]) -> [AttemptRequest] {
    var requests: [AttemptRequest] = []
    for result in results {
      guard let request = nextAttempt() else { break }
      requests.append(request)
      start(request)
      end(request, result)
    }
    proceed()
    return requests
  }

  /// Answers the look that is due; nil where none is.
  @discardableResult
  func look(finding isFound: Bool) -> LookRequest? {
    proceed()
    guard case .look(let request) = engine.next(now: now) else { return nil }
    apply(
      .lookAnswered(request.look, outputs: StoredValues(clear: ["found": .bool(isFound)])),
      step: request.address)
    proceed()
    return request
  }
}
