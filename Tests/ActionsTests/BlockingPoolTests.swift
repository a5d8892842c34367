import Glibc
import Testing

@testable import Actions

@Suite struct BlockingPoolTests {
  /// Keeps what belongs to it in one place.
  private actor Desk {
    func isHeldUp(by pool: BlockingPool) async -> Bool {
      let own = pthread_self()
      let other = await pool.run { pthread_self() }
      return own == other
    }
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

  @Test func `an actor is never held up`() async {
    let pool = BlockingPool(threads: 2)
    let desk = Desk()
    let isHeldUp = await Task(executorPreference: pool) { await desk.isHeldUp(by: pool) }.value
    #expect(!isHeldUp)
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
