import Documents
import Glibc
import SourceText
import TestSupport
import Testing
import TimeZones
import Values

@testable import Workflows

func contents(of path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
    bytes += buffer[..<count]
  }
  return bytes
}

/// The contracts under `plugins` of the project.
let projectCatalog: Catalog = {
  var connections: [String: PluginContract] = [:]
  let names = [
    "bookings", "businesses", "chat", "crm", "dashboards", "domains", "forms", "identity",
    "invoices",
    "mail", "payments", "site", "sso", "telephony", "tenants", "tickets", "users",
  ]
  for name in names {
    let path = "plugins/\(name)/plugin.yaml"
    guard let bytes = contents(of: "\(Repository.path)/\(path)") else { continue }
    connections[name] = PluginContract.decode(
      SourceFile(path: path, bytes: bytes), into: Diagnostics())
  }
  connections["sms_mail"] = connections["mail"]
  let short = SourceFile(
    path: "calendars/short.yaml",
    text: "time_zone: UTC\nhours: { weekdays: 09:00-17:00 }\nholidays: [2026-12-25]\n")
  return Catalog(
    connections,
    calendars: CalendarFile.decode(short, name: "short", into: Diagnostics()).map {
      ["short": $0]
    } ?? [:])
}()

/// The workflows beside the one that calls them.
let projectWorkflows = WorkflowSource { reference, caller in
  let folder = caller.path.split(separator: "/").dropLast().joined(separator: "/")
  for ending in ["yaml", "json"] {
    let path = "\(folder)/\(reference).\(ending)"
    if let bytes = contents(of: "\(Repository.path)/\(path)") {
      return SourceFile(path: path, bytes: bytes)
    }
  }
  return nil
}

/// A contract with something of everything, for the tests.
let shop: PluginContract? = PluginContract.decode(
  SourceFile(
    path: "plugins/shop/plugin.yaml",
    text: """
      plugin: shop
      version: 1.0.0
      summary: The shop
      operations:
        find:
          summary: Find an order
          effects: none
          inputs: { order_id: string }
          outputs:
            status: string
            amount: number
            items: { type: array, items: { type: string } }
            note: { type: string, optional: true }
        charge:
          summary: Charge the customer
          effects: once
          inputs:
            amount: number
            currency: { type: string, enum: [ZAR, EUR], default: ZAR }
            note: { type: string, optional: true }
          outputs: { charge_id: string }
          probe:
            action: find
            with: { order_id: "${{ key }}" }
            check: outputs.status == 'PAID'
            outputs: { charge_id: "${{ outputs.status }}" }
          undo: { action: refund, with: { charge_id: "${{ outputs.charge_id }}" } }
          manual: Charge ${{ string(inputs.amount) }} by hand.
        refund:
          summary: Pay back
          effects: keyed
          inputs: { charge_id: string }
          outputs: {}
        token:
          summary: Make a token
          effects: none
          inputs: {}
          outputs: { token: { type: string, sensitive: true }, id: string }
      events:
        paid: { order_id: string, amount: number }
      """), into: Diagnostics())

let shopCatalog = Catalog(shop.map { ["shop": $0] } ?? [:])

let head = "baton: 1\nid: example\nname: Example\n"

/// Loads a workflow and gives what was found.
func load(
  _ text: String, catalog: Catalog = shopCatalog, path: String = "example.yaml",
  workflows: WorkflowSource = .none, facts: ProjectFacts? = nil
) -> (workflow: Workflow?, findings: [Diagnostic]) {
  let diagnostics = Diagnostics()
  let workflow = Workflow.load(
    file: SourceFile(path: path, text: text), catalog: catalog, workflows: workflows,
    facts: facts, into: diagnostics)
  return (workflow, diagnostics.sorted)
}

/// A project with a few people, one calendar, and a day in its life.
let sampleFacts = ProjectFacts(
  people: [
    ("thandi", ["support"]), ("ana", ["support", "customer_success"]), ("lerato", ["manager"]),
  ], calendars: ["za", "short"], now: Timestamp(rfc3339: "2026-11-20T12:00:00Z"))

/// A text with `1️⃣`, `2️⃣` … where findings must begin.
struct MarkedText {
  let text: String
  private(set) var marks: [Int] = []

  init(_ marked: String) {
    var rest = Substring(marked)
    var text = ""
    while let character = rest.first {
      if ("1"..."9").contains(String(character.unicodeScalars.first ?? "0")),
        character.unicodeScalars.count > 1
      {
        marks.append(text.utf8.count)
      } else {
        text.append(character)
      }
      rest.removeFirst()
    }
    self.text = text
  }
}

/// Expects exactly these findings, each at its mark, in order of the marks.
func expectFindings(
  _ marked: String, _ expected: [(code: DiagnosticCode, text: String)], withHead: Bool = true,
  facts: ProjectFacts? = nil, workflows: WorkflowSource = .none,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let source = MarkedText((withHead ? head : "") + marked)
  let findings = load(source.text, workflows: workflows, facts: facts).findings
  let found = findings.map { "\($0.code) \($0.span.start) \($0.message)" }
  #expect(findings.count == expected.count, "\(found)", sourceLocation: sourceLocation)
  #expect(
    source.marks.count == expected.count, "as many marks as findings",
    sourceLocation: sourceLocation)
  for (finding, (wanted, mark)) in zip(findings, zip(expected, source.marks)) {
    #expect(finding.code == wanted.code, "\(found)", sourceLocation: sourceLocation)
    #expect(finding.span.start == mark, "\(found)", sourceLocation: sourceLocation)
    let all = [finding.message, finding.label ?? "", finding.help ?? ""].joined(separator: "\n")
    #expect(all.contains(wanted.text), "\(all)", sourceLocation: sourceLocation)
  }
}
