/// Where the state of a run is, so that reading it for an expression does not copy its thirty members.
///
/// Unchecked: an engine changes what is here only where nobody shares the place with it, and makes
/// itself another one otherwise; so engines stay values.
final class StatePlace: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<RunState>

  init(_ state: RunState) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: state)
  }

  deinit {
    pointer.deinitialize(count: 1)
    pointer.deallocate()
  }
}
