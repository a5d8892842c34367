import Foundation
import TestSupport
import Testing

/// SOP-001 §5.1 as the project has it, with its plugins, on an embedded database and a Maildir.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct OnboardingTests {
  @Test func `a paid order becomes a live tenant, and the record proves it`() throws {
    let scenario = Scenario()
    try scenario.copyProject()
      .baton(
        "plugins", "try", "payments.record", "order_id=A-1", "transaction_id=T-1",
        "amount=99.00", "email=ana@example.com", "plan=professional"
      )
      .baton("run", "workflows/standard-onboarding.yaml", "-i", "order_id=A-1", exits: 4)
      .baton("list", "order=A-1", "--quiet", prints: "RUN\n")
    let user = try scenario.value(named: "user_id")
    try scenario
      .baton("event", "RUN", "site.user_logged_in", exits: 2, complains: "user_id=…")
      .baton("event", "RUN", "site.user_logged_in", "user_id=\(user)", exits: 4)
      .baton("event", "RUN", "site.tour_completed", "user_id=\(user)", exits: 4)
      .baton(
        "event", "RUN", "site.page_generated", "user_id=\(user)", "rendered=true", exits: 4
      )
      .baton("tasks", "--role", "customer_success", "--quiet", prints: "RUN quality\n")
      .baton(
        "answer", "RUN", "quality", "--tick", "can_log_in", "--tick", "correct_plan", "--tick",
        "can_generate", "--tick", "email_received", "--tick", "tour_done", "--tick", "no_errors"
      )
      .baton("verify", "--all")
      .baton("transcript", "RUN", "--format", "markdown")
      .then { #expect($0.output.contains("temporary\\_password: (sensitive)")) }
  }
}

extension Scenario {
  /// Puts the workflows, plugins and calendars of this project into the folder.
  func copyProject() throws -> Scenario {
    for name in ["baton.yaml", "plugins", "workflows", "calendars"] {
      try FileManager.default.copyItem(
        at: Repository.root.appending(path: name), to: folder.appending(path: name))
    }
    return self
  }

  /// The last value with a name in the transcript of the run.
  func value(named name: String) throws -> String {
    try baton("transcript", "RUN", "--json")
    let entries = try #require(try json()["entries"] as? [[String: Any]])
    let details = entries.flatMap { $0["details"] as? [[String: Any]] ?? [] }
    let value = details.last { $0["name"] as? String == name }?["value"]
    return try #require(value as? String)
  }
}
