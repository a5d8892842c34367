import Fields
import Values
import Workflows

extension OperationContract {
  /// What an operation is called with, its defaults filled in, whether or not it fits: a person who does it by
  /// hand, and what takes that back, see what is there.
  func withDefaults(_ given: ValueMap) -> ValueMap {
    if case .success(let complete) = inputs.complete(given) { return complete }
    var result = inputs.coerce(given)
    for field in inputs.fields where result[field.name] == nil {
      if let value = field.defaultValue { result[field.name] = value }
    }
    return result
  }
}
