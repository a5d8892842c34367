import Testing
import Values

@testable import Engine

/// Approvals, and what is tried with other values behind them.
extension Rehearsal {
  func approve(_ step: String = "ok", by person: String = "ana") -> Refusal? {
    handle(
      .decide(step: step, approves: true, comment: nil, shown: nil),
      by: Actor(kind: .person, id: person))
  }

  func reject(_ step: String = "ok") -> Refusal? {
    handle(.decide(step: step, approves: false, comment: nil, shown: nil))
  }

  /// - Parameter text: what it tells instead.
  func retry(_ step: String, text: String) -> Refusal? {
    handle(.retry(step: step, with: ["text": .string(text)], again: false, reason: nil))
  }

  func retry(_ step: String) -> Refusal? {
    handle(.retry(step: step, with: [:], again: false, reason: nil))
  }

  func shown(_ step: String = "ok") throws -> ApprovalShown {
    guard case .waiting(let waiting, _)? = engine.state.steps[step]?.phase,
      case .approval(let shown) = waiting.cause
    else { throw NotWaiting() }
    return shown
  }

  /// Carries out what is due, of which some calls are refused by what they tell.
  @discardableResult
  func carryOut(refusing texts: Set<String>) -> [String] {
    carryOut { request in
      texts.contains(request.inputs["text"]?.asString ?? "")
        ? .failed(Failure(code: "refused", message: "no"), canRetry: false) : Shop.answer(request)
    }
  }

  private struct NotWaiting: Error {}
}
