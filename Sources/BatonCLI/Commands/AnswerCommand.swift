import CommandLineKit
import Engine
import Fields
import Runner
import SourceText
import Values
import Workflows

/// `baton answer RUN STEP k=v…`.
enum AnswerCommand: BatonCommand {
  static let name = "answer"
  private static let values = CommandArgument("FIELD=VALUE", "what the step asks for", .any)
  private static let file = CommandOption.value(
    "values", "FILE", "a YAML or JSON file with the answers; `-` reads standard input",
    completion: .file)
  private static let tick = CommandOption.value(
    "tick", short: "t", "ITEM", "ticks an item of the list", isRepeatable: true)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "answers a step that asks people",
      discussion: [
        "Without values, on a terminal, the questions are asked one by one. Whoever breaks off "
          + "(Ctrl-C, Ctrl-D) has given what they typed before, and the run parks. Elsewhere the "
          + "defaults are accepted, where nothing must be given.",
        "An item of a list is ticked with `--tick ITEM` or `ITEM=true`; `ITEM=false` takes the tick away.",
      ],
      arguments: [SharedOptions.run, SharedOptions.step, values], options: [file, tick],
      examples: [
        .init("baton answer k7f3q9 verify_payment", "asks for each field"),
        .init(
          "baton answer k7f3q9 verify_payment status=COMPLETE amount=99.00", "answers at once"),
        .init("baton answer k7f3q9 checklist --tick logo --tick domain", "ticks two items"),
        .init("baton answer k7f3q9 checklist logo=false", "takes the tick away"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      guard !step.contains("=") else {
        throw .usage(
          "`\(step)` is a value, and the step that it answers is missing",
          help: "baton answer \(run) STEP \(step); `baton status \(run)` shows the steps")
      }
      let given = try given(in: call)
      let conversation = RunConversation(
        call: call, asks: true, firstStep: given.isEmpty ? step : nil)
      return try await conversation.carry { door throws(CommandFailure) in
        guard let values = try answers(given, call, door, run, step) else {
          return try door.snapshot(run)
        }
        return try await door.submit(.answer(step: step, values: values), to: run)
      }
    }
  }

  private static func given(in call: CommandCall) throws(CommandFailure) -> GivenValues {
    var map = try NamedValues.merged(
      file: call.arguments.value(file), words: call.arguments.values(values),
      console: call.console)
    for item in call.arguments.values(tick) {
      guard map.word(item) == nil else { throw .usage("`\(item)` is given twice") }
      map.set(item, true)
    }
    return map
  }

  /// What is ticked is an item of the list, or a field that is true or false.
  private static func refuseUnknownItems(
    _ call: CommandCall, _ items: [String], _ fields: FieldSet?
  ) throws(CommandFailure) {
    for name in call.arguments.values(tick) where !items.contains(name) && fields?[name] == nil {
      guard !items.isEmpty else {
        throw .usage("there is no item `\(name)` here", help: "there is nothing to tick here")
      }
      let near = nearest(name, among: items).map { "did you mean `\($0)`? " } ?? ""
      throw .usage(
        "there is no item `\(name)` here",
        help: near + "the items are " + items.joined(separator: ", "))
    }
  }

  /// The values with the words that are about items: `ITEM=true` ticks one, `ITEM=false` takes its tick away.
  private static func withItems(
    _ given: GivenValues, _ items: [String], _ fields: FieldSet?
  ) throws(CommandFailure) -> GivenValues {
    var given = given
    for item in items where fields?[item] == nil {
      guard let word = given.word(item) else { continue }
      guard let isTicked = ["true": true, "false": false][word] else {
        throw .usage(
          "`\(item)` is an item of the list, and no field",
          help: "`\(item)=true` ticks it, `\(item)=false` takes the tick away")
      }
      given.set(item, .bool(isTicked))
    }
    return given
  }

  private static func typed(
    _ given: GivenValues, _ call: CommandCall, _ items: [String], _ fields: FieldSet?
  ) throws(CommandFailure) -> ValueMap {
    try refuseUnknownItems(call, items, fields)
    return try withItems(given, items, fields).typed(by: fields)
  }

  /// What was given, typed by the fields of the step.
  ///
  /// - Returns: nil where nothing was, and the person is to be asked.
  private static func answers(
    _ given: GivenValues, _ call: CommandCall, _ door: RunDoor, _ run: String, _ address: String
  ) throws(CommandFailure) -> ValueMap? {
    let step = try door.snapshot(run).steps.first { $0.address == address }
    guard let waiting = step?.waiting, waiting.isForAnswer else {
      // The runner says why there is nothing to answer, or that the answer is the same.
      let question = try door.question(at: address, in: run)
      guard let question else { return try given.typed(by: nil) }
      return try typed(given, call, question.items.map(\.name), question.fields)
    }
    let typed = try typed(given, call, waiting.items.map(\.name), waiting.fields)
    guard given.isEmpty else { return typed }
    if call.canAsk {
      // Nobody types what is not theirs to say.
      try door.requireTaken(.answer(step: address, values: ValueMap()), by: run)
      return nil
    }
    try requireNothing(of: waiting, at: address)
    return ValueMap()
  }

  /// Where something must be given, it says what; the defaults of all else are an answer.
  private static func requireNothing(
    of waiting: WaitingView, at address: String
  ) throws(CommandFailure) {
    let fields = (waiting.fields?.fields ?? []).filter {
      $0.isRequired && !waiting.answered.contains($0.name)
    }
    let items = waiting.mayLeaveItems ? [] : waiting.items.filter { !$0.isTicked }
    guard !fields.isEmpty || !items.isEmpty else { return }
    let words = fields.map { "\($0.name)=…" } + items.map { "--tick \($0.name)" }
    throw .usage(
      "`\(address)` wants to know: " + words.joined(separator: " "),
      help: "give the values, or answer on a terminal")
  }
}
