import Documents
import SourceText
import Values
import Workflows

private let facts = ProjectFacts(
  people: [(id: "ana", roles: ["support"]), (id: "thandi", roles: ["support", "manager"])],
  calendars: ["za"], now: Timestamp(seconds: 1_795_000_000))

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager names an executable's entry so; it replaces libFuzzer's own.
@_cdecl("FuzzDocuments_main")
public func start(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, fuzz)
}

/// The bytes as a YAML file and as a JSON file: read, looked at from every side, and checked as a
/// workflow.
private func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  for path in ["input.yaml", "input.json"] {
    let file = SourceFile(path: path, bytes: bytes)
    let diagnostics = Diagnostics()
    let root = DocumentReader.read(file, into: diagnostics)
    precondition(root != nil || diagnostics.hasErrors, "nothing was read and nothing was said")
    if let root { look(at: root, file) }
    check(file)
  }
  return 0
}

/// Every place lies in the file, and every value can be asked for.
private func look(at node: Node, _ file: SourceFile) {
  precondition(isPlace(node.span, in: file), "a node outside of the file")
  switch node.content {
  case .scalar(let scalar):
    _ = scalar.resolved
    let length = scalar.text.utf8.count
    for range in [0..<length, length / 2..<length, 0..<min(1, length)] {
      precondition(isPlace(scalar.fileSpan(range), in: file), "a piece outside of the file")
    }
  case .sequence(let nodes): for node in nodes { look(at: node, file) }
  case .mapping(let members):
    for member in members {
      precondition(isPlace(member.key.span, in: file), "a key outside of the file")
      look(at: member.value, file)
    }
  }
}

private func isPlace(_ span: SourceSpan, in file: SourceFile) -> Bool {
  span.start >= 0 && span.start <= span.end && span.end <= file.bytes.count
}

private func check(_ file: SourceFile) {
  let diagnostics = Diagnostics()
  let workflow = Workflow.load(file: file, catalog: .builtIn, facts: facts, into: diagnostics)
  precondition((workflow == nil) == diagnostics.hasErrors, "no workflow and no error, or both")
  for finding in diagnostics.sorted {
    precondition(isPlace(finding.span, in: finding.file), "a finding outside of the file")
    _ = DiagnosticRenderer().render(finding)
  }
}
