import SourceText
import Testing
import Values

@testable import Workflows

@Suite struct WorkflowComparisonTests {
  private static let head = "baton: 1\nid: sample\nname: A sample\nversion: 1.0.0\n"

  private func load(_ body: String) throws -> Workflow {
    let diagnostics = Diagnostics()
    let file = SourceFile(path: "sample.yaml", text: Self.head + body)
    let workflow = Workflow.load(file: file, catalog: .builtIn, into: diagnostics)
    return try #require(workflow, "\(diagnostics.sorted.map(\.message))")
  }

  private func differences(_ old: String, _ new: String) throws -> [WorkflowDifference] {
    WorkflowComparison(from: try load(old), to: try load(new)).differences
  }

  private func shown(_ old: String, _ new: String) throws -> [String] {
    try differences(old, new).map { difference in
      let what =
        switch difference.change {
        case .added: "added"
        case .removed: "removed"
        case .changed(let key, _, _): "changed \(key)"
        case .moved: "moved"
        }
      return "\(difference.subject) \(what)"
    }
  }

  @Test func `layout, order of keys and short forms make no difference`() throws {
    let old = """
      inputs: { a: string }
      steps:
        - { id: one, name: One, set: { x: "${{ inputs.a }}" } }
      """
    let new = """
      inputs:
        a:
          type: string
      steps:
        - set:
            x: ${{ inputs.a }}
          name: One
          id: one
      """
    #expect(try differences(old, new).isEmpty)
  }

  @Test func `a list that is written out counts by what it holds`() throws {
    func loop(_ list: String) -> String {
      "steps: [ { id: each, for_each: { in: \(list), steps: [ { id: a, set: { x: 1 } } ] } } ]\n"
    }
    #expect(try differences(loop("[ { e: a }, b ]"), loop("[{e: 'a'}, \"b\"]")).isEmpty)
    #expect(try differences(loop("[ a, b ]"), loop("[ b, a ]")).count == 1)
  }

  private static let loop = """
    inputs: { users: { type: array, items: { type: object, properties: { name: { type: string }, n: { type: integer } }, required: [name, n] } } }
    steps:
      - id: each
        for_each:
          in: inputs.users
          as: user
          collect: "${{ {'user': user.name}.user }}"
          steps:
            - id: greet
              if: user.n > 2 && user.name != 'user'
              preconditions: [ { check: user.n > 3, message: "A user, ${{ user.name }}" } ]
              action: log.write
              with: { message: "The user ${{ user.name }} and ${{ {'user': user.n}['user'] }}" }
            - id: inner
              for_each:
                in: "[user.n, 2]"
                as: user
                steps: [ { id: add, set: { n: "${{ user + 1 }}" } } ]
    """

  private func authorDifferences(_ old: String, _ new: String) throws -> [String] {
    WorkflowComparison(from: try load(old), to: try load(new), isForAuthors: true).differences
      .map { difference in
        guard case .changed(let key, let from, let to) = difference.change else { return "other" }
        return "\(difference.subjectWords) \(key): \(from?.asString ?? "") → \(to?.asString ?? "")"
      }
  }

  @Test func `an item of a loop that has another name is one difference for authors`() throws {
    let new = Self.loop.replacing(
      "as: user\n      collect", with: "as: client\n      collect"
    )
    .replacing("{'user': user.name}.user", with: "{'user': client.name}.user")
    .replacing("user.n > 2 && user.name", with: "client.n > 2 && client.name")
    .replacing("check: user.n", with: "check: client.n")
    .replacing("A user, ${{ user.name }}", with: "A user, ${{ client.name }}")
    .replacing("user ${{ user.name }}", with: "user ${{ client.name }}")
    .replacing("{'user': user.n}", with: "{'user': client.n}")
    .replacing("[user.n, 2]", with: "[client.n, 2]")
    #expect(try authorDifferences(Self.loop, new) == ["step `each` for_each.as: user → client"])
    #expect(try differences(Self.loop, new).count == 6)
  }

  @Test func `what is else changed in a loop whose item has another name is told`() throws {
    let old = """
      steps:
        - id: each
          for_each:
            in: "[1, 2]"
            as: user
            steps: [ { id: one, set: { a: "user ${{ user }}", b: "${{ user + 1 }}" } } ]
      """
    let new = old.replacing("as: user", with: "as: client")
      .replacing("user ${{ user }}", with: "client ${{ client }}")
      .replacing("user + 1", with: "client + 2")
    #expect(
      try authorDifferences(old, new) == [
        "step `each` for_each.as: user → client",
        "step `one` set.a: user ${{ user }} → client ${{ client }}",
        "step `one` set.b: ${{ user + 1 }} → ${{ client + 2 }}",
      ])
  }

  @Test func `says what was added, removed and changed`() throws {
    let old = """
      inputs: { a: string, gone: { type: string, optional: true } }
      steps:
        - { id: one, set: { x: "1" } }
        - { id: two, set: { y: "2" } }
      """
    let new = """
      inputs: { a: { type: string, minLength: 2 }, more: { type: string, default: x } }
      steps:
        - { id: one, set: { x: "3" } }
        - { id: three, set: { z: "1" } }
      outputs: { x: "${{ steps.one.outputs.x }}" }
      """
    #expect(
      try shown(old, new) == [
        "input(\"gone\") removed", "input(\"a\") changed minLength", "input(\"more\") added",
        "step(\"two\") removed", "step(\"one\") changed set.x", "step(\"three\") added",
        "output(\"x\") added",
      ])
  }

  @Test func `names the fewest steps that changed places`() throws {
    let old = steps(["a", "b", "c", "d"])
    let new = steps(["b", "c", "a", "d"])
    let found = try differences(old, new)
    #expect(
      found == [
        WorkflowDifference(
          workflow: "sample", subject: .step("a"),
          change: .moved(
            from: StepPosition(list: .main, after: nil), to: StepPosition(list: .main, after: "c")))
      ])
  }

  @Test func `a step that goes into a section has moved`() throws {
    let old =
      "steps:\n  - { id: a, set: { x: 1 } }\n  - { id: s, steps: [ { id: b, set: { x: 1 } } ] }\n"
    let new =
      "steps:\n  - { id: s, steps: [ { id: a, set: { x: 1 } }, { id: b, set: { x: 1 } } ] }\n"
    #expect(try shown(old, new) == ["step(\"a\") moved"])
  }

  @Test func `an inherited undo belongs to the contract, not to each step`() throws {
    let workflow = try load(
      "steps:\n  - { id: a, action: files.write, with: { path: a.txt, content: x } }\n")
    let facets = try #require(workflow.step(named: "a")).facets.map(\.key)
    #expect(facets == ["kind", "action", "with.path", "with.content"])
  }

  @Test func `a silenced warning is a difference for those who ask for it`() throws {
    let old = """
      allow: { B1502: it comes when it comes, B1503: for the record }
      steps:
        - { id: a, ask: { fields: { x: string } }, allow: { B1502: they answer in time } }
        - { id: b, set: { x: 1 } }
      """
    let new = old.replacing("it comes when", with: "nobody knows when")
      .replacing(", B1503: for the record", with: "")
      .replacing("set: { x: 1 }", with: "set: { x: 1 }, allow: { B1503: kept }")
    let (before, after) = (try load(old), try load(new))
    #expect(WorkflowComparison(from: before, to: after).isEmpty)
    let found = WorkflowComparison(from: before, to: after, isForAuthors: true).differences
    #expect(
      found.map { "\($0.subjectWords): \($0.changeWords)" } == [
        "workflow `sample`: `allow.B1503` removed", "workflow `sample`: `allow.B1502` changed",
        "step `b`: `allow.B1503` added",
      ])
  }

  private func steps(_ ids: [String]) -> String {
    "steps:\n" + ids.map { "  - { id: \($0), set: { x: 1 } }\n" }.joined()
  }

  // MARK: Calendars

  private func reckoning(by calendar: String, _ body: String = "") throws -> Workflow {
    let diagnostics = Diagnostics()
    let days = SourceFile(path: "calendars/za.yaml", text: calendar)
    let file = try #require(CalendarFile.decode(days, name: "za", into: diagnostics))
    let text =
      Self.head + "calendar: za\nsteps:\n  - { id: hold, wait: 2 business hours }\n" + body
    let workflow = Workflow.load(
      file: SourceFile(path: "sample.yaml", text: text),
      catalog: Catalog(calendars: ["za": file]), into: diagnostics)
    return try #require(workflow, "\(diagnostics.sorted.map(\.message))")
  }

  @Test func `a calendar of another content is a difference, one of another layout is none`() throws
  {
    let old = try reckoning(
      by: "name: Z\ntime_zone: UTC\nhours: { weekdays: 08:00-17:00 }\nholidays: [2026-12-25]\n")
    let new = try reckoning(
      by: """
        time_zone: UTC
        name: Z
        hours: { weekdays: [08:00-12:00, 13:00-17:00], friday: 08:00-17:00 }
        holidays: { 2026-12-26: Goodwill, 2026-12-25: Christmas }
        """)
    let differences = WorkflowComparison(from: old, to: new).differences
    #expect(differences.allSatisfy { $0.subject == .calendar("za") })
    let changed = differences.compactMap { difference -> String? in
      if case .changed(let key, _, _) = difference.change { key } else { nil }
    }
    #expect(
      changed == [
        "hours.monday", "hours.tuesday", "hours.wednesday", "hours.thursday", "holidays",
      ])
    let same = try reckoning(
      by: """
        holidays: { 2026-12-25: Christmas }
        hours: { weekdays: 08:00-17:00 }
        name: Z
        time_zone: UTC
        """)
    #expect(WorkflowComparison(from: old, to: same).isEmpty)
  }
}
