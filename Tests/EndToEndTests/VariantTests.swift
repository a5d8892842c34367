import Foundation
import Testing

/// The other three variants, carried out with the binary as support would do it.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct VariantTests {
  private static let quality = [
    "--tick", "can_log_in", "--tick", "correct_plan", "--tick", "can_generate", "--tick",
    "email_received", "--tick", "tour_done", "--tick", "no_errors",
  ]

  @Test func `support onboards by hand, and only the tenant record was there`() throws {
    let scenario = try Scenario().copyProject()
      .baton(
        "plugins", "try", "tenants.create", "tenant_id=ten_0", "owner_user_id=gone",
        "email=c@example.com", "plan=professional",
        #"limits={"sites":1,"users":1,"generations_per_month":1}"#,
        #"billing={"transaction_id":"T","invoice_number":"I"}"#)
    try scenario
      .baton(
        "run", "workflows/manual-onboarding.yaml", "-i", "ticket_id=T-42", "-i",
        "transaction_id=1", "-i", "email=c@example.com", "-i", "plan=enterprise", "-i",
        "company=Example Ltd", exits: 4
      )
      .baton(
        "answer", "RUN", "prerequisites", "--tick", "payment", "--tick", "email", "--tick", "plan",
        "--tick", "company", exits: 4
      )
      .baton(
        "answer", "RUN", "verify_payment", "status=COMPLETE", "amount=990", "email=c@example.com",
        "date=2026-01-18", exits: 4
      )
      .baton("answer", "RUN", "issues", "issues=none", exits: 4)
      .baton("plugins", "try", "tenants.find", "email=c@example.com", "--json")
    let tenant = try #require((try scenario.json()["tenants"] as? [[String: Any]])?.first)
    #expect(tenant["tenant_id"] as? String == "ten_0" && tenant["plan"] as? String == "enterprise")
    #expect(tenant["owner_user_id"] as? String != "gone")
    try scenario.baton("verify", "--all")
  }

  @Test func `whoever never got the welcome email of the automation gets a password that works`()
    throws
  {
    let scenario = try Scenario().copyProject()
      .baton(
        "plugins", "try", "identity.create_user", "email=c@example.com",
        "temporary_password=Tmp-nobody-knows", "--json")
    let user = try #require(try scenario.json()["user_id"] as? String)
    try scenario
      .baton(
        "plugins", "try", "tenants.create", "tenant_id=ten_0", "owner_user_id=\(user)",
        "email=c@example.com", "plan=professional",
        #"limits={"sites":10,"users":5,"generations_per_month":500}"#,
        #"billing={"transaction_id":"1","invoice_number":"I"}"#
      )
      .baton(
        "plugins", "try", "users.create", "user_id=\(user)", "tenant_id=ten_0",
        "email=c@example.com"
      )
      .baton(
        "run", "workflows/manual-onboarding.yaml", "-i", "ticket_id=T-42", "-i",
        "transaction_id=1", "-i", "email=c@example.com", "-i", "plan=professional", "-i",
        "company=Example Ltd", exits: 4
      )
      .baton(
        "answer", "RUN", "prerequisites", "--tick", "payment", "--tick", "email", "--tick", "plan",
        "--tick", "company", exits: 4
      )
      .baton(
        "answer", "RUN", "verify_payment", "status=COMPLETE", "amount=99", "email=c@example.com",
        "date=2026-01-18", exits: 4)
    let script = """
      import email, email.policy, glob, hashlib, re, sqlite3
      [name] = glob.glob("outbox/new/*")
      letter = email.message_from_file(open(name), policy=email.policy.default)
      password = re.search(r"Your password: +(\\S+) \\(temporary, a new one", letter.get_content())[1]
      [row] = sqlite3.connect("data/site-builder.db").execute(
        "SELECT status, password_salt, password_digest FROM identity_users").fetchall()
      print(row[0], hashlib.sha256(f"{row[1]}:{password}".encode()).hexdigest() == row[2])
      """
    try scenario.file("look.py", script)
    #expect(try scenario.shell("python3 look.py") == 0)
    #expect(scenario.output == "FORCE_CHANGE_PASSWORD True\n")
    try scenario.baton("verify", "--all")
  }

  @Test func `an enterprise customer goes from the call to the training`() throws {
    let scenario = try Scenario().copyProject()
      .baton("people", "token", "lerato", "--quiet")
    let lerato = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario
      .baton(
        "plugins", "try", "payments.record", "order_id=E-1", "transaction_id=T-1", "amount=990",
        "email=cara@big.example", "plan=enterprise"
      )
      .baton(
        "run", "workflows/enterprise-onboarding.json", "-i", "order_id=E-1", "-i", "ticket_id=T-7",
        "-i", "company=Big Ltd", "-i", "champion=Cara", "-i", "champion_email=cara@big.example",
        exits: 4
      )
      .baton("answer", "RUN", "call_time", "at=2026-01-01T08:00:00Z", exits: 4)
      .baton(
        "answer", "RUN", "call", "--tick", "requirements", "--tick", "timeline", "--tick", "brand",
        "wants_sso=true", "wants_domain=true", "wants_brand=true", "wants_users=true", exits: 4)
    let user = try scenario.value(named: "user_id")
    try scenario
      .baton("event", "RUN", "site.user_logged_in", "user_id=\(user)", exits: 4)
      .baton("event", "RUN", "site.tour_completed", "user_id=\(user)", exits: 4)
      .baton("event", "RUN", "site.page_generated", "user_id=\(user)", exits: 4)
    #expect(try scenario.answer("standard/quality", Self.quality) == 4)
    let tenant = try scenario.value(named: "tenant_id")
    try setUp(scenario, tenant)
    try scenario
      .signedIn(as: lerato)
      .baton("reject", "RUN", "released", "--comment", "the logo is blurred", exits: 4)
      .signedIn(as: nil).baton("answer", "RUN", "rework", "--tick", "reworked", exits: 4)
      .signedIn(as: lerato).baton(
        "approve", "RUN", "released", "--comment", "now it is good", exits: 4
      )
      .signedIn(as: nil)
      .baton("answer", "RUN", "training_time", "at=2026-01-01T08:00:00Z", exits: 4)
      .baton(
        "answer", "RUN", "training", "--tick", "overview", "--tick", "practices", "--tick",
        "questions", "recording_url=https://video.big.example/1", exits: 4
      )
      .baton("status", "RUN")
    #expect(scenario.output.contains("Until the success check-in"))
    try takeBack(scenario)
    try scenario.baton("verify", "--all")
  }

  /// Undoes the whole run; what only a person can take back is done by hand. The world is then as it
  /// was, but for the order's payment.
  private func takeBack(_ scenario: Scenario) throws {
    try scenario.baton("undo", "RUN", "--yes", "--reason", "withdrawn", exits: 4)
    for _ in 0..<10 {
      try scenario.baton("status", "RUN", "--json")
      let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
      let waiting = steps.first { $0["status"] as? String == "waiting" }
      guard let address = waiting?["address"] as? String else { break }
      #expect(address.hasSuffix(".undo"))
      _ = try scenario.exitCode("done", "RUN", address, "--reason", "written to them")
    }
    try scenario.baton("status", "RUN", "--quiet", prints: "undone\n")
    #expect(try scenario.rows(["tenants", "users", "identity_users"]) == "[[], [], []]")
    let custom = ["bookings", "domains", "sso_connections", "site_brands"]
    #expect(try scenario.rows(custom) == "[[], [], [], []]")
    #expect(try scenario.rows(["orders"]).contains("OPEN"))
  }

  /// The custom setup, in any order.
  private func setUp(_ scenario: Scenario, _ tenant: String) throws {
    try scenario
      .file("users.json", #"{"users": [{"email": "u1@big.example"}, {"email": "u2@big.example"}]}"#)
      .baton("answer", "RUN", "user_list", "--values", "users.json", exits: 4)
      .baton("answer", "RUN", "domain_name", "domain=pages.big.example", exits: 4)
      .baton(
        "answer", "RUN", "brand_material", "logo_url=https://big.example/l.svg",
        ##"colours=["#0a3d62"]"##, exits: 4
      )
      .baton(
        "answer", "RUN", "sso_details", "provider=okta", "metadata_url=https://big.example/m.xml",
        exits: 4
      )
      .baton("plugins", "try", "domains.record_live", "domain=pages.big.example")
      .baton("event", "RUN", "domains.went_live", "domain=pages.big.example", exits: 4)
      .baton("event", "RUN", "sso.login_succeeded", "tenant_id=\(tenant)", exits: 4)
      .baton("answer", "RUN", "sso_test", "--tick", "entered", exits: 4)
      .baton("plugins", "try", "users.find", "tenant_id=\(tenant)", "--json")
    #expect((try scenario.json()["users"] as? [Any])?.count == 3)
  }

  @Test func `an SMS client goes from the invoice to the first day`() throws {
    let business = "3f0e5f0a-8a6b-4c58-9a5e-0d8d4f7a2b11"
    let scenario = try Scenario().copyProject()
      .baton(
        "plugins", "try", "invoices.record", "invoice_id=I-1", "amount=250", "status=AUTHORISED",
        "contact_name=Alex", "contact_email=alex@example.com"
      )
      .baton(
        "run", "workflows/sms-business-onboarding.yaml", "-i", "invoice_id=I-1", "-i",
        "client=Alex Smith", "-i", "email=alex@example.com", exits: 4
      )
      .baton("event", "RUN", "invoices.paid", "invoice_id=I-1", exits: 4)
      .baton(
        "plugins", "try", "forms.record", "business_id=\(business)", "invoice_id=I-1",
        "business_name=Smith Plumbing", "contact_name=Alex", "email=alex@example.com",
        "phone=+61400000000"
      )
      .baton(
        "event", "RUN", "forms.submitted", "business_id=\(business)", "invoice_id=I-1", exits: 4
      )
      .baton("answer", "RUN", "review", "--tick", "complete", "job_duration=90", exits: 4)
    try scenario
      .baton("event", "RUN", "dashboards.lead_captured", "business_id=\(business)", exits: 4)
      .baton(
        "event", "RUN", "dashboards.conversation_captured", "business_id=\(business)", exits: 4
      )
      .baton(
        "answer", "RUN", "tested", "--tick", "responds", "--tick", "loads", "--tick", "demo",
        "--tick", "calendar", "--tick", "stats", exits: 4)
    let steps = (1...9).flatMap { ["--tick", "step_\($0)"] }
    #expect(try scenario.answer("checklist", steps + ["provisioner=Mia", "minutes=45"]) == 4)
    try scenario.baton("plugins", "try", "telephony.find_numbers", "label=\(business)", "--json")
    let numbers = try #require(try scenario.json()["numbers"] as? [[String: Any]])
    #expect(numbers.count == 1)
    #expect(numbers.first?["webhook_method"] as? String == "POST")
    try scenario.baton("plugins", "try", "crm.find", "email=alex@example.com", "--json")
    let client = try #require((try scenario.json()["clients"] as? [[String: Any]])?.first)
    #expect(client["status"] as? String == "Live")
    try scenario.baton("verify", "--all").baton("status", "RUN")
    #expect(scenario.output.contains("Until day 1"))
  }
}

extension Scenario {
  /// Answers a question with a list of arguments, and says the exit code.
  fileprivate func answer(_ step: String, _ arguments: [String]) throws -> Int32 {
    let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
    return try shell("\"$BATON\" answer \"$RUN\" \(step) \(quoted)")
  }

  /// The rows of tables of the site builder's database, as another program reads them.
  fileprivate func rows(_ tables: [String]) throws -> String {
    let script = """
      import json, sqlite3, sys
      db = sqlite3.connect("data/site-builder.db")
      print(json.dumps([db.execute("SELECT * FROM " + t).fetchall() for t in sys.argv[1:]]))
      """
    #expect(try shell("python3 -c '\(script)' \(tables.joined(separator: " "))") == 0)
    return output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
