public import Values

/// One attempt at an operation: what goes in, and what the attempt is called.
public struct Invocation: Sendable {
  /// The operation as the workflow names it, `connection.operation`.
  public var operation: String
  /// The inputs, complete and checked against the operation's contract.
  public var inputs: ValueMap
  /// The idempotency key: the same for every attempt at the same effect.
  public var key: String
  /// The id of the run.
  public var run: String
  /// The address of the step in the run, `add_users[3]/create`.
  public var step: String
  /// 1 for the first try.
  public var attempt: Int
  /// How long the attempt may last; nil for no limit of the step's own.
  public var timeout: TimeSpan?
  /// The absolute path of the project, outside of which an operation reads and writes nothing.
  public var projectFolder: String
  /// Descriptors that child processes inherit on purpose: the run's lock, so that a run cannot be
  /// resumed while a child of its dead process still works.
  public var inheritedDescriptors: [Int32]
  /// Takes a line for the people who watch the run. It is not part of the record.
  public var log: @Sendable (String) -> Void

  public init(
    operation: String, inputs: ValueMap = [:], key: String = "", run: String = "",
    step: String = "", attempt: Int = 1, timeout: TimeSpan? = nil, projectFolder: String,
    inheritedDescriptors: [Int32] = [], log: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.operation = operation
    self.inputs = inputs
    self.key = key
    self.run = run
    self.step = step
    self.attempt = attempt
    self.timeout = timeout
    self.projectFolder = projectFolder
    self.inheritedDescriptors = inheritedDescriptors
    self.log = log
  }
}
