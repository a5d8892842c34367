import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// `baton tick`.
enum TickCommand: BatonCommand {
  static let name = "tick"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "fires what is due in all runs, and goes on with them",
      discussion: [
        "Reminders, escalations, expiries, ends of waits and retries whose time has come; events and"
          + " commands that arrived while nothing was running; runs whose process died. Runs that need"
          + " a decision, or that somebody stopped, are left alone. Eight runs at a time are gone on with, so that one"
          + " that takes long holds up no other. Stopped itself, it goes on with no"
          + " more runs, and the exit code is 130. A run that cannot be gone on with is named, the others are"
          + " gone on with, and the exit code is that of the first such run.",
        "From cron: `* * * * * cd /srv/procedures && baton tick --quiet`. From systemd: a service with"
          + " `WorkingDirectory=/srv/procedures` and `ExecStart=/usr/local/bin/baton tick --quiet`, and a"
          + " timer with `OnCalendar=minutely`.",
      ],
      options: [SharedOptions.timeZone],
      examples: [
        .init("baton tick", "fires what is due now"),
        .init("baton tick --json", "for programs"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let report = try await tick(call)
      if call.isJSON {
        call.console.write(json: json(report))
      } else if call.isQuiet {
        for run in report.runs { call.console.output.line(run.snapshot.runID) }
      } else {
        try show(report, call)
      }
      for problem in report.problems {
        call.console.show(note: "run \(problem.run): \(problem.error.message)")
      }
      if report.isBrokenOff { return .interrupted }
      return report.problems.first.map { CommandFailure($0.error).code } ?? .done
    }
  }

  private static func tick(_ call: CommandCall) async throws(CommandFailure) -> TickReport {
    let door = try call.door()
    let underWay = RunsUnderWay()
    async let _: Void = StoppingNotice.tell(call) {
      underWay.stopping(saying: "no more runs are gone on with")
    }
    return try await door.tick { underWay.note($0, isUnderWay: $1) }
  }

  private static func show(_ report: TickReport, _ call: CommandCall) throws(CommandFailure) {
    let format = try call.momentFormat()
    let style = call.console.output.style
    for run in report.runs {
      let snapshot = run.snapshot
      call.console.output.line(
        "\(snapshot.kindWord) \(snapshot.runID) (\(TextLayout.line(snapshot.name))): "
          + snapshot.status.words(style))
      for moment in run.reached {
        call.console.output.line(
          "  \(moment.step): \(DeadlineTimer.words(for: moment.timer)), \(format.minutes(moment.dueAt))"
        )
      }
    }
    if report.runs.isEmpty { call.console.errors.line("nothing is due") }
    if let next = report.nextAt {
      call.console.errors.line("next: \(format.minutes(next))")
    }
  }

  private static func json(_ report: TickReport) -> Value {
    var map: ValueMap = [
      "format": "baton-tick/1", "at": .string(report.at.journalText),
      "runs": .list(
        report.runs.map { run in
          var map: ValueMap = [
            "id": .string(run.snapshot.runID), "status": .string(run.snapshot.status.rawValue),
            "reached": .list(
              run.reached.map {
                [
                  "step": .string($0.step), "timer": .string($0.timer),
                  "due_at": .string($0.dueAt.journalText),
                ]
              }),
          ]
          if run.snapshot.isRehearsal { map["rehearsal"] = true }
          return .map(map)
        }),
      "problems": .list(
        report.problems.map { problem in
          ["id": .string(problem.run), "message": .string(problem.error.message)]
        }),
    ]
    map["next_at"] = report.nextAt.map { .string($0.journalText) }
    return .map(map)
  }
}
