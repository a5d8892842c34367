package import Values

/// One difference between two versions of a workflow, or of what it uses.
///
/// Values are outlines (what the author wrote, defaults filled in, layout left out), so that two
/// files that mean the same have no differences.
package struct WorkflowDifference: Sendable, Equatable {
  /// What it is about.
  package enum Subject: Sendable, Hashable {
    /// The head of the file: `name`, `version`, `calendar` …; or the whole workflow, where one that
    /// is called is there on one side only.
    case workflow
    case input(String)
    case output(String)
    case role(String)
    case step(String)
    /// The contract of an operation that the workflow uses, `connection.operation`.
    case operation(String)
    /// The contract of an event that the workflow waits for.
    case event(String)
    /// A calendar, by its name.
    case calendar(String)
  }

  package enum Change: Sendable, Equatable {
    case added(Value)
    case removed(Value)
    /// The key as a path from the subject, `with.email`; nil where it was or is not there.
    case changed(key: String, from: Value?, to: Value?)
    /// A step that stands somewhere else.
    case moved(from: StepPosition, to: StepPosition)
  }

  /// The id of the workflow it is in: the one compared, or one that it calls.
  package let workflow: String
  package let subject: Subject
  package let change: Change

  package init(workflow: String, subject: Subject, change: Change) {
    self.workflow = workflow
    self.subject = subject
    self.change = change
  }
}

/// Where a step stands.
package struct StepPosition: Sendable, Hashable {
  /// A list of steps of a workflow.
  package enum List: Sendable, Hashable {
    case main, finally
    /// The body of a section, a `parallel` or a loop.
    case body(of: String)
    /// A case of a `choose`, from 0.
    case choice(of: String, Int)
    /// Recovery steps of a step, from 0.
    case recovery(of: String, Int)
  }

  package let list: List
  /// The step before it in the list; nil for the first.
  package let after: String?

  package init(list: List, after: String?) {
    self.list = list
    self.after = after
  }
}
