import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// `baton tasks`.
enum TasksCommand: BatonCommand {
  static let name = "tasks"
  private static let role = CommandOption.value("role", "ROLE", "only what this role has to do")

  /// A step that waits for a person.
  private struct Task {
    let run: RunSnapshot
    let step: StepView
  }

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists what waits for people, in all runs", options: [role, SharedOptions.timeZone],
      examples: [
        .init("baton tasks", "everything that waits for somebody"),
        .init("baton tasks --role support", "what waits for the support team"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let tasks = try tasks(call)
      if call.isJSON {
        call.console.write(json: ["format": "baton-tasks/1", "tasks": .list(tasks.map(json))])
      } else if call.isQuiet {
        for task in tasks { call.console.output.line("\(task.run.runID) \(task.step.address)") }
      } else {
        try show(tasks, call)
      }
      return .done
    }
  }

  private static func tasks(_ call: CommandCall) throws(CommandFailure) -> [Task] {
    let door = try call.door()
    let wanted = call.arguments.value(role)
    var found: [Task] = []
    for id in try door.runIDs() {
      guard let run = try? door.snapshot(id), !run.status.isFinal else { continue }
      for step in run.steps where waitsForPerson(step) {
        if wanted == nil || step.role == wanted { found.append(Task(run: run, step: step)) }
      }
    }
    return found.sorted { since($0) < since($1) }
  }

  private static func waitsForPerson(_ step: StepView) -> Bool {
    switch step.status {
    case .waiting: step.waiting?.isForAnswer == true
    case .blocked, .failed, .inDoubt: true
    default: false
    }
  }

  private static func since(_ task: Task) -> Timestamp {
    task.step.waiting?.since ?? task.step.startedAt ?? task.run.lastActivity
  }

  private static func show(_ tasks: [Task], _ call: CommandCall) throws(CommandFailure) {
    guard !tasks.isEmpty else { return call.console.errors.line("nothing waits for anybody") }
    let format = try call.momentFormat()
    var table = Table(["RUN", "STEP", "WHAT", "WHO", "SINCE", "DUE", "FOR"])
    for task in tasks {
      let step = task.step
      table.add([
        .init(task.run.runID), .init(step.address),
        .init(step.status == .waiting ? step.title : "\(step.status.words): \(step.title)"),
        .init(step.role ?? ""), .init(format.minutes(since(task))),
        .init(step.waiting?.dueAt.map(format.minutes) ?? ""), .init(task.run.name),
      ])
    }
    call.console.output.write(table.text(style: call.console.output.style))
  }

  private static func json(_ task: Task) -> Value {
    guard case .map(var map) = task.step.json else { return .null }
    map["run"] = .string(task.run.runID)
    map["run_name"] = .string(task.run.name)
    return .map(map)
  }
}
