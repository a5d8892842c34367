import CommandLineKit
import Documents
import Fields
import Plans
import Plugins
import Values
import Workflows

/// `baton plan WORKFLOW`.
enum PlanCommand: BatonCommand {
  static let name = "plan"
  private static let workflow = CommandArgument(
    "WORKFLOW", "the workflow's file", completion: .file)
  private static let paths = CommandOption.flag("paths", "lists the ways through the workflow")
  private static let limit = CommandOption.value(
    "limit", "NUMBER", "how many ways --paths lists at most; default: 100")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "shows every path a run can take with what is known now",
      discussion: [
        "Nothing is called and nothing is asked: the plan is made from the workflow and the "
          + "contracts of its operations. A condition that depends on what only the run will know "
          + "goes both ways; steps that may be passed over are marked with `?`, steps that cannot "
          + "run with `-`.",
        "Inputs that are not given are unknown. Once any input is given, the others have their "
          + "defaults, as at the start of a run.",
        "The latest end holds if every deadline is kept and no step fails; machines are reckoned "
          + "as taking no time. Where a time cannot be reckoned (the calendar ends before it), there is "
          + "no end; the step and the reason are named.",
      ],
      arguments: [workflow],
      options: [SharedOptions.input, SharedOptions.inputs, paths, limit, SharedOptions.timeZone],
      examples: [
        .init(
          "baton plan workflows/standard-onboarding.yaml", "who is asked what, and what can happen"),
        .init(
          "baton plan workflows/manual-onboarding.yaml -i plan=enterprise --paths",
          "lists the ways that are left"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let definition = try call.workflow(at: call.required(workflow), to: "planned")
      let environment = try call.project().defaultEnvironment
      let plan = RunPlan(
        definition,
        RunPlan.Request(
          inputs: try inputs(of: definition, call), start: Moment.now,
          environment: call.environment ?? environment))
      let most = call.arguments.has(paths) || call.isJSON ? try number(call) : 0
      if call.isJSON {
        call.console.write(json: plan.json(paths: call.arguments.has(paths) ? most : nil))
      } else if call.arguments.has(paths) {
        show(plan, most, call)
      } else {
        let outline = PlanOutline(
          plan: plan, style: call.console.output.style, moments: try call.momentFormat(),
          columns: call.console.output.columns)
        call.console.output.write(outline.text())
      }
      return .done
    }
  }

  private static func number(_ call: CommandCall) throws(CommandFailure) -> Int {
    guard let text = call.arguments.value(limit) else { return 100 }
    guard let number = Int(text), number > 0, number <= 100_000 else {
      throw .usage("`--limit` is a number from 1 to 100000, not `\(text)`")
    }
    return number
  }

  private static func show(_ plan: RunPlan, _ limit: Int, _ call: CommandCall) {
    let (found, isCut) = plan.listing(limit: limit)
    for path in found {
      call.console.output.line(path.isEmpty ? "(nothing to do)" : path.joined(separator: " → "))
    }
    if isCut, !call.isQuiet {
      call.console.show(
        note: "the first \(found.count) of at most \(plan.pathCount); a larger --limit shows more")
    }
  }

  /// The inputs that are given, each fit for its field; the others may be missing.
  private static func inputs(
    of workflow: Workflow, _ call: CommandCall
  ) throws(CommandFailure) -> ValueMap {
    let given = try NamedValues.merged(
      file: call.arguments.value(SharedOptions.inputs),
      words: call.arguments.values(SharedOptions.input), console: call.console
    ).typed(by: workflow.inputs)
    var checked = ValueMap()
    for member in given {
      guard let name = member.key.asString, let field = workflow.inputs[name] else {
        throw .usage("`\(workflow.id)` has no input `\(member.key.shown)`")
      }
      switch field.check(member.value) {
      case .success(let value): checked[name] = value
      case .failure(let problems): throw .usage("\(problems)")
      }
    }
    return checked
  }
}
