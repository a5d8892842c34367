import CommandLineKit
import Engine
import Runner

/// `baton status RUN`.
enum StatusCommand: BatonCommand {
  static let name = "status"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "shows where a run stands, and what to type next",
      discussion: [
        "A handover card: what waits for whom and since when, what was done by machine and by hand, "
          + "open doubts, and the command that takes the run further.",
        "Where the ledger knows of more records of the run than its folder has (it was cut off, or an old copy"
          + " was put back), the card says so and offers what helps in place of the usual commands (in JSON"
          + " `ledger`, with `events`, `missing` and `put_back`). A run that only the ledger knows is gone: exit"
          + " code 8. `list` and `tasks` do not look at the ledger.",
      ],
      arguments: [SharedOptions.run], options: [SharedOptions.timeZone],
      examples: [
        .init("baton status k7f3q9", "where it stands"),
        .init("baton status k7f3q9 --json", "the same for programs"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let door = try call.door()
      let snapshot = try door.snapshot(
        call.required(SharedOptions.run), askingLedger: true)
      if call.isJSON {
        call.console.write(json: snapshot.json)
      } else if call.isQuiet {
        call.console.output.line(snapshot.status.rawValue)
      } else {
        let card = StatusCard(
          snapshot: snapshot, format: try call.momentFormat(), style: call.console.output.style,
          program: call.programCall, now: Moment.now,
          goingBack: GoingBack(snapshot),
          ending: RunEnding(snapshot))
        call.console.output.write(card.text)
      }
      return .done
    }
  }
}
