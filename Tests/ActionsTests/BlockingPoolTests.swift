import Dispatch
import Glibc
import Testing

@testable import Actions

@Suite struct BlockingPoolTests {
  /// A gate that a thread waits at until somebody comes to open it.
  private actor Keeper {
    private let gate = DispatchSemaphore(value: 0)

    func waitAtGate(_ pool: BlockingPool) async {
      let gate = gate
      await pool.run { gate.wait() }
    }

    func openGate() { gate.signal() }
  }

  @Test func `a task that prefers the pool keeps its thread while it blocks`() async {
    let pool = BlockingPool(threads: 2)
    let isSame = await Task(executorPreference: pool) {
      await Self.isSameThread(pool)
    }.value
    #expect(isSame)
  }

  @Test func `any other task hands its work over`() async {
    #expect(await !Self.isSameThread(BlockingPool(threads: 2)))
  }

  @Test(.timeLimit(.minutes(20)))
  func `an actor is never held up`() async {
    let pool = BlockingPool(threads: 2)
    let keeper = Keeper()
    await withTaskGroup(of: Void.self) { group in
      group.addTask(executorPreference: pool) { await keeper.waitAtGate(pool) }
      group.addTask(executorPreference: pool) { await keeper.openGate() }
    }
  }

  @Test func `as many tasks as there are get done on few threads`() async {
    let pool = BlockingPool(threads: 3)
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 1...500 {
        group.addTask(executorPreference: pool) {
          await Task.yield()
          return number
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 125_250)
  }

  private static func isSameThread(_ pool: BlockingPool) async -> Bool {
    let here = pthread_self()
    let there = await pool.run { pthread_self() }
    return here == there
  }
}
