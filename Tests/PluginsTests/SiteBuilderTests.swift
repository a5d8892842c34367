import Actions
import Foundation
import SourceText
import TestSupport
import Testing
import Values
import Workflows

@testable import Plugins

/// The repository's own plugins, on real files, read back with another program.
@Suite(.timeLimit(.minutes(20))) struct SiteBuilderTests {
  private let query = """
    import sqlite3, sys, json
    db = sqlite3.connect("data/site-builder.db")
    print(json.dumps(db.execute(sys.argv[1]).fetchall()))
    """

  private let tenant: ValueMap = [
    "tenant_id": "ten_1", "owner_user_id": "u1", "email": "a@example.com", "plan": "enterprise",
    "limits": ["sites": 10, "users": 5, "generations_per_month": 500],
    "billing": ["transaction_id": "T1", "invoice_number": "INV-1"],
  ]

  @Test func `every driver fits its contract`() throws {
    let project = try TemporaryFolder.siteBuilder()
    let loaded = try project.load()
    let diagnostics = Diagnostics()
    loaded.checkDrivers(catalog: loaded.catalog(into: diagnostics), into: diagnostics)
    #expect(diagnostics.sorted.map(\.message) == [])
  }

  @Test func `every operation has a driver`() throws {
    let project = try TemporaryFolder.siteBuilder()
    let loaded = try project.load()
    let catalog = loaded.catalog(into: Diagnostics())
    let registry = loaded.registry(catalog: catalog)
    for name in catalog.operationNames {
      if case .failure(let failure) = registry.operation(named: name) {
        Issue.record("\(name): \(failure.message)")
      }
    }
  }

  @Test func `a payment is recorded, found and confirmed`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    _ = try await project.call(
      registry, "payments.record",
      ["order_id": "A-1", "transaction_id": "T1", "amount": 99, "email": "a@example.com"])
    let found = try await project.call(registry, "payments.find", ["email": "A@Example.com"])
    #expect(found["payments"]?.asList?.count == 1)
    #expect(found["payments"]?.asList?.first?["amount"]?.asNumber == 99)
    let confirmed = try await project.call(registry, "payments.confirm", ["order_id": "A-1"])
    #expect(confirmed["status"] == "COMPLETE" && confirmed["order_status"] == "COMPLETE")
    #expect(
      try project.python(query, "SELECT order_id, status FROM orders")
        == "[[\"A-1\", \"COMPLETE\"]]\n")
    let missing = await project.failure(registry, "payments.confirm", ["order_id": "none"])
    #expect(missing?.kind == .definite && missing?.code == "payment_not_found")
    #expect(missing?.message == "There is no payment for the order none")
  }

  @Test func `a pending payment leaves the order open`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    _ = try await project.call(
      registry, "payments.record",
      [
        "order_id": "A-1", "transaction_id": "T1", "amount": 99.5, "email": "a@example.com",
        "status": "PENDING",
      ])
    let answer = try await project.call(registry, "payments.confirm", ["order_id": "A-1"])
    #expect(answer["status"] == "PENDING" && answer["order_status"] == "OPEN")
  }

  @Test func `the same key creates one user, another key is told that the user exists`()
    async throws
  {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let inputs: ValueMap = ["email": "a@example.com", "temporary_password": "Tmp-secret-1"]
    let first = try await project.call(registry, "identity.create_user", inputs, key: "k1")
    let again = try await project.call(registry, "identity.create_user", inputs, key: "k1")
    #expect(first == again)
    let other = await project.failure(registry, "identity.create_user", inputs, key: "k2")
    #expect(other?.code == "user_exists" && other?.kind == .definite)
    #expect(try project.python(query, "SELECT count(*) FROM identity_users") == "[[1]]\n")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: project.path + "/data/site-builder.db"))
    #expect(bytes.range(of: Data("Tmp-secret-1".utf8)) == nil)
  }

  @Test func `attributes are set, absent ones stay, and a user is deleted`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let user = try await project.call(
      registry, "identity.create_user",
      ["email": "a@example.com", "temporary_password": "Tmp-secret-1"])
    let id = try #require(user["user_id"])
    let set = try await project.call(
      registry, "identity.set_attributes", ["user_id": id, "tenant_id": "ten_1"])
    #expect(set["tenant_id"] == "ten_1" && set["roles"] == ["tenant_admin"])
    let found = try await project.call(
      registry, "identity.find_user", ["email": "a@example.com"])
    #expect(found["users"]?.asList?.first?["tenant_id"] == "ten_1")
    #expect(
      try await project.call(registry, "identity.delete_user", ["user_id": id])["deleted"] == true)
    #expect(
      try await project.call(registry, "identity.delete_user", ["user_id": id])["deleted"] == false)
    let gone = await project.failure(registry, "identity.set_attributes", ["user_id": id])
    #expect(gone?.code == "user_not_found")
  }

  @Test func `a tenant is created, found, changed and deleted`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    _ = try await project.call(registry, "tenants.create", tenant)
    let found = try await project.call(registry, "tenants.find", ["email": "a@example.com"])
    let row = found["tenants"]?.asList?.first
    #expect(row?["limits"]?["sites"] == 10)
    #expect(row?["billing"]?["invoice_number"] == "INV-1")
    #expect(row?["company"] == nil)
    let changed = try await project.call(
      registry, "tenants.update",
      ["tenant_id": "ten_1", "plan": "professional", "limits": ["sites": 3]])
    #expect(changed["plan"] == "professional")
    let account = try await project.call(registry, "site.account", ["tenant_id": "ten_1"])
    #expect(account["limits"]?["sites"] == 3 && account["limits"]?["users"] == 5)
    #expect(account["users"] == 0)
    #expect(
      try await project.call(registry, "tenants.delete", ["tenant_id": "ten_1"])["deleted"] == true)
  }

  @Test(arguments: [
    "'; DROP TABLE tenants;--", "$(id)", "${{ x }}", "a\nb", "\u{0}", "../../etc", "o\u{308}",
  ])
  func `hostile values are stored as they are`(text: String) async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    var inputs = tenant
    inputs["company"] = .string(text)
    _ = try await project.call(registry, "tenants.create", inputs)
    let found = try await project.call(registry, "tenants.find", ["tenant_id": "ten_1"])
    #expect(found["tenants"]?.asList?.first?["company"] == .string(text))
  }

  @Test func `tickets take notes, follow-ups and a resolution`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let unknown = await project.failure(registry, "tickets.resolve", ["ticket_id": "T-1"])
    #expect(unknown?.code == "ticket_not_found")
    let early = await project.failure(
      registry, "tickets.schedule_follow_up",
      ["ticket_id": "T-1", "at": "2026-01-19T08:00:00Z", "text": "x"])
    #expect(early?.code == "ticket_not_found")
    _ = try await project.call(
      registry, "tickets.record",
      ["ticket_id": "T-1", "text": "first", "records": ["tenant_id": "ten_1"]], key: "k1")
    _ = try await project.call(
      registry, "tickets.record", ["ticket_id": "T-1", "text": "second"], key: "k2")
    _ = try await project.call(
      registry, "tickets.schedule_follow_up",
      ["ticket_id": "T-1", "at": "2026-01-19T08:00:00Z", "text": "x"], key: "k3")
    #expect(
      try await project.call(registry, "tickets.resolve", ["ticket_id": "T-1"])["status"]
        == "Resolved")
    let found = try await project.call(registry, "tickets.find", ["ticket_id": "T-1"])
    #expect(found["tickets"]?.asList?.first?["notes"] == ["first", "second"])
  }

  @Test func `a user record is created once`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let inputs: ValueMap = ["user_id": "u1", "tenant_id": "ten_1", "email": "a@example.com"]
    let first = try await project.call(registry, "users.create", inputs, key: "k1")
    #expect(try await project.call(registry, "users.create", inputs, key: "k1") == first)
    #expect(
      await project.failure(registry, "users.create", inputs, key: "k2")?.code == "user_exists")
  }

  @Test func `inputs that do not fit the contract never reach the driver`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    var inputs = tenant
    inputs["plan"] = "gold"
    let failure = await project.failure(registry, "tenants.create", inputs)
    #expect(failure?.kind == .definite && failure?.code == "invalid_input")
    #expect(project.files(in: "data").isEmpty)
  }

  @Test func `the notification of the environment names the person`() throws {
    let loaded = try TemporaryFolder.siteBuilder().load()
    let environment = try #require(loaded.environment(named: "local"))
    let notification = try #require(environment.notification)
    let person = try #require(loaded.people.first)
    #expect(notification.operation == "mail.send")
    let inputs = try notification.inputs(for: person, text: "It is due")
    #expect(
      inputs
        == ["to": .string(person.email ?? ""), "subject": "It is due", "text": "It is due"])
  }
}
