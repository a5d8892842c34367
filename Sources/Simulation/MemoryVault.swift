import Engine
import Synchronization
package import Values

/// Keeps sensitive values for the time of a simulation.
package final class MemoryVault: ValueVault {
  private let values = Mutex<[Value]>([])

  package init() {}

  package func seal(_ value: Value) -> String {
    values.withLock { values in
      values.append(value)
      return "sealed-\(values.count)"
    }
  }

  package var hasOpened: Bool { values.withLock { !$0.isEmpty } }

  package func open(_ commitment: String) -> Value? {
    guard let dash = commitment.lastIndex(of: "-"),
      let number = Int(commitment[commitment.index(after: dash)...])
    else { return nil }
    return values.withLock { values in
      values.indices.contains(number - 1) ? values[number - 1] : nil
    }
  }
}
