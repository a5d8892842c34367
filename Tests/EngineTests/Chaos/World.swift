import SourceText
import Values
import Workflows

@testable import Engine

/// What lies outside a virtual run: services that do what they are told, refuse, or never answer, and
/// that count what they did.
final class World {
  /// The contract of everything the world can do; the names say what doing it means.
  static let catalog: Catalog = {
    let operations = [
      ("read", "none", ""), ("repeated", "repeatable", ""), ("keyed", "keyed", ""),
      ("once", "once", ""), ("doomed", "once", ""), ("plain", "once", ""), ("bare", "once", ""),
      (
        "probed", "once",
        """
            probe:
              action: asked
              with: { key: "${{ key }}" }
              check: outputs.happened
              outputs: { n: "${{ outputs.n }}" }

        """
      ),
    ]
    var text = "plugin: world\nversion: 1.0.0\nsummary: The world\noperations:\n"
    for (name, effects, more) in operations {
      let undo =
        ["keyed", "once", "probed"].contains(name)
        ? "    undo: { action: take_back, with: { key: \"${{ key }}\" } }\n" : ""
      text += """
          \(name):
            summary: Do it
            effects: \(effects)
            inputs: { n: integer }
            outputs: { n: integer }
        \(more)\(undo)
        """
    }
    text += """
        told:
          summary: Do it, and tell a word
          effects: keyed
          inputs: { n: integer, word: { type: string, default: none } }
          outputs: { n: integer, word: { type: string, sensitive: true } }
          undo: { action: take_back, with: { key: "${{ key }}", word: "${{ outputs.word }}" } }
        take_back:
          summary: Take it back
          effects: keyed
          inputs: { key: string, word: { type: string, default: none } }
          outputs: {}
        asked:
          summary: Ask whether it was done
          effects: none
          inputs: { key: string }
          outputs: { happened: boolean, n: integer }
      events:
        happened: { n: integer }
      """
    let file = SourceFile(path: "plugins/world/plugin.yaml", text: text)
    let contract = PluginContract.decode(file, into: Diagnostics())
    return Catalog(contract.map { ["world": $0] } ?? [:])
  }()

  /// What was done: the key to the outputs, and how often, by address.
  private(set) var done: [String: ValueMap] = [:]
  private(set) var effects: [String: [String]] = [:]
  /// What was called, by address.
  private(set) var operations: [String: String] = [:]
  /// The keys of what was done and then taken back.
  private(set) var takenBack: Set<String> = []
  /// The keys of what somebody left as it is when it was to be taken back.
  private(set) var left: Set<String> = []
  /// The keys of what somebody had done once more although it stood.
  private(set) var repeated: Set<String> = []
  private let seed: UInt64
  /// Whether everything works at the first try.
  var isCalm = true

  init(seed: UInt64) { self.seed = seed }

  /// Carries an operation out.
  func perform(_ request: AttemptRequest) -> AttemptResult {
    let operation = request.call.operation
    if operation == "world.doomed" {
      return .failed(Failure(code: "doomed", message: "it never works"), canRetry: false)
    }
    let luck = isCalm ? 99 : repeatable("\(request.key)/\(request.attempt)", seed: seed) % 100
    switch luck {
    case 0..<14: return .failed(Failure(code: "busy", message: "busy"), canRetry: true)
    case 14..<18: return .failed(Failure(code: "refused", message: "no"), canRetry: false)
    case 18..<24: return .unavailable(Failure(code: "down", message: "it is down"))
    case 24..<30: return .lost(Failure(code: "timeout", message: "no answer"))
    case 30..<38:
      _ = act(request)
      return .lost(Failure(code: "timeout", message: "no answer"))
    default: return .succeeded(act(request))
    }
  }

  /// Somebody passes over taking something back.
  func leave(_ key: String) { left.insert(key) }

  /// Somebody has all of a loop done again, whatever stands of it.
  func allow(repeating loop: String) {
    for (address, keys) in effects where address.hasPrefix(loop + "[") { repeated.formUnion(keys) }
  }

  private func act(_ request: AttemptRequest) -> ValueMap {
    let n = request.inputs["n"]?.asInt ?? 0
    var outputs: ValueMap = [
      "n": .int(Int64(repeatable("\(request.address) \(n)") % 97))
    ]
    if request.call.operation == "world.told" { outputs["word"] = Self.word(at: request.address) }
    if request.effects == .keyed, let known = done[request.key] { return known }
    if request.call.operation == "world.take_back" {
      takenBack.insert(request.inputs["key"]?.asString ?? "")
      done[request.key] = [:]
      return [:]
    }
    done[request.key] = outputs
    operations[request.address] = request.call.operation
    effects[request.address, default: []].append(request.key)
    return outputs
  }

  /// How every sensitive word begins.
  static let beginningOfWords = "hush"

  /// What is told at an address.
  static func word(at address: String) -> Value { .string("\(beginningOfWords) \(address)") }

  /// Answers a question about the world.
  func look(_ request: LookRequest) -> Result<ValueMap, Failure> {
    if !isCalm, repeatable("\(request.address)", seed: seed) % 100 < 10 {
      return .failure(Failure(code: "down", message: "nobody can tell"))
    }
    guard request.call.operation == "world.asked" else {
      return .success(["n": request.inputs["n"] ?? 0])
    }
    let known = done[request.inputs["key"]?.asString ?? ""]
    return .success(["happened": .bool(known != nil), "n": known?["n"] ?? 0])
  }
}

extension Failure: Error {}
