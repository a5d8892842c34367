import Engine
import RunStore
import Testing
import Values

@testable import Runner

@Suite struct CommandInboxTests {
  private static let kinds: [CommandKind] = [
    .resume, .answer(step: "q", values: ["a": 1, "b": ["x", true]]),
    .event(name: "site.login", data: ["user": "u"]),
    .retry(step: "s", with: ["v": 2.5], again: true, reason: nil),
    .retry(step: "s", with: [:], again: false, reason: "because"),
    .done(
      step: "l[3]/s", values: ["id": "1"], reason: "by phone",
      evidence: [Evidence(sha256: "abc", name: "mail.eml", size: 16, type: "text/plain")]),
    .skip(step: "s", reason: "no"),
    .resolve(step: "s", happened: true, values: ["id": "1"], reason: "seen"),
    .resolve(
      step: "s", happened: false, values: [:], reason: "gone",
      evidence: [Evidence(sha256: "abc"), Evidence(sha256: "def", name: "b", size: 0)]),
    .cancel(reason: "enough"), .note(text: "hello"),
  ]

  @Test func `every command reads back from the file that hands it over`() throws {
    let folder = "/tmp/baton-runner-tests-\(UInt64.random(in: 0...UInt64.max))"
    let store = RunStore(
      root: folder, key: SealingKey.Source(environment: nil, file: folder + "/key"))
    let writer = try store.create(run: store.newRunID(), definition: [])
    defer { writer.release() }
    let vault = VaultAdapter(writer.vault)
    for kind in Self.kinds {
      let command = Command(
        id: "c1", kind: kind, actor: Actor(kind: .person, id: "ana"),
        standing: Standing(roles: ["r"], names: ["ana"], token: "1f0a9c2e"))
      let content = command.inboxContent(sealing: { _ in false }, in: vault)
      let item = InboxItem(id: "c1", content: content, file: "f")
      let read = Command(inbox: item, vault: vault)
      let again = try #require(read)
      #expect(again.actor == command.actor)
      #expect(again.standing == command.standing)
      #expect(again.inboxContent(sealing: { _ in false }, in: vault) == content)
    }
  }

  @Test func `what is no command is ignored`() throws {
    let folder = "/tmp/baton-runner-tests-\(UInt64.random(in: 0...UInt64.max))"
    let store = RunStore(
      root: folder, key: SealingKey.Source(environment: nil, file: folder + "/key"))
    let writer = try store.create(run: store.newRunID(), definition: [])
    defer { writer.release() }
    let vault = VaultAdapter(writer.vault)
    for content: Value in [.null, "x", ["kind": "fly", "actor": ["kind": "user", "id": "a"]]] {
      #expect(Command(inbox: InboxItem(id: "c", content: content, file: "f"), vault: vault) == nil)
    }
  }

  @Test func `what cannot be opened of a command is not dropped with it`() throws {
    let folder = "/tmp/baton-runner-tests-\(UInt64.random(in: 0...UInt64.max))"
    let store = RunStore(
      root: folder, key: SealingKey.Source(environment: nil, file: folder + "/key"))
    let writer = try store.create(run: store.newRunID(), definition: [])
    defer { writer.release() }
    let vault = VaultAdapter(writer.vault)
    let ana = Actor(kind: .person, id: "ana")
    for kind in Self.kinds {
      let content = Command(id: "c1", kind: kind, actor: ana)
        .inboxContent(sealing: { _ in true }, in: vault)
      // Another vault, which has nothing.
      let empty = VaultAdapter(store.projectVault)
      let read = try #require(
        Command(inbox: InboxItem(id: "c1", content: content, file: "f"), vault: empty))
      #expect(read.locked == content["values"]?["sealed"]?.asMap ?? ValueMap())
      let again = read.inboxContent(sealing: { _ in true }, in: empty)
      #expect(again["values"]?["sealed"] == content["values"]?["sealed"])
    }
  }
}
