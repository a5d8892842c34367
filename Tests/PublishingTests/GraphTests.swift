import Foundation
import FoundationXML
import Testing

@testable import Publishing
@testable import Workflows

@Suite struct GraphTests {
  @Test(arguments: ["mermaid", "dot", "svg"])
  func `the picture is as it was recorded`(_ format: String) throws {
    let workflow = try SampleWorkflow.load()
    let text =
      switch format {
      case "mermaid": MermaidGraph.text(of: workflow)
      case "dot": DOTGraph.text(of: workflow)
      default: SVGGraph.text(of: workflow)
      }
    let problem = try ProjectFiles.problem(with: text, as: "everything.\(format)")
    #expect(problem == nil)
  }

  @Test func `an approval by several says who may not give one, too`() throws {
    let workflow = try SampleWorkflow.load()
    let decide = try #require(workflow.step(named: "decide"))
    let notes = FlowOutlineBuilder(wording: Wording(workflow, .plain)).notes(of: decide)
    #expect(notes.contains { $0.text == "2 people approve, not by the starter" })
  }

  @Test func `every step is in every picture`() throws {
    let workflow = try SampleWorkflow.load()
    let mermaid = MermaidGraph.text(of: workflow)
    let dot = DOTGraph.text(of: workflow)
    let svg = SVGGraph.text(of: workflow)
    for step in workflow.allSteps {
      #expect(mermaid.contains("step_\(step.id)"), "\(step.id)")
      #expect(dot.contains("\"step_\(step.id)\" ["), "\(step.id)")
      #expect(svg.contains("<title>\(SVGCanvas.escaped(step.title))"), "\(step.id)")
    }
  }

  @Test func `the SVG is XML with a title and a description, and fetches nothing`() throws {
    let svg = SVGGraph.text(of: try SampleWorkflow.load())
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(svg.contains("aria-labelledby=\"graph-title graph-description\""))
    #expect(!svg.contains("href") && !svg.contains("<script"))
  }

  @Test func `no text of the author's can leave its label`() throws {
    let hostile = #""]; evil -->|x| b %% <script>alert(1)</script> &amp; #quot; `b` \ {{x}}"#
    let yaml =
      "baton: 1\nid: x\nname: x\nsteps:\n  - id: a\n    name: "
      + "'\(hostile.replacing("'", with: "''"))'\n    set: { x: 1 }\n"
    let workflow = try SampleWorkflow.load(yaml)
    let mermaid = MermaidGraph.text(of: workflow)
    let line = try #require(mermaid.split(separator: "\n").first { $0.contains("step_a[") })
    #expect(line.count { $0 == "\"" } == 2)
    #expect(!mermaid.contains("<script>"))
    #expect(!SVGGraph.text(of: workflow).contains("<script>"))
    #expect(XMLParser(data: Data(SVGGraph.text(of: workflow).utf8)).parse())
    if let dot = Self.dot { #expect(try Self.accepts(DOTGraph.text(of: workflow), dot)) }
  }

  @Test(.enabled(if: dot != nil)) func `Graphviz takes the DOT`() throws {
    let dot = try #require(Self.dot)
    #expect(try Self.accepts(DOTGraph.text(of: SampleWorkflow.load()), dot))
  }

  @Test func `text is wrapped to what it may take`() {
    let lines = TextMeasure.lines("one two threethreethreethree", width: 60, size: 10)
    #expect(lines.joined(separator: "").replacing(" ", with: "") == "onetwothreethreethreethree")
    #expect(lines.allSatisfy { TextMeasure.width($0, size: 10, .regular) <= 60 })
  }

  private static let dot = ["/usr/bin/dot", "/usr/local/bin/dot"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static func accepts(_ text: String, _ dot: String) throws -> Bool {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).dot")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: dot)
    process.arguments = ["-Tsvg", "-o", "/dev/null", file.path]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
