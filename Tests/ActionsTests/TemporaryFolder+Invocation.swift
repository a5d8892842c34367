import Actions
import TestSupport
import Values

extension TemporaryFolder {
  /// A call of an operation in the folder.
  func invocation(
    _ operation: String = "x.y", _ inputs: ValueMap = [:], timeout: TimeSpan? = nil,
    inherited: [Int32] = []
  ) -> Invocation {
    Invocation(
      operation: operation, inputs: inputs, key: "key-1", run: "run-1", step: "step",
      timeout: timeout, projectFolder: path, inheritedDescriptors: inherited)
  }
}
