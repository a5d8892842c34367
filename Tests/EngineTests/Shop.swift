import SourceText
import Values
import Workflows

@testable import Engine

/// A plugin whose effects can be taken back, and one world in which they happen.
enum Shop {
  static let catalog: Catalog = {
    let file = SourceFile(
      path: "plugins/shop/plugin.yaml",
      text: """
        plugin: shop
        version: 1.0.0
        summary: A shop
        operations:
          open:
            summary: Open an account
            effects: once
            inputs: { name: string }
            outputs: { id: string }
            undo: { action: close, with: { id: "${{ outputs.id }}" } }
            manual: Open the account of ${{ inputs.name }} on paper.
          close:
            summary: Close an account
            effects: once
            inputs: { id: string }
            outputs: {}
          rent:
            summary: Rent a room
            effects: once
            inputs: { name: { type: string, minLength: 3 }, size: { type: integer, default: 2 } }
            outputs: {}
            undo: { action: leave, with: { size: "${{ inputs.size }}" } }
            manual: Rent ${{ inputs.size }} rooms.
          leave:
            summary: Leave a room
            effects: once
            inputs: { size: integer }
            outputs: {}
          tell:
            summary: Tell somebody
            effects: once
            inputs: { text: string }
            outputs: {}
          send:
            summary: Send a parcel
            effects: keyed
            inputs: { name: string }
            outputs: {}
          find:
            summary: Find an account
            effects: none
            inputs: { name: string }
            outputs: { found: boolean }
        """)
    let contract = PluginContract.decode(file, into: Diagnostics())
    return Catalog(contract.map { ["shop": $0] } ?? [:])
  }()

  static func answer(_ request: AttemptRequest) -> AttemptResult {
    switch request.call.operation {
    case "shop.open":
      let name = request.inputs["name"]?.asString ?? "?"
      return .succeeded(["id": .string("\(name)-\(request.key.split(separator: ":").last ?? "")")])
    case "shop.find": return .succeeded(["found": true])
    default: return .succeeded([:])
    }
  }
}

extension Rehearsal {
  /// Carries out every attempt that is due, until nothing can be done.
  ///
  /// - Returns: what was called, in order.
  @discardableResult
  func carryOut(
    _ world: (AttemptRequest) -> AttemptResult = Shop.answer
  ) -> [String] {
    var called: [String] = []
    while let request = nextAttempt() {
      let values = request.inputs.map { $0.value.asString ?? "?" }.joined(separator: " ")
      called.append("\(request.call.operation) \(values)")
      start(request)
      end(request, world(request))
    }
    return called
  }

  /// Whether the state that would be saved is what comes out of the journal, and can be read back.
  func agreesWithItsJournal() throws -> Bool {
    let folded = try folded(events.count).state.saved
    let read = RunState(saved: folded, workflow: workflow)
    return folded == engine.state.saved && read?.saved == folded
  }
}
