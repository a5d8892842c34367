package import Values

/// An example of a call: documentation, and the rehearsal's answer.
package struct OperationExample: Sendable {
  package let inputs: ValueMap
  package let outputs: ValueMap

  package init(inputs: ValueMap, outputs: ValueMap) {
    self.inputs = inputs
    self.outputs = outputs
  }
}
