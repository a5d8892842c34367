import Actions
import CEL
import Foundation
import Glibc
import SourceText
import TestSupport
import Testing
import Values

@testable import Plugins

@Suite(.timeLimit(.minutes(20))) struct SQLDriverTests {
  private let project = TemporaryFolder()

  private func setUp(
    operations: String, contract: String, file: String = "data/x.db", schema: String = "",
    setting: String? = nil
  ) throws {
    try project.write(
      "baton: 1\nenvironments: { local: { connections: { t: { driver: sqlite, "
        + (setting ?? "file: '\(file)'") + " } } } }\n", to: "baton.yaml")
    try project.write(
      "plugin: t\nversion: 1.0.0\nsummary: T\noperations:\n\(contract)", to: "plugins/t/plugin.yaml"
    )
    try project.write(
      "driver: sqlite\nkind: sql\nsettings: { file: string }\nfile: ${{ settings.file }}\n"
        + "schema: CREATE TABLE IF NOT EXISTS t (a TEXT UNIQUE, b INTEGER CHECK (b > 0)); \(schema)\n"
        + "operations:\n\(operations)", to: "plugins/t/sqlite.yaml")
  }

  private let addContract = """
      add:
        summary: Add
        effects: keyed
        inputs: { a: string, b: { type: integer, default: 1 } }
        outputs: { count: integer }
        errors: { taken: It is taken }

    """
  private let addOperation = """
      add:
        statements:
          - INSERT INTO t (a, b) VALUES (:a, :b)
          - SELECT count(*) AS count FROM t
        errors: [ { constraint: t.a, code: taken } ]
        outputs: { count: "${{ rows[0].count }}" }

    """

  @Test func `statements of an operation are one transaction`() async throws {
    try setUp(
      operations: """
          add:
            statements:
              - INSERT INTO t (a, b) VALUES (:a, 1)
              - INSERT INTO t (a, b) VALUES (:a || '2', :b)
            outputs: { count: "${{ changes }}" }

        """, contract: addContract)
    let registry = try project.registry()
    #expect(try await project.call(registry, "t.add", ["a": "x"])["count"] == 2)
    let failure = await project.failure(registry, "t.add", ["a": "y", "b": -1])
    #expect(failure?.kind == .definite && failure?.code == "constraint")
    let rows = try project.python(
      "import sqlite3; print(sqlite3.connect('data/x.db').execute('SELECT a FROM t').fetchall())")
    #expect(rows == "[('x',), ('x2',)]\n")
  }

  @Test func `a number that a run cannot have is text as it enters, or a failure, never nothing`()
    async throws
  {
    let look = { (sql: String) in
      """
          look:
            statements: [ "SELECT \(sql) AS v" ]
            outputs: { v: "${{ rows[0].v }}" }

      """
    }
    let contract = """
          look: { summary: Look, effects: none, outputs: { v: { optional: true } } }

      """
    try setUp(operations: look("9007199254740993"), contract: contract)
    #expect(
      try await project.call(try project.registry(), "t.look", [:])["v"] == "9007199254740993")
    try setUp(operations: look("9007199254740992"), contract: contract)
    #expect(
      try await project.call(try project.registry(), "t.look", [:])["v"] == 9_007_199_254_740_992)
    try setUp(operations: look("9e999"), contract: contract)
    let failure = await project.failure(try project.registry(), "t.look", [:])
    #expect(
      failure?.message.contains("a number that is not finite cannot be handed on") == true,
      "\(failure?.message ?? "-")")
  }

  @Test func `only a number is a truth value, and nothing is guessed of the rest`() async throws {
    let contract = """
          look: { summary: Look, effects: none, outputs: { v: boolean } }

      """
    for (sql, isTrue) in [("1", true), ("0", false), ("0.0", false), ("2", true)] {
      try setUp(operations: look(sql, as: "boolean"), contract: contract)
      let outputs = try await project.call(try project.registry(), "t.look", [:])
      #expect(outputs["v"]?.asBool == isTrue, "\(sql)")
    }
    for sql in ["'false'", "'0'", "'no'", "''", "'true'", "x'00'"] {
      try setUp(operations: look(sql, as: "boolean"), contract: contract)
      let failure = await project.failure(try project.registry(), "t.look", [:])
      #expect(failure?.code == "driver_error", "\(sql): \(failure?.message ?? "-")")
    }
  }

  private func look(_ sql: String, as type: String) -> String {
    """
        look:
          statements: [ "SELECT \(sql) AS v" ]
          columns: { v: \(type) }
          outputs: { v: "${{ rows[0].v }}" }

    """
  }

  @Test func `a violated constraint is the contract's error`() async throws {
    try setUp(operations: addOperation, contract: addContract)
    let registry = try project.registry()
    _ = try await project.call(registry, "t.add", ["a": "x"])
    let failure = await project.failure(registry, "t.add", ["a": "x"])
    #expect(failure?.code == "taken" && failure?.message == "It is taken")
    #expect(failure?.kind == .definite && failure?.canRetry == nil, "the contract is to say")
    try setUp(
      operations: addOperation.replacing("code: taken }", with: "code: taken, retry: false }"),
      contract: addContract)
    let final = await project.failure(try project.registry(), "t.add", ["a": "x"])
    #expect(final?.code == "taken" && final?.canRetry == false)
  }

  @Test func `a locked database is unavailable, and works again afterwards`() async throws {
    try setUp(operations: addOperation, contract: addContract)
    let registry = try project.registry()
    _ = try await project.call(registry, "t.add", ["a": "x"])
    let lock = try SQLiteDatabase(path: project.path + "/data/x.db")
    try lock.execute("BEGIN EXCLUSIVE")
    let failure = await project.failure(
      registry, "t.add", ["a": "y"], timeout: TimeSpan(seconds: 0, nanoseconds: 50_000_000))
    #expect(failure?.kind == .unavailable && failure?.canRetry == true)
    #expect(failure?.message == "the database `data/x.db` is locked by another program")
    lock.rollBack()
    #expect(try await project.call(registry, "t.add", ["a": "y"])["count"] == 2)
  }

  @Test func `a lock that is let go in time is waited for`() async throws {
    try setUp(operations: addOperation, contract: addContract)
    _ = try await project.call(try project.registry(), "t.add", ["a": "x"])
    // Only the thread below uses it once it holds the lock.
    nonisolated(unsafe) let lock = try SQLiteDatabase(path: project.path + "/data/x.db")
    try lock.execute("BEGIN EXCLUSIVE")
    let registry = try project.registry()
    // A thread of its own: those of the tests may all be busy.
    Thread.detachNewThread {
      for _ in 0..<1000 { sched_yield() }
      lock.rollBack()
    }
    let second = try await project.call(registry, "t.add", ["a": "y"])
    #expect(second["count"] == 2)
  }

  @Test func `a deleted database is made anew`() async throws {
    try setUp(operations: addOperation, contract: addContract)
    let registry = try project.registry()
    _ = try await project.call(registry, "t.add", ["a": "x"])
    try FileManager.default.removeItem(atPath: project.path + "/data")
    #expect(try await project.call(registry, "t.add", ["a": "x"])["count"] == 1)
  }

  @Test func `a file that is no database is unavailable`() async throws {
    try setUp(operations: addOperation, contract: addContract)
    try project.write(String(repeating: "not a database ", count: 100), to: "data/x.db")
    let failure = await project.failure(try project.registry(), "t.add", ["a": "x"])
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message.contains("no sound SQLite database") == true)
  }

  @Test(arguments: ["../x.db", "/tmp/x.db", ".baton/x.db", "link/x.db"])
  func `the database stays in the project`(file: String) async throws {
    symlink("/tmp", project.path + "/link")
    try setUp(operations: addOperation, contract: addContract, file: file)
    let failure = await project.failure(try project.registry(), "t.add", ["a": "x"])
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message.contains("outside of the project") == true)
  }

  @Test func `an operation without effects cannot change anything`() async throws {
    try setUp(
      operations: """
          look:
            statements: [ "INSERT INTO t (a) VALUES ('x') RETURNING a" ]
            outputs: { a: "${{ rows[0].a }}" }

        """,
      contract: """
          look: { summary: Look, effects: none, inputs: {}, outputs: { a: string } }

        """)
    let failure = await project.failure(try project.registry(), "t.look")
    #expect(failure?.kind == .unavailable && failure?.code == "driver_error")
    #expect(
      failure?.message.hasPrefix("the contract of `look` says `effects: none`") == true,
      "\(failure?.message ?? "-")")
  }

  @Test func `an answer that the contract does not allow is not committed`() async throws {
    try setUp(
      operations: """
          add:
            statements: [ "INSERT INTO t (a, b) VALUES (:a, :b) RETURNING a" ]
            outputs: { count: "${{ rows[0].a }}" }

        """, contract: addContract)
    let registry = try project.registry()
    let failure = await project.failure(registry, "t.add", ["a": "x"])
    #expect(failure?.kind == .unavailable && failure?.code == "driver_error")
    let rows = try project.python(
      "import sqlite3; print(sqlite3.connect('data/x.db').execute('SELECT a FROM t').fetchall())")
    #expect(rows == "[]\n")
  }

  @Test(arguments: [
    "outputs: { count: \"${{ rows[5].a }}\" }",
    "errors: [ { when: \"rows[5].a == 'x'\", code: taken } ]",
  ])
  func `an expression that fails when the answer is read is named, and nothing is committed`(
    reading: String
  ) async throws {
    try setUp(
      operations: """
          add:
            statements: [ "INSERT INTO t (a, b) VALUES (:a, :b) RETURNING a" ]
            \(reading)

        """, contract: addContract)
    let failure = await project.failure(try project.registry(), "t.add", ["a": "x"])
    #expect(failure?.kind == .unavailable && failure?.code == "driver_error")
    #expect(failure?.message.contains("plugins/t/") == true, "\(failure?.message ?? "-")")
    #expect(failure?.hint?.contains("was rolled back") == true)
    let rows = try project.python(
      "import sqlite3; print(sqlite3.connect('data/x.db').execute('SELECT a FROM t').fetchall())")
    #expect(rows == "[]\n")
  }

  @Test func `wrong statements and unknown parameters are unavailable with the reason`()
    async throws
  {
    for statement in ["SELEC 1", "SELECT :nothing", "SELECT ?1", "SELECT * FROM nowhere"] {
      try setUp(
        operations: "  add:\n    statements: [ '\(statement)' ]\n", contract: addContract)
      let failure = await project.failure(try project.registry(), "t.add", ["a": "x"])
      #expect(failure?.kind == .unavailable && failure?.code == "driver_error", "\(statement)")
    }
  }

  @Test func `endless statements end with the attempt's time`() async throws {
    try setUp(
      operations: """
          add:
            statements:
              - WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n

        """, contract: addContract)
    let failure = await project.failure(
      try project.registry(), "t.add", ["a": "x"],
      timeout: TimeSpan(seconds: 0, nanoseconds: 100_000_000))
    #expect(failure?.kind == .definite && failure?.code == "timeout")
  }

  @Test func `a missing setting names the connection`() async throws {
    try setUp(operations: addOperation, contract: addContract, setting: "fil: x")
    let failure = await project.failure(try project.registry(), "t.add", ["a": "x"])
    #expect(failure?.kind == .unavailable && failure?.code == "setting")
    #expect(failure?.message.contains("`t`") == true)
  }

  @Test func `secrets are found in three places, late, and redacted`() async throws {
    let credentials = project.path + "/credentials"
    try project.write("from-file-123\n", to: "credentials/B")
    let store = SecretStore(
      command: ["printf", "%s\\n", "printed-{name}"], folder: project.path,
      variable: { name in
        ["A": "from-environment", "CREDENTIALS_DIRECTORY": credentials, "PATH": "/usr/bin:/bin"][
          name
        ].map { Array($0.utf8) }
      })
    #expect(store.revealed.isEmpty)
    #expect(try store.value(named: "A") == "from-environment")
    #expect(try store.value(named: "B") == "from-file-123")
    #expect(try store.value(named: "C") == "printed-C")
    #expect(Set(store.revealed) == ["from-environment", "from-file-123", "printed-C"])
    #expect(throws: (any Error).self) { try store.value(named: "../A") }
    #expect(throws: (any Error).self) { try SecretStore(folder: "/").value(named: "NOT_SET_X") }
  }

  @Test func `a secret that is not UTF-8 is refused, and not shown`() throws {
    let credentials = project.path + "/credentials"
    try project.write("", to: "credentials/OTHER")
    try Data("pa\u{DF}wort".unicodeScalars.map { UInt8($0.value) })
      .write(to: URL(filePath: credentials + "/B"))
    let store = SecretStore(
      command: ["printf", #"pa\337wort"#], folder: project.path,
      variable: { name in
        switch name {
        case "A": [0x70, 0x61, 0xDF]
        case "CREDENTIALS_DIRECTORY": Array(credentials.utf8)
        case "PATH": Array("/usr/bin:/bin".utf8)
        default: nil
        }
      })
    for name in ["A", "B", "C"] {
      let error = #expect(throws: EvaluationError.self) { try store.value(named: name) }
      #expect(error?.message == "the secret `\(name)` is not UTF-8 text")
    }
    #expect(store.revealed.isEmpty)
  }

  @Test func `what is not UTF-8 is bytes: handed on as text it is refused before the commit`()
    async throws
  {
    let statements = """
          statements:
            - INSERT INTO t (a, b) VALUES (:a, :b)
            - SELECT x'00ff80' AS blob, CAST(x'636166e9' AS TEXT) AS name, x'616263' AS letters
      """
    let contract = addContract.replacing(
      "outputs: { count: integer }", with: "outputs: { text: string }")
    for column in ["blob", "name"] {
      try setUp(
        operations: """
            add:
          \(statements)
              outputs: { text: "${{ rows[0].\(column) }}" }

          """, contract: contract)
      let failure = await project.failure(try project.registry(), "t.add", ["a": "x"])
      #expect(failure?.kind == .unavailable && failure?.code == "driver_error")
      #expect(failure?.message.contains("base64.encode") == true, "\(failure?.message ?? "-")")
    }
    let text = "${{ rows[0].letters + ' ' + base64.encode(rows[0].blob) }}"
    try setUp(
      operations: """
          add:
        \(statements)
            outputs: { text: "\(text)" }

        """, contract: contract)
    let outputs = try await project.call(try project.registry(), "t.add", ["a": "x"])
    #expect(outputs["text"] == "abc AP+A", "what could not be handed on left no row behind")
  }

  @Test func `a secret in a setting never shows in a failure`() async throws {
    try setUp(
      operations: addOperation, contract: addContract,
      setting: "file: \"${{ secret('BATON_TEST_FILE') }}\"")
    setenv("BATON_TEST_FILE", "../s3cret-place/x.db", 1)
    let registry = try project.registry()
    let failure = await project.failure(registry, "t.add", ["a": "x"])
    #expect(failure?.kind == .unavailable)
    #expect(failure?.message.contains("s3cret") == false)
    #expect(registry.secrets == ["../s3cret-place/x.db"])
  }
}
