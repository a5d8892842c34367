import Actions
import Foundation
import SourceText
import TestSupport
import Testing
import Values
import Workflows

@testable import Plugins

@Suite struct ProjectTests {
  private let project = TemporaryFolder()

  private func findings(_ text: String) throws -> [String] {
    try project.write(text, to: "baton.yaml")
    let diagnostics = Diagnostics()
    #expect(Project.load(from: project.path, into: diagnostics) == nil)
    return diagnostics.sorted.map { "\($0.code.text) \($0.message)" }
  }

  @Test func `is found from a folder inside it`() throws {
    try project.write("baton: 1\nproject: p\n", to: "baton.yaml")
    try project.write("", to: "a/b/c.yaml")
    let diagnostics = Diagnostics()
    let found = Project.load(from: project.path + "/a/b", into: diagnostics)
    #expect(found?.root == project.path && found?.name == "p")
  }

  @Test func `a folder without a file has what is built in`() async throws {
    let loaded = try project.load()
    #expect(loaded.defaultEnvironment == "local" && loaded.people.isEmpty)
    let registry = try project.registry()
    let outputs = try await project.call(registry, "password.generate", ["length": 12])
    #expect(outputs["password"]?.asString?.count == 12)
  }

  @Test func `a contract with another name than its folder is left out, and said`() throws {
    try project.write(
      "baton: 1\nenvironments: { local: { connections: { p: { driver: d }, mail: { driver: d } } } }\n",
      to: "baton.yaml")
    try project.write("plugin: q\n", to: "plugins/p/plugin.yaml")
    try project.write("plugin: mail\n", to: "plugins/mail/plugin.yaml")
    let diagnostics = Diagnostics()
    let catalog = try project.load().catalog(into: diagnostics)
    #expect(
      diagnostics.sorted.map(\.message) == ["the plugin in the folder `p` calls itself `q`"])
    #expect(catalog.connection(named: "p") == nil)
    #expect(catalog.environmentConnections == ["mail"])
  }

  @Test func `without a connection for it there is no mail`() throws {
    #expect(try project.load().catalog(into: Diagnostics()).connection(named: "mail") == nil)
    let siteBuilder = try TemporaryFolder.siteBuilder().load()
    #expect(siteBuilder.catalog(into: Diagnostics()).operation(named: "mail.send") != nil)
  }

  @Test func `people, environments and the default are read`() throws {
    let loaded = try TemporaryFolder.siteBuilder().load()
    #expect(loaded.name == "site-builder" && loaded.environments.map(\.name) == ["local"])
    #expect(loaded.person(named: "thandi")?.roles == ["support"])
    #expect(loaded.roles.contains("operations_manager"))
    #expect(loaded.environment(named: "local")?.connection(named: "mail")?.driver == "maildir")
  }

  @Test func `mistakes are all reported, with what is allowed`() throws {
    let found = try findings(
      """
      baton: 2
      projekt: x
      people: { ana: { name: Ana, rolls: [a] } }
      default_environment: lokal
      environments:
        local:
          connections:
            a: { file: x }
            b: { driver: ../../etc/passwd }
            c: { driver: sqlite, token: "${{ secrets('A') }}" }
      """)
    #expect(found.contains("B2201 this baton reads version 1 of the language"))
    #expect(found.contains("B2202 `baton.yaml` has no key `projekt`"))
    #expect(found.contains("B2202 a person has no key `rolls`"))
    #expect(found.contains("B2201 there is no environment `lokal`"))
    #expect(found.contains("B2201 the connection `a` has no driver"))
    #expect(
      found.contains(
        "B2201 names of connections, plugins and drivers are letters, digits, `_` and `-`"))
    #expect(found.contains { $0.hasPrefix("B2104 ") })
    #expect(found.count == 7)
  }

  @Test func `whatever is missing is an answer with a hint`() async throws {
    try project.write(
      """
      baton: 1
      environments:
        local:
          connections:
            nothing: { driver: sqlite }
            half: { driver: sqlite }
            broken: { driver: bad }
            later: { driver: web }
      """, to: "baton.yaml")
    let contract =
      "plugin: x\nversion: 1.0.0\nsummary: X\noperations:\n  go: { summary: Go, inputs: {}, outputs: {} }\n"
    for name in ["half", "broken", "later"] {
      try project.write(
        contract.replacingOccurrences(of: "plugin: x", with: "plugin: \(name)"),
        to: "plugins/\(name)/plugin.yaml")
    }
    try project.write("driver: bad\nkind: sqll\n", to: "plugins/broken/bad.yaml")
    try project.write("driver: web\nkind: http\n", to: "plugins/later/web.yaml")
    let loaded = try project.load()
    let diagnostics = Diagnostics()
    let catalog = loaded.catalog(into: diagnostics)
    #expect(diagnostics.sorted.map(\.code.text) == ["B2203"])
    let registry = loaded.registry(catalog: catalog)
    let codes = [
      "nothing.go": "missing_plugin", "half.go": "missing_driver", "half.stop": "unknown_operation",
      "broken.go": "driver_error", "later.go": "driver_error", "none.go": "unknown_connection",
      "mail.send": "unknown_connection", "nonsense": "unknown_operation",
    ]
    for (name, code) in codes {
      let failure = await project.failure(registry, name)
      #expect(failure?.kind == .unavailable && failure?.code == code, "\(name)")
      #expect(failure?.message.isEmpty == false)
    }
    try project.write(
      "driver: sqlite\nkind: command\noperations: { go: { run: [\"true\"] } }\n",
      to: "plugins/half/sqlite.yaml")
    #expect(await project.failure(registry, "half.go") == nil)
  }

  @Test func `an unknown environment has no operations`() async throws {
    let loaded = try TemporaryFolder.siteBuilder().load()
    let registry = loaded.registry(environment: "production", catalog: Catalog.builtIn)
    let failure = await project.failure(registry, "mail.send")
    #expect(failure?.code == "unknown_environment")
    #expect(failure?.hint == "it has local")
  }

  @Test func `drivers are checked against contract and settings`() throws {
    try project.write(
      "baton: 1\nenvironments: { local: { connections: { t: { driver: s, fil: x } } } }\n",
      to: "baton.yaml")
    try project.write(
      "plugin: t\nversion: 1.0.0\nsummary: T\noperations:\n  go: { summary: Go, inputs: { a: string }, outputs: { b: string } }\n",
      to: "plugins/t/plugin.yaml")
    try project.write(
      """
      driver: s
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        go:
          statement: [ SELECT 1 ]
          outputs: { c: "${{ inputs.z }}", b: "${{ rows[0 }}" }
        stop:
          statements: [ SELECT 1 ]
      """, to: "plugins/t/s.yaml")
    let loaded = try project.load()
    let diagnostics = Diagnostics()
    let catalog = loaded.catalog(into: diagnostics)
    loaded.checkDrivers(catalog: catalog, into: diagnostics)
    let codes = diagnostics.sorted.map(\.code.text)
    #expect(Set(codes) == ["B2101", "B2102", "B2104", "B2105", "B2205"])
    #expect(diagnostics.sorted.contains { $0.message == "`go` has no output `c`" })
  }

  @Test func `an expression of a driver that names no input is told which there are`() throws {
    try project.write(
      """
      plugin: shop
      version: 1.0.0
      summary: The shop
      operations:
        find:
          summary: Find an order
          effects: none
          inputs: { order_id: string }
          outputs: {}
      """, to: "plugins/shop/plugin.yaml")
    try project.write(
      """
      driver: program
      kind: command
      settings: {}
      operations:
        find: { run: [echo, "${{ inputs.oder }}", "${{ settings.x }}"] }
      """, to: "plugins/shop/program.yaml")
    try project.write(
      """
      baton: 1
      environments: { local: { connections: { shop: { driver: program } } } }
      """, to: "baton.yaml")
    let diagnostics = Diagnostics()
    let loaded = try #require(Project.load(from: project.path, into: diagnostics))
    let catalog = loaded.catalog(into: diagnostics)
    loaded.checkDrivers(catalog: catalog, into: diagnostics)
    let found = diagnostics.sorted.filter { $0.code == .driverExpression }
    #expect(
      found.map(\.message) == [
        "`inputs` has no field `oder`", "`settings` has no field `x`",
      ])
    #expect(found.map(\.label) == ["it has `order_id`", "it has none"])
  }

  @Test func `a driver that puts a value into the script of a shell is refused`() throws {
    try project.write(
      "plugin: shop\nsummary: X\noperations:\n"
        + "  bad: { summary: B, inputs: { s: string }, outputs: {} }\n"
        + "  good: { summary: G, inputs: { s: string }, outputs: {} }\n",
      to: "plugins/shop/plugin.yaml")
    try project.write(
      """
      driver: program
      kind: command
      operations:
        bad: { run: [env, sh, -ec, "echo ${{ inputs.s }}"] }
        good: { run: [sh, -c, 'echo "$1"', sh, "${{ inputs.s }}"] }
      """, to: "plugins/shop/program.yaml")
    try project.write(
      """
      baton: 1
      environments:
        local:
          notify: { action: command.run, with: { command: [sh, -c, "say '${{ text }}'"] } }
          connections: { shop: { driver: program } }
      """, to: "baton.yaml")
    let diagnostics = Diagnostics()
    let loaded = try #require(Project.load(from: project.path, into: diagnostics))
    let catalog = loaded.catalog(into: diagnostics)
    loaded.checkDrivers(catalog: catalog, into: diagnostics)
    loaded.checkNotification(catalog: catalog, into: diagnostics)
    let found = diagnostics.sorted.filter { $0.code == .valueInScript }
    #expect(found.count == 2)
    let written = "[sh, -c, 'echo \"$1\"', sh, \"${{ inputs.s }}\"]"
    #expect(found.contains { $0.help?.contains(written) == true })
    #expect(found.contains { $0.help?.contains("\"${{ text }}\"") == true })
  }

  @Test func `templates end where the expression ends`() throws {
    try project.write(
      """
      baton: 1
      environments:
        local:
          notify:
            action: log.write
            with:
              a: "${{ {'a': {'b': text}}.a.b }} and ${{ '}}' }} $${{ x }}"
              b: ${{ [text] }}
              c: ${{ person.?phone }}
              d: 3
      """, to: "baton.yaml")
    let notification = try #require(project.load().environments.first?.notification)
    let person = Person(id: "p", name: "P", email: nil, roles: [])
    let inputs = try notification.inputs(for: person, text: "${{ evil }}")
    #expect(
      inputs
        == ["a": "${{ evil }} and }} ${{ x }}", "b": ["${{ evil }}"], "d": 3])
  }
}
