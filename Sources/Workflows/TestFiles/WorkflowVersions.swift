import Documents
import SourceText

/// The versions of a workflow that its tests name: the one they are about, and others that runs were started with
/// or are moved to.
final class WorkflowVersions {
  let present: Workflow
  private let source: WorkflowSource
  private let loader: WorkflowLoader
  /// Those that are at hand, by their paths.
  private let known: [String: Workflow]

  init(_ present: Workflow, known: [String: Workflow]) {
    self.present = present
    self.known = known
    source = .none
    loader = WorkflowLoader(catalog: present.catalog, source: .none, isStarted: true)
  }

  init(_ present: Workflow, _ catalog: Catalog, _ source: WorkflowSource) {
    self.present = present
    known = [:]
    self.source = source
    // What a run that was started with it may come to is not held against it any more.
    loader = WorkflowLoader(catalog: catalog, source: source, isStarted: true)
  }

  /// The version in a file, by its path from the file of the tests; what is wrong is reported.
  func version(_ node: Node, _ key: String, _ decoder: FileDecoder) -> Workflow? {
    guard let path = decoder.text(node, key) else { return nil }
    if let workflow = known[path] { return workflow }
    guard [".yaml", ".yml", ".json"].contains(where: path.hasSuffix) else {
      decoder.report(
        .valueNotAllowed, "`\(key)` cannot be `\(path)`", at: node.span,
        label: "expected the file of another version of `\(present.id)`",
        help: "versions have the same id: `\(key): earlier/\(present.id).yaml`")
      return nil
    }
    guard let file = source.find(path, decoder.file) else {
      decoder.report(
        .unknownWorkflow, "there is no file `\(path)`", at: node.span,
        label: "looked for it from the folder of the tests")
      return nil
    }
    guard let workflow = loader.load(file, into: decoder.diagnostics) else { return nil }
    guard workflow.id == present.id else {
      decoder.report(
        .valueNotAllowed, "`\(path)` is no version of `\(present.id)`", at: node.span,
        label: "it is the workflow `\(workflow.id)`")
      return nil
    }
    return workflow
  }
}
