import Actions
import SourceText
import TestSupport
import Testing
import Workflows

@testable import Plugins

/// What `validate` and `doctor` find in how people are told, before anybody is to be told.
@Suite struct NotificationCheckTests {
  private let project = TemporaryFolder()

  private func findings(
    _ notify: String, people: String = "ann: { name: Ann, email: ann@example.com, roles: [r] }",
    isAdvised: Bool = true
  ) throws -> [Diagnostic] {
    try project.write(
      """
      baton: 1
      people: { \(people) }
      environments:
        local:
          notify: \(notify)
          connections: { mail: { driver: maildir, folder: outbox } }
      """, to: "baton.yaml")
    try project.write(
      "driver: maildir\nkind: mail\nsettings: { folder: string }\n"
        + "maildir: ${{ settings.folder }}\noperations: { send: { message: { from: a@example.com, "
        + "to: [ { address: \"${{ inputs.to }}\" } ], subject: \"${{ inputs.subject }}\", "
        + "text: \"${{ inputs.text }}\" }, outputs: { message_id: \"${{ message.id }}\" } } }\n",
      to: "plugins/mail/maildir.yaml")
    let diagnostics = Diagnostics()
    let loaded = try project.load()
    loaded.checkNotification(
      catalog: loaded.catalog(into: diagnostics), isAdvised: isAdvised, into: diagnostics)
    return diagnostics.sorted
  }

  private func letter(_ with: String) -> String {
    "{ action: mail.send, with: { \(with) } }"
  }

  private let whole = #"to: "${{ person.email }}", subject: "${{ text }}", text: "${{ text }}""#

  @Test func `the contract of mail is built in, and its driver the project's`() throws {
    #expect(try findings(letter(whole)).map(\.message) == [])
    let loaded = try project.load()
    let diagnostics = Diagnostics()
    let catalog = loaded.catalog(into: diagnostics)
    loaded.checkDrivers(catalog: catalog, into: diagnostics)
    #expect(diagnostics.sorted.map(\.message) == [])
    #expect(
      try loaded.registry(catalog: catalog).operation(named: "mail.send").get().driver == "maildir")
  }

  @Test func `a call that is whole is fine, and may read the run and the step`() throws {
    let more =
      #", html: "${{ run.name + step.title + run.labels.who + step.?due_at.orValue('') }}""#
    #expect(try findings(letter(whole + more)).map(\.message) == [])
  }

  @Test func `what every message would fail with is found`() throws {
    let wrong: [(String, DiagnosticCode, String)] = [
      (letter(whole.replacing(" text:", with: " body:")), .unknownInput, "has no input `body`"),
      ("{ action: mail.send }", .missingInput, "needs the input `to`"),
      (
        letter(whole.replacing(#""${{ person.email }}""#, with: "person.email")), .inputMismatch,
        "`to`"
      ),
      (letter(whole.replacing(#"text: "${{ text }}""#, with: "text: 3")), .inputMismatch, "`text`"),
      ("{ action: mail.sned }", .unknownOperation, "unknown operation `mail.sned`"),
    ]
    for (notify, code, text) in wrong {
      let found = try findings(notify)
      #expect(
        found.contains { $0.code == code && $0.message.contains(text) },
        "\(notify): \(found.map { "\($0.code) \($0.message)" })")
    }
  }

  @Test func `what not every step has is read so that it may be absent`() throws {
    for name in ["due_at", "role"] {
      let found = try findings(
        letter(whole.replacing(#"text: "${{ text }}""#, with: "text: 'x ${{ step.\(name) }}'")))
      #expect(found.map(\.code) == [.mayBeAbsent])
      #expect(found.map(\.message) == ["`step.\(name)` is optional and may be absent"])
      let needed = try findings(
        letter(whole.replacing(#"text: "${{ text }}""#, with: "text: '${{ step.?\(name) }}'")))
      #expect(needed.map(\.code) == [.missingInput], "\(needed.map(\.message))")
      let asked = "text: \"${{ has(step.\(name)) ? step.\(name) : 'none' }}\""
      #expect(
        try findings(letter(whole.replacing(#"text: "${{ text }}""#, with: asked)))
          .map(\.message) == [])
    }
  }

  @Test func `a field that people do not have is found`() throws {
    let found = try findings(letter(whole.replacing("person.email", with: "person.mail")))
    #expect(found.map(\.message) == ["`person` has no field `mail`"])
  }

  @Test func `what is most likely meant otherwise is warned of`() throws {
    let bare = try findings(letter(whole.replacing(#"text: "${{ text }}""#, with: "text: run.id")))
    #expect(bare.map(\.code) == [.lookalike])
    let same = whole.replacing(
      #"text: "${{ text }}""#, with: #"text: "${{ run.id == run.id ? text : '' }}""#)
    #expect(try findings(letter(same)).map(\.code) == [.sameSides])
    #expect(try findings(letter(same), isAdvised: false).map(\.code) == [])
  }

  @Test func `who has no address is warned of where messages are sent to it`() throws {
    let people = "ann: { roles: [r] }, ben: { email: b@example.com, roles: [r] }, cy: { name: Cy }"
    let found = try findings(letter(whole), people: people)
    #expect(found.map(\.code) == [.unreachablePerson])
    #expect(found.map(\.message) == ["`ann` is told of nothing in the environment `local`"])
    let line = #"{ action: log.write, with: { message: "${{ person.name }}" } }"#
    #expect(try findings(line, people: people).map(\.message) == [])
    let guarded = letter(
      whole.replacing("person.email", with: "person.?email.orValue('office@example.com')"))
    #expect(try findings(guarded, people: people).map(\.message) == [])
  }
}
