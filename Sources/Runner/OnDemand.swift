import Synchronization

/// Something that takes a while to work out, worked out when it is first asked for.
final class OnDemand<Output: Sendable>: Sendable {
  private enum Content: Sendable {
    case open(@Sendable () -> Output)
    case known(Output)
  }

  private let content: Mutex<Content>

  init(_ work: @escaping @Sendable () -> Output) { content = Mutex(.open(work)) }

  var value: Output {
    content.withLock { content in
      switch content {
      case .known(let output): return output
      case .open(let work):
        let output = work()
        content = .known(output)
        return output
      }
    }
  }
}
