import SourceText
import Testing
import Values
import Workflows

@testable import Plans

/// Each step: `+` certain, `?` possible, `-` never; indented by its depth.
func outline(_ text: String, _ inputs: ValueMap = [:]) throws -> [String] {
  let marks: [Certainty: String] = [.certain: "+", .possible: "?", .never: "-"]
  return try plan(text, inputs).allSteps.map { step, depth in
    String(repeating: "  ", count: depth) + "\(marks[step.certainty] ?? "") \(step.step.id)"
  }
}

/// - Parameter called: The workflows that it calls, by their ids, without the head.
func plan(
  _ text: String, _ inputs: ValueMap = [:], called: [String: String] = [:],
  catalog: Catalog = .builtIn
) throws -> RunPlan {
  let diagnostics = Diagnostics()
  @Sendable func file(_ id: String, _ text: String) -> SourceFile {
    let head = "baton: 1\nid: \(id)\nname: A test\nversion: 1.0.0\n"
    return SourceFile(path: "\(id).yaml", text: head + text)
  }
  let workflows = WorkflowSource(
    find: { name, _ in called[name].map { file(name, $0) } }, names: { Array(called.keys) })
  let loaded = Workflow.load(
    file: file("test", text), catalog: catalog, workflows: workflows, into: diagnostics)
  let workflow = try #require(
    loaded, "\(diagnostics.sorted.map { "\($0.code) \($0.message)" })")
  return RunPlan(
    workflow, RunPlan.Request(inputs: inputs, start: Timestamp(seconds: 1_763_000_000)))
}
