import Actions
import Foundation
import TestSupport
import Testing
import Values

@testable import Plugins

/// What an operation of the repository's plugins does, its `undo` takes back, on real files.
@Suite(.timeLimit(.minutes(20))) struct TakingBackTests {
  private let dump = """
    import sqlite3, sys, json
    db = sqlite3.connect(sys.argv[1])
    print(json.dumps([db.execute("SELECT * FROM " + t + " ORDER BY 1").fetchall() for t in sys.argv[2:]]))
    """

  private let tenant: ValueMap = [
    "tenant_id": "ten_1", "owner_user_id": "u1", "email": "a@example.com", "plan": "professional",
    "limits": ["sites": 10, "users": 5, "generations_per_month": 500],
    "billing": ["transaction_id": "T1", "invoice_number": "INV-1"],
  ]

  @Test func `a tenant that was changed is what it was`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    _ = try await project.call(registry, "tenants.create", tenant)
    let before = try project.python(dump, "data/site-builder.db", "tenants")
    let changed = try await project.call(
      registry, "tenants.update",
      [
        "tenant_id": "ten_1", "plan": "enterprise", "owner_user_id": "u2", "status": "suspended",
        "limits": ["sites": 100],
      ], key: "k2")
    let again = try await project.call(
      registry, "tenants.update", ["tenant_id": "ten_1", "plan": "enterprise"], key: "k2")
    #expect(changed["previous"] == again["previous"])
    var undo = try #require(changed["previous"]?.asMap)
    undo["tenant_id"] = "ten_1"
    _ = try await project.call(registry, "tenants.update", undo, key: "k3")
    #expect(try project.python(dump, "data/site-builder.db", "tenants") == before)
  }

  @Test func `only the confirmation that completed an order opens it again`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    _ = try await project.call(
      registry, "payments.record",
      ["order_id": "A-1", "transaction_id": "T1", "amount": 99, "email": "a@example.com"])
    let before = try project.python(dump, "data/site-builder.db", "orders", "payments")
    _ = try await project.call(registry, "payments.confirm", ["order_id": "A-1"], key: "k1")
    _ = try await project.call(registry, "payments.confirm", ["order_id": "A-1"], key: "k2")
    let other = try await project.call(
      registry, "payments.reopen", ["order_id": "A-1", "confirmed_by": "k2"])
    #expect(other["reopened"] == false)
    let first = try await project.call(
      registry, "payments.reopen", ["order_id": "A-1", "confirmed_by": "k1"])
    #expect(first["reopened"] == true)
    #expect(try project.python(dump, "data/site-builder.db", "orders", "payments") == before)
  }

  @Test func `a user has the tenant and the roles that were there before`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let user = try await project.call(
      registry, "identity.create_user",
      ["email": "a@example.com", "temporary_password": "Tmp-secret-1", "roles": ["reader"]])
    let id = try #require(user["user_id"])
    let before = try project.python(dump, "data/site-builder.db", "identity_users")
    let set = try await project.call(
      registry, "identity.set_attributes",
      ["user_id": id, "tenant_id": "ten_1", "roles": ["tenant_admin"]], key: "k2")
    #expect(set["previous_tenant_id"] == nil && set["previous_roles"] == ["reader"])
    _ = try await project.call(
      registry, "identity.restore_attributes", ["user_id": id, "roles": ["reader"]])
    #expect(try project.python(dump, "data/site-builder.db", "identity_users") == before)
  }

  @Test func `a ticket that a note has opened goes with it, another one stays`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let first = try await project.call(
      registry, "tickets.record", ["ticket_id": "T-1", "text": "a"], key: "k1")
    let second = try await project.call(
      registry, "tickets.record", ["ticket_id": "T-1", "text": "b"], key: "k2")
    for note in [second, first] {
      let found = try await project.call(registry, "tickets.find", ["ticket_id": "T-1"])
      #expect(found["tickets"]?.asList?.count == 1)
      _ = try await project.call(
        registry, "tickets.remove_note", ["note_id": try #require(note["note_id"])])
    }
    let tables = ["tickets", "ticket_notes", "ticket_openings"]
    #expect(
      try project.python(dump, "data/site-builder.db", tables[0], tables[1], tables[2])
        == "[[], [], []]\n")
  }

  @Test func `a client is in the status of before, or gone`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let first = try await project.call(
      registry, "crm.set_status",
      ["email": "a@example.com", "name": "Alex", "status": "Onboarding"], key: "k1")
    let second = try await project.call(
      registry, "crm.set_status",
      ["email": "a@example.com", "name": "Alex", "status": "Live"], key: "k2")
    #expect(first["previous_status"] == nil && second["previous_status"] == "Onboarding")
    _ = try await project.call(
      registry, "crm.restore_status", ["email": "a@example.com", "status": "Onboarding"])
    let found = try await project.call(registry, "crm.find", ["email": "a@example.com"])
    #expect(found["clients"]?.asList?.first?["status"] == "Onboarding")
    _ = try await project.call(registry, "crm.restore_status", ["email": "a@example.com"])
    let gone = try await project.call(registry, "crm.find", ["email": "a@example.com"])
    #expect(gone["clients"]?.asList?.isEmpty == true)
  }

  @Test func `a number is bought, found by its name, and given back`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let offers = try await project.call(registry, "telephony.search_numbers")
    let number = try #require(offers["numbers"]?.asList?.first?["phone_number"])
    let purchase: ValueMap = ["phone_number": number, "label": "b1"]
    let bought = try await project.call(registry, "telephony.buy_number", purchase, key: "k1")
    let twice = await project.failure(registry, "telephony.buy_number", purchase, key: "k1")
    #expect(twice?.code == "number_taken")
    let found = try await project.call(registry, "telephony.find_numbers", ["label": "b1"])
    #expect(found["numbers"]?.asList?.first?["sid"] == bought["sid"])
    _ = try await project.call(
      registry, "telephony.release_number", ["sid": try #require(bought["sid"])])
    #expect(try await project.call(registry, "telephony.search_numbers") == offers)
  }

  @Test func `the same message on the board is one line, whatever is in it`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let registry = try project.registry()
    let message: ValueMap = ["text": "a'; rm -rf x\n$(id) `id` \"q\" -- \\"]
    let first = try await project.call(registry, "chat.post", message, key: "k1")
    let again = try await project.call(registry, "chat.post", message, key: "k1")
    #expect(first == again)
    let board = try #require(project.text(of: "data/chat.txt"))
    #expect(board.split(separator: "\n").count == 1)
    #expect(board.contains(#"a'; rm -rf x $(id) `id` "q" -- \"#))
    let taken = try await project.call(
      registry, "chat.retract", ["message_id": try #require(first["message_id"])])
    #expect(taken["retracted"] == true && project.text(of: "data/chat.txt") == "")
  }
}
