import CEL
import Documents
import Fields
import SourceText
import Values

/// Turns a document into a workflow.
struct WorkflowDecoder {
  let decoder: FileDecoder
  let catalog: Catalog
  /// Finds and loads the workflows that this one calls.
  let calls: WorkflowLoader

  func decode(_ root: Node) -> Workflow? {
    let errors = decoder.diagnostics.errorCount
    guard !decoder.isOther(root, than: .workflow),
      decoder.members(root, LanguageKeys.workflow) != nil
    else { return nil }
    checkVersion(root)
    let inputs =
      root["inputs"].map {
        FieldSet.decode(
          $0, in: decoder.file, into: decoder.diagnostics, isStarted: decoder.isStarted)
      } ?? FieldSet([])
    var parts = Workflow.Parts(
      file: decoder.file, inputs: inputs, catalog: catalog)
    head(root, into: &parts)
    let outlines = OutlineReader(decoder)
    let lists = outline(root, outlines)
    // About as many as there are; in a large file they would move many times.
    decoder.reads.reserveCapacity(2 * outlines.all.count)
    if decoder.root != nil { decoder.outlines = outlines }
    for outline in outlines.all where outline.keys.contains(.workflow) {
      if let (key, node) = outline.kind, key == .workflow, let name = node.text {
        outline.definition = calls.load(name, at: node.span, for: decoder)
      }
    }
    let fields = names(
      inputs, labels: root["labels"]?.members?.map(\.name) ?? [],
      areInputsKnown: !decoder.isMisspelt(["inputs"], inMapAt: root.span.start))
    let sensitivity = StepSensitivity()
    let types = StepTypes(decoder, catalog, outlines, names: fields)
    decoder.types = types
    defer {
      decoder.types = nil
      types.finish()
    }
    let scope = scope(fields, types, sensitivity)
    early(root, Scope(FileScope(fields)), into: &parts)
    let found = steps(root, lists, outlines, types, sensitivity, scope, into: &parts)
    late(root, scope, outlines, into: &parts)
    parts.silenced = SilencedWarning.all(in: root, outlines)
    let under = WorkflowUnderCheck(
      root: root, parts: parts, steps: found, outlines: outlines,
      places: PlaceFacts(parts, found, outlines), decoder: decoder,
      roles: Dictionary(parts.roles.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }))
    for check in WorkflowChecks.all { check(under) }
    advise(under, errorsBefore: errors)
    return Workflow(parts, environment: scope.environment)
  }

  /// What is not wrong and worth a look, unless the author has looked at it already.
  private func advise(_ workflow: WorkflowUnderCheck, errorsBefore: Int) {
    let allowances = Allowances(decoder, root: workflow.root, workflow.outlines)
    guard let facts = decoder.facts else { return }
    for check in WorkflowChecks.advice { check(workflow, facts) }
    let isWhole = decoder.diagnostics.errorCount == errorsBefore
    for warning in allowances.remaining(of: decoder.warnings, isWhole: isWhole) {
      decoder.diagnostics.add(warning)
    }
  }

  /// The lists of steps that stand in no step.
  private struct Lists {
    let main: ListOutline
    let finally: ListOutline
    let recoveries: [ListOutline]
  }

  private func checkVersion(_ root: Node) {
    let start = SourceSpan(
      start: root.span.start, end: root.members?.first?.key.span.end ?? root.span.end)
    guard let version = root["baton"] else {
      decoder.missing("baton", in: "the file", at: start, help: "start it with `baton: 1`")
      return
    }
    if version.scalar?.resolved != .int(1) {
      decoder.report(
        .languageVersion, "this is not a version of the language", at: version.span,
        label: "expected `1`")
    }
  }

  private func outline(_ root: Node, _ outlines: OutlineReader) -> Lists {
    if root["steps"] == nil {
      decoder.missing(
        "steps", in: "the workflow", at: SourceSpan(start: root.span.start, end: root.span.start))
    }
    let main = outlines.list(root["steps"], "`steps`", parent: nil)
    if let steps = root["steps"], steps.items?.isEmpty == true {
      decoder.report(.missingKey, "the workflow has no steps", at: steps.span)
    }
    let finally = outlines.list(root["finally"], "`finally`", parent: nil)
    let recoveries = outlines.recoveries(root["defaults"]?["on_failure"], parent: nil)
    for list in recoveries { for step in list.steps { step.isInRecovery = true } }
    return Lists(main: main, finally: finally, recoveries: recoveries)
  }

  private func names(
    _ inputs: FieldSet, labels: [String], areInputsKnown: Bool
  ) -> [Scope.Name] {
    [
      Scope.Name(
        name: "inputs", type: areInputsKnown ? inputs.objectType(named: "`inputs`") : .dyn,
        sensitivity: Sensitivity(inputs)),
      Scope.Name(name: "run", type: ContextTypes.run(labels: labels)),
      Scope.Name(name: "now", type: .timestamp),
    ]
  }

  /// The scope of every step.
  private func scope(
    _ names: [Scope.Name], _ types: StepTypes, _ sensitivity: StepSensitivity
  ) -> Scope {
    Scope(
      FileScope(names + [Scope.Name(name: "steps", type: types.stepsType)], steps: sensitivity))
  }

  private func steps(
    _ root: Node, _ lists: Lists, _ outlines: OutlineReader, _ types: StepTypes,
    _ sensitivity: StepSensitivity, _ scope: Scope, into parts: inout Workflow.Parts
  ) -> [Step?] {
    var defaults = StepDecoder.Defaults()
    let node = root["defaults"].flatMap {
      decoder.members($0, LanguageKeys.defaults) == nil ? nil : $0
    }
    defaults.retry = node?["retry"].flatMap { decoder.retry($0, in: scope) }
    defaults.timeout = node?["timeout"].flatMap { decoder.clockDuration($0, "timeout", in: scope) }
    let steps = StepDecoder(
      decoder, catalog, outlines, types, roles: parts.roles, defaults: defaults,
      sensitivity: sensitivity)
    parts.steps = steps.list(lists.main, in: scope)
    parts.finally = steps.list(lists.finally, in: scope)
    parts.defaultOnFailure = node?["on_failure"].flatMap {
      steps.policy($0, "on_failure", lists.recoveries, in: scope)
    }
    parts.allSteps = steps.steps.compactMap(\.self)
    parts.indexByID = outlines.indexByID
    return steps.steps
  }
}
