import Documents
package import SourceText

extension Workflow {
  /// Reads and checks a workflow.
  ///
  /// - Parameters:
  ///   - catalog: What its steps may call and wait for.
  ///   - workflows: Where the workflows are found that it calls.
  ///   - facts: What the project knows; with it the author is also warned of what is not wrong.
  ///   - isStarted: Whether a run was started with it: what that may come to is not held against it any more.
  /// - Returns: nil where anything is wrong; the findings, all of them, say what. Warnings alone
  ///   leave a workflow.
  package static func load(
    file: SourceFile, catalog: Catalog, workflows: WorkflowSource = .none,
    facts: ProjectFacts? = nil, isStarted: Bool = false, into diagnostics: Diagnostics
  ) -> Workflow? {
    WorkflowLoader(catalog: catalog, source: workflows, facts: facts, isStarted: isStarted)
      .load(file, into: diagnostics)
  }
}

/// Finds the files of workflows that other workflows call.
package struct WorkflowSource: Sendable {
  /// The file of a workflow by the id or the path that the author wrote in a file.
  package let find: @Sendable (_ reference: String, _ from: SourceFile) -> SourceFile?
  /// What there is, for suggestions.
  package let names: @Sendable () -> [String]

  package init(
    find: @escaping @Sendable (_ reference: String, _ from: SourceFile) -> SourceFile?,
    names: @escaping @Sendable () -> [String] = { [] }
  ) {
    self.find = find
    self.names = names
  }

  /// There are no other workflows.
  package static let none = WorkflowSource(find: { _, _ in nil })
}

/// Loads workflows, each once, and notices when they call each other in a circle.
package final class WorkflowLoader {
  /// How many workflows may stand inside each other.
  private static let depthLimit = 100

  private let catalog: Catalog
  private let source: WorkflowSource
  private let facts: ProjectFacts?
  private let isStarted: Bool
  private var loaded: [String: Workflow?] = [:]
  private var open: [String] = []
  /// What the workflows were made of; see ``keepForEver()``.
  private var kept: [FileDecoder] = []
  private var keepsAll = false

  /// - Parameter facts: What the project knows; with it the author is also warned of what is not
  ///   wrong.
  package init(
    catalog: Catalog, source: WorkflowSource, facts: ProjectFacts? = nil, isStarted: Bool = false
  ) {
    self.catalog = catalog
    self.source = source
    self.facts = facts
    self.isStarted = isStarted
  }

  /// Keeps this loader and everything it loads until the process ends: to free a large file's tree
  /// piece by piece takes a good part of the time that it takes to check it.
  package func keepForEver() {
    keepsAll = true
    _ = Unmanaged.passRetained(self)
  }

  /// Reads and checks a workflow, and what it calls; one that was loaded before is given again.
  ///
  /// - Returns: nil where anything is wrong; the findings, all of them, say what.
  package func load(_ file: SourceFile, into diagnostics: Diagnostics) -> Workflow? {
    if let known = loaded[file.path] { return known }
    let errors = diagnostics.errorCount
    open.append(file.path)
    defer { open.removeLast() }
    let decoder = FileDecoder(file, diagnostics, facts: facts, isStarted: isStarted)
    let workflow = DocumentReader.read(file, into: diagnostics).flatMap { root in
      if keepsAll { decoder.root = root }
      return WorkflowDecoder(decoder: decoder, catalog: catalog, calls: self).decode(root)
    }
    if keepsAll { kept.append(decoder) }
    let whole = diagnostics.errorCount == errors ? workflow : nil
    loaded[file.path] = .some(whole)
    return whole
  }

  /// The workflow that a step calls.
  func load(_ reference: String, at span: SourceSpan, for decoder: FileDecoder) -> Workflow? {
    guard let file = source.find(reference, decoder.file) else {
      let names = source.names()
      decoder.report(
        .unknownWorkflow, "unknown workflow `\(reference)`", at: span,
        label: names.isEmpty ? nil : "there are \(names.sorted().shortList)",
        help: decoder.suggestion(reference, names))
      return nil
    }
    if let position = open.firstIndex(of: file.path) {
      let circle = (open[position...] + [file.path]).joined(separator: " → ")
      decoder.report(
        .workflowCycle, "workflows call each other in a circle", at: span, label: circle)
      return nil
    }
    guard open.count < Self.depthLimit else {
      decoder.report(
        .workflowCycle, "workflows call each other more than \(Self.depthLimit) deep", at: span)
      return nil
    }
    return load(file, into: decoder.diagnostics)
  }
}
