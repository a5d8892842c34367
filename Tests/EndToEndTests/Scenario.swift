import Foundation
import TestSupport
import Testing

/// A folder of its own, files in it, and calls of the binary, as one readable chain.
///
///     try Scenario()
///       .file("hello.yaml", "…")
///       .baton("run", "hello.yaml", exits: 0, prints: "run RUN: succeeded\n")
///
/// What differs from run to run is replaced in the output before it is compared: run ids by `RUN`,
/// hashes by `HASH`, moments by `MOMENT`, lengths of time by `SPAN`. `RUN` in an argument is the
/// run that was started last.
final class Scenario {
  /// `$BATON_BINARY`, or the binary in the folder that the tests were built into.
  static let binary: String? = {
    if let path = ProcessInfo.processInfo.environment["BATON_BINARY"] { return path }
    let built = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    return [built, built.deletingLastPathComponent()].map { $0.appending(path: "baton").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  private let temporary = TemporaryFolder()
  var folder: URL { temporary.url }
  private(set) var output = ""
  private(set) var errors = ""
  private var run: String?
  private var token: String?

  /// Writes a file, with the folders above it.
  @discardableResult
  func file(_ path: String, _ text: String) throws -> Scenario {
    try temporary.write(text, to: path)
    return self
  }

  /// Goes on as whoever has a token; nil: as the user of the machine.
  @discardableResult
  func signedIn(as token: String?) -> Scenario {
    self.token = token
    return self
  }

  /// Does something else in between.
  @discardableResult
  func then(_ body: (Scenario) throws -> Void) throws -> Scenario {
    try body(self)
    return self
  }

  /// Calls the binary and compares.
  @discardableResult
  func baton(
    _ arguments: String..., exits code: Int32 = 0, prints wanted: String? = nil,
    complains complaint: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Scenario {
    let status = try call(arguments)
    #expect(status == code, "\(arguments): \(output)\(errors)", sourceLocation: sourceLocation)
    if let wanted {
      #expect(stable(output) == wanted, sourceLocation: sourceLocation)
    }
    if let complaint {
      #expect(stable(errors).contains(complaint), sourceLocation: sourceLocation)
    }
    return self
  }

  /// Compares what a file holds now.
  @discardableResult
  func holds(
    _ path: String, _ wanted: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Scenario {
    let found = try text(path)
    #expect(found == wanted, sourceLocation: sourceLocation)
    return self
  }

  /// Runs lines of a shell in the folder, with the binary as `$BATON` and the run as `$RUN`; its exit
  /// code, its output in ``output``.
  @discardableResult
  func shell(_ script: String) throws -> Int32 {
    let arguments = ["-c", script]
    return try launch(
      URL(filePath: "/bin/sh"), arguments,
      environment: ["BATON": try #require(Self.binary), "RUN": run ?? ""])
  }

  /// Calls the binary, whatever its exit code.
  func exitCode(_ arguments: String...) throws -> Int32 { try call(arguments) }

  /// Gives the folder the project's own `baton.yaml` and plugins.
  @discardableResult
  func project() throws -> Scenario {
    for name in ["baton.yaml", "calendars", "plugins"] {
      try FileManager.default.copyItem(
        at: Repository.root.appending(path: name), to: folder.appending(path: name))
    }
    return self
  }

  func move(_ path: String, to other: String) throws {
    try FileManager.default.moveItem(
      at: folder.appending(path: path), to: folder.appending(path: other))
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// Every byte of every file below `.baton`.
  func recordedBytes() throws -> Data {
    var bytes = Data()
    let root = folder.appending(path: ".baton")
    let files = try #require(FileManager.default.enumerator(atPath: root.path))
    for case let path as String in files {
      bytes.append((try? Data(contentsOf: root.appending(path: path))) ?? Data())
    }
    return bytes
  }

  /// What the last call printed, parsed.
  func json() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
    return try #require(value as? [String: Any])
  }

  /// The folder of the run that was started last.
  func runFolder() throws -> URL {
    folder.appending(path: ".baton/runs").appending(path: try #require(run))
  }

  /// Calls the binary, whatever its exit code.
  @discardableResult
  func call(_ arguments: [String]) throws -> Int32 {
    let status = try launch(
      URL(filePath: try #require(Self.binary)), arguments.map { $0 == "RUN" ? run ?? $0 : $0 },
      environment: token.map { ["BATON_TOKEN": $0] } ?? [:])
    noteRun()
    return status
  }

  private func noteRun() {
    if let id = (output + errors).firstMatch(of: /\d{8}-[a-z0-9]{6}/) { run = String(id.output) }
  }

  private static let player = Repository.root
    .appending(path: "scripts/play_terminal.py").path

  /// Calls the binary on a terminal of its own and types; its exit code, what stood on the terminal in
  /// ``output``. `$RUN` in the command is the run that was started last.
  @discardableResult
  func play(_ command: String, typing keys: [Keys]) throws -> Int32 {
    try file("answers.json", String(decoding: try JSONEncoder().encode(keys), as: UTF8.self))
    let status = try shell(
      "NO_COLOR=1 python3 \(Self.player) \"$(cat answers.json)\" \"$BATON\" \(command)")
    output = output.replacing("\r\n", with: "\n")
    noteRun()
    return status
  }

  private func launch(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Int32 {
    let streams = ["stdout", "stderr"].map { folder.appending(path: ".\($0)") }
    let status = try Launch(
      program: program.path, arguments: arguments,
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "TERM": "dumb"]
        .merging(environment) { $1 },
      folder: folder.path, output: streams[0].path, errors: streams[1].path
    ).run()
    output = try String(contentsOf: streams[0], encoding: .utf8)
    errors = try String(contentsOf: streams[1], encoding: .utf8)
    return status
  }

  private func stable(_ text: String) -> String {
    text.replacing(/\d{8}-[a-z0-9]{6}/, with: "RUN")
      .replacing(/\b[0-9a-f]{64}\b/, with: "HASH")
      .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d\.\d{3})? [+-]\d\d:\d\d/, with: "MOMENT")
      .replacing(/\b\d+(\.\d)? (ms|s)\b/, with: "SPAN")
      .replacing("SPAN ago", with: "AGO").replacing("just now", with: "AGO")
  }
}
