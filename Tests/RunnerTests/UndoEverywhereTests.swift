import Engine
import Testing

@testable import Runner

/// Each variant, stopped after everything that it does and taken back: the embedded world is as it was, but for
/// what the workflow says cannot be taken back.
///
/// One stop of 24 is played, of each way others; `UNDO_EVERY=1` plays all of them.
@Suite(.timeLimit(.minutes(60))) struct UndoEverywhereTests {
  @Test(arguments: VariantWay.all)
  func `from every step the world is what it was before the run`(way: VariantWay) async throws {
    let play = try VariantPlay(way)
    let files = try play.files()
    var stops = 0
    try await play.stopEverywhere { stopped, count in
      stops += 1
      let (end, byHand) = try await play.takeBack(stopped.runID)
      let place = "after \(count) decisions"
      #expect(end.status == .undone, "\(place): \(end.reasons)")
      #expect(try play.files() == files, "\(place)")
      // A message stays, and somebody has written to whoever got it.
      #expect(play.messages() == byHand.count, "\(place)")
      // What `finally` says of the end is not taken back.
      #expect(
        play.board().allSatisfy { $0.hasSuffix("ended: undone") }, "\(place): \(play.board())")
    }
    #expect(stops >= 2)
    #expect(try play.differences() == "")
  }
}
