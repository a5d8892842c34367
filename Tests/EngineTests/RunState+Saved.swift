import Documents
import Testing
import Values

@testable import Engine

extension RunState {
  /// What is saved of the state, read again.
  var saved: Value {
    do {
      let json = try encoded()
      let value = try JSONReader.value(from: json, depthLimit: 1000, largeIntegers: .double)
      // Its members are written in order by hand.
      #expect(try CanonicalJSON.encode(value) == json)
      return value
    } catch {
      Issue.record(error)
      return .null
    }
  }
}
