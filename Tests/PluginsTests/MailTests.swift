import Actions
import Foundation
import TestSupport
import Testing
import Values

@testable import Plugins

/// Messages are read back with Python's `mailbox` and `email`.
@Suite(.timeLimit(.minutes(20))) struct MailTests {
  private let reader = """
    import mailbox, email, email.policy, json
    box = mailbox.Maildir("outbox", factory=None, create=False)
    for key in box.keys():
        message = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
        assert not message.defects, message.defects
        body = message.get_body(("plain",))
        html = message.get_body(("html",))
        print(json.dumps({
            "subject": message["subject"], "from": str(message["from"]), "to": str(message["to"]),
            "cc": message["cc"] and str(message["cc"]), "id": message["message-id"],
            "date": message["date"].datetime.isoformat(), "template": message["x-template"],
            "headers": sorted(message.keys()), "defects": [str(d) for d in message["to"].defects],
            "names": [a.display_name for a in message["to"].addresses],
            "text": body.get_content(), "html": html and html.get_content(),
            "attachments": [[a.get_filename(), a.get_content_type(), a.get_payload(decode=True).hex()]
                for a in message.iter_attachments()],
            "longest": max(len(l) for l in box.get_bytes(key).split(b"\\n")),
            "subdir": box.get_message(key).get_subdir(),
        }))
    """

  private struct Message: Decodable {
    let subject: String, from: String, to: String, cc: String?, id: String, date: String
    let template: String?, headers: [String], names: [String], text: String, html: String?
    let attachments: [[String]], longest: Int, subdir: String, defects: [String]
  }

  private let inputs: ValueMap = [
    "to": "a@example.com", "subject": "Welcome", "text": "Log in.\n", "template": "tenant-welcome",
  ]

  private func send(
    _ project: TemporaryFolder, _ changes: ValueMap = [:], key: String = "key-1"
  ) async throws -> ValueMap {
    var all = inputs
    for change in changes { all.set(change.key, change.value) }
    return try await project.call(project.registry(), "mail.send", all, key: key)
  }

  private func messages(_ project: TemporaryFolder) throws -> [Message] {
    try project.python(reader).split(separator: "\n").map {
      try JSONDecoder().decode(Message.self, from: Data($0.utf8))
    }
  }

  private func failure(_ changes: ValueMap) async throws -> ActionFailure? {
    let project = try TemporaryFolder.siteBuilder()
    do {
      _ = try await send(project, changes)
      return nil
    } catch {
      #expect(project.files(in: "outbox/new").isEmpty)
      return error as? ActionFailure
    }
  }

  @Test func `a plain message is what was given`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let outputs = try await send(project)
    let message = try #require(messages(project).first)
    #expect(message.subject == "Welcome" && message.to == "a@example.com")
    #expect(message.from == "Site Builder <hello@site-builder.example>")
    #expect(message.text == "Log in.\n" && message.html == nil)
    #expect(message.template == "tenant-welcome")
    #expect(outputs["message_id"] == .string(message.id))
    #expect(message.date == "2026-11-21T03:00:00+00:00" || message.date.hasPrefix("2026-11-"))
    #expect(message.subdir == "new")
  }

  @Test func `the same key is one message, another key another one`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    let first = try await send(project, key: "k1")
    #expect(try await send(project, key: "k1") == first)
    #expect(project.files(in: "outbox/new").count == 1)
    let name = try #require(project.files(in: "outbox/new").first)
    try FileManager.default.moveItem(
      atPath: "\(project.path)/outbox/new/\(name)", toPath: "\(project.path)/outbox/cur/\(name):2,S"
    )
    _ = try await send(project, key: "k1")
    #expect(project.files(in: "outbox/new").isEmpty)
    _ = try await send(project, key: "k2")
    #expect(project.files(in: "outbox/new").count == 1)
    #expect(project.files(in: "outbox/tmp").isEmpty)
  }

  @Test(arguments: [
    "Grüße aus München – 🎉", String(repeating: "long word list ", count: 30) + "end",
    String(repeating: "ö🎉", count: 120), String(repeating: "x", count: 500), "=?utf-8?B?aGk=?=",
    " leading and  double ", "'; DROP TABLE t;-- ${{ x }} $(id)", "a, b <c@d> \"e\" \\ (f)",
  ])
  func `subjects survive`(subject: String) async throws {
    let project = try TemporaryFolder.siteBuilder()
    _ = try await send(project, ["subject": .string(subject)])
    let message = try #require(messages(project).first)
    #expect(message.subject == subject)
    #expect(message.longest <= 78)
  }

  @Test(arguments: [
    "Ana Botha", "Müller, Jürgen", "O'Neil \"Shaq\" \\ (x)", "漢字 ひらがな",
    "a <evil@example.com>", "x@y",
  ])
  func `names survive and add no recipients`(name: String) async throws {
    let project = try TemporaryFolder.siteBuilder()
    _ = try await send(project, ["to_name": .string(name)])
    let message = try #require(messages(project).first)
    #expect(message.names == [name])
    #expect(message.to.hasSuffix("<a@example.com>"))
  }

  @Test(arguments: [
    "plain\n", "no final break", "ünïcödé text\nzwei\n", "漢字だけの文章です。\n",
    "trailing space \nand tab\t\n", String(repeating: "long ", count: 400) + "\n",
    "\n\n", "From here\n.\n--\n", "a = b == c\n", "nul \u{0} bell \u{7}\n",
  ])
  func `texts survive`(text: String) async throws {
    let project = try TemporaryFolder.siteBuilder()
    _ = try await send(project, ["text": .string(text)])
    let message = try #require(messages(project).first)
    #expect(message.text == text || message.text == text + "\n")
    #expect(message.longest <= 78)
  }

  @Test func `line ends of other systems become plain ones`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    _ = try await send(project, ["text": "one\r\ntwo\rthree\n"])
    #expect(try messages(project).first?.text == "one\ntwo\nthree\n")
  }

  @Test func `html and attachments stand beside the text`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    try project.write("a;b\n", to: "files/table.csv")
    _ = try await send(
      project,
      [
        "html": "<p>Grüße</p>\n", "cc": ["b@example.com", "c@example.com"],
        "attachments": [
          ["name": "table.csv", "type": "text/csv", "file": "files/table.csv"],
          ["name": "größe.txt", "text": "ö"], ["name": "x.bin", "base64": "/wA="],
        ],
      ])
    let message = try #require(messages(project).first)
    #expect(message.text == "Log in.\n" && message.html == "<p>Grüße</p>\n")
    #expect(message.cc == "b@example.com, c@example.com")
    #expect(
      message.attachments == [
        ["table.csv", "text/csv", "613b620a"],
        ["größe.txt", "application/octet-stream", "c3b6"],
        ["x.bin", "application/octet-stream", "ff00"],
      ])
  }

  @Test(
    arguments: [
      ["subject": "Hi\nBcc: evil@example.com"], ["subject": "Hi\r\n\r\nbody"],
      ["to_name": "Ana\nBcc: evil@example.com"], ["template": "x\nBcc: evil@example.com"],
      ["subject": "a\u{0}b"], ["subject": "a\u{2028}b"],
      ["attachments": [["name": "../x", "text": ""]]],
      ["attachments": [["name": "x\"\r\nY: z", "text": ""]]],
      ["attachments": [["name": "x", "type": "text/plain\nX: y", "text": ""]]],
      ["attachments": [["name": "x", "file": "../../etc/passwd"]]],
    ] as [ValueMap])
  func `nothing adds a header or leaves the project`(changes: ValueMap) async throws {
    let failure = try await failure(changes)
    #expect(failure?.kind == .definite && failure?.code == "invalid_message")
    #expect(failure?.message.contains("\n") == false)
  }

  @Test func `addresses that are none are refused`() async throws {
    for address in ["a@b@c", "a b@example.com", "a@example.com\nBcc: x@y.z", "ö@example.com"] {
      #expect(throws: MailMessage.Problem.self) { try MailAddress(address) }
    }
    #expect(try MailAddress("Ana <a@example.com>").name == "Ana")
    #expect(try await failure(["to": "a@example.com\nBcc: x@y.z"])?.kind == .definite)
  }

  @Test func `an outbox that cannot be made is unavailable`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    try project.write("a file, not a folder", to: "outbox")
    let failure = await project.failure(try project.registry(), "mail.send", inputs)
    #expect(failure?.kind == .unavailable)
    #expect(failure?.hint?.contains("`mail`") == true)
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write anywhere"))
  func `an unwritable folder is unavailable, and works after the repair`() async throws {
    let project = try TemporaryFolder.siteBuilder()
    chmod(project.path, 0o500)
    let registry = try project.registry()
    #expect(await project.failure(registry, "mail.send", inputs)?.kind == .unavailable)
    chmod(project.path, 0o700)
    #expect(await project.failure(registry, "mail.send", inputs) == nil)
  }

  @Test func `dates are the calendar's`() {
    #expect(
      MailDate.text(of: Timestamp(seconds: 0))
        == "Thu, 01 Jan 1970 00:00:00 +0000".replacingOccurrences(of: " 01 ", with: " 1 "))
    #expect(MailDate.text(of: Timestamp(seconds: 951_782_400)) == "Tue, 29 Feb 2000 00:00:00 +0000")
    #expect(MailDate.text(of: Timestamp(seconds: -1)) == "Wed, 31 Dec 1969 23:59:59 +0000")
  }

  @Test
  func `a message that is in its place but not safe is a doubt, and sent again it is the same`()
    throws
  {
    let project = try TemporaryFolder.siteBuilder()
    let failing = Maildir(
      folder: ProjectFolder(project.path, syncEntries: { _ in false }), path: "outbox")
    for _ in 0..<2 {
      do {
        try failing.deliver(Array("x".utf8), named: "one")
        Issue.record("it was delivered")
      } catch {
        #expect(MailOperation.failure(error, connection: "c").kind == .lost)
      }
      #expect(project.files(in: "outbox/new") == ["one"])
    }
    let mended = Maildir(folder: ProjectFolder(project.path), path: "outbox")
    try mended.deliver(Array("x".utf8), named: "one")
    #expect(project.files(in: "outbox/new") == ["one"])
    // What never got there was not sent.
    let nowhere = Maildir(folder: ProjectFolder(project.path + "/none"), path: "outbox")
    do {
      try nowhere.deliver(Array("x".utf8), named: "one")
      Issue.record("it was delivered")
    } catch {
      #expect(MailOperation.failure(error, connection: "c").kind == .unavailable)
    }
  }
}
