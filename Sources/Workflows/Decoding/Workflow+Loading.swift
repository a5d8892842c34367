import Documents
package import SourceText

extension Workflow {
  /// Reads and checks a workflow.
  ///
  /// - Parameters:
  ///   - catalog: What its steps may call and wait for.
  ///   - workflows: Where the workflows are found that it calls.
  /// - Returns: nil where anything is wrong; the findings, all of them, say what. Warnings alone
  ///   leave a workflow.
  package static func load(
    file: SourceFile, catalog: Catalog, workflows: WorkflowSource = .none,
    into diagnostics: Diagnostics
  ) -> Workflow? {
    let loader = SubWorkflowLoader(catalog: catalog, source: workflows)
    return loader.decode(file, into: diagnostics)
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

/// Loads each workflow once, and notices when they call each other in a circle.
final class SubWorkflowLoader {
  private let catalog: Catalog
  private let source: WorkflowSource
  private var loaded: [String: Workflow?] = [:]
  private var open: [String] = []

  init(catalog: Catalog, source: WorkflowSource) {
    self.catalog = catalog
    self.source = source
  }

  func decode(_ file: SourceFile, into diagnostics: Diagnostics) -> Workflow? {
    let errors = diagnostics.errorCount
    open.append(file.path)
    defer { open.removeLast() }
    guard let root = DocumentReader.read(file, into: diagnostics) else { return nil }
    let decoder = FileDecoder(file, diagnostics)
    let workflow = WorkflowDecoder(decoder: decoder, catalog: catalog, calls: self).decode(root)
    return diagnostics.errorCount == errors ? workflow : nil
  }

  /// The workflow that a step calls.
  func load(_ reference: String, at span: SourceSpan, for decoder: FileDecoder) -> Workflow? {
    guard let file = source.find(reference, decoder.file) else {
      let names = source.names()
      decoder.report(
        .unknownWorkflow, "unknown workflow `\(reference)`", at: span,
        label: names.isEmpty ? nil : "there are \(names.sorted().prefix(8).map(\.self).quotedList)",
        help: decoder.suggestion(reference, names))
      return nil
    }
    if let position = open.firstIndex(of: file.path) {
      let circle = (open[position...] + [file.path]).joined(separator: " → ")
      decoder.report(
        .workflowCycle, "workflows call each other in a circle", at: span, label: circle)
      return nil
    }
    if let known = loaded[file.path] { return known }
    let workflow = decode(file, into: decoder.diagnostics)
    loaded[file.path] = workflow
    return workflow
  }
}
