import CommandLineKit
import Engine
import Publishing

/// `baton new NAME`.
enum NewCommand: BatonCommand {
  static let name = "new"
  private static let title = CommandArgument(
    "NAME", "the workflow's id, `new-supplier` for example")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "writes a first workflow that validates and runs, and a test for it",
      discussion: [
        "On a terminal it asks what the procedure is, who does it, and for the first steps; "
          + "otherwise, or with --no-input, it writes a template. No file is ever overwritten. In a "
          + "folder without a baton.yaml it writes one."
      ],
      arguments: [title],
      examples: [
        .init("baton new new-supplier", "asks, and writes workflows/new-supplier.yaml"),
        .init("baton new new-supplier --no-input", "writes a template"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let name = try name(from: call.required(title))
      guard let id = WorkflowStarter.id(from: name) else {
        throw .usage(
          "`\(call.required(title))` is no name for a workflow",
          help: "small letters, digits and `-`: new-supplier"
        )
      }
      let root = call.projectFolder == "." ? "" : call.projectFolder + "/"
      let path = "\(root)workflows/\(id).yaml"
      let test = "\(root)workflows/\(id).test.yaml"
      for path in [path, test] where FileAccess.exists(path) {
        throw CommandFailure(
          .conflict, "`\(path)` is there already", help: "nothing was written; take another name")
      }
      let template = WorkflowStarter.template(id: id, called: name)
      let starter = call.canAsk ? try asked(template, call) : template
      if !FileAccess.exists("\(root)baton.yaml") {
        try FileAccess.create("\(root)baton.yaml", with: WorkflowStarter.project(id))
        call.console.output.line("\(root)baton.yaml")
      }
      try FileAccess.createFolder("\(root)workflows")
      try FileAccess.create(path, with: starter.workflow)
      try FileAccess.create(test, with: starter.test)
      call.console.output.line(path)
      call.console.output.line(test)
      if !call.isQuiet { tell(path, test, call) }
      return .done
    }
  }

  /// What was typed, where it is a name; with the ending that the file has it means the same.
  private static func name(from typed: String) throws(CommandFailure) -> String {
    let ending = [".yaml", ".yml", ".json"].first { typed.lowercased().hasSuffix($0) }
    let name = ending.map { String(typed.dropLast($0.count)) } ?? typed
    if name.contains("/") {
      let last = name.split(separator: "/").last.map(String.init) ?? ""
      let id = WorkflowStarter.id(from: last) ?? "new-supplier"
      throw .usage(
        "`\(typed)` is a path, and a name is wanted",
        help: "\(call(id)) writes workflows/\(id).yaml; -C FOLDER names another project")
    }
    guard TextLayout.harmless(name) == name else {
      throw .usage("`\(typed)` holds characters that cannot be seen", help: call("new-supplier"))
    }
    return name
  }

  private static func call(_ id: String) -> String { "baton new \(id)" }

  private static func tell(_ path: String, _ test: String, _ call: CommandCall) {
    let baton = call.programCall
    let word = CommandWord.quoted(path)
    call.console.errors.line("next: open `\(path)`, then")
    call.console.errors.line("  \(baton) validate \(word)")
    call.console.errors.line("  \(baton) test \(CommandWord.quoted(test))")
    call.console.errors.line("  \(baton) run \(word) -i subject='a first try'")
  }

  // MARK: questions

  private static func asked(
    _ template: WorkflowStarter, _ call: CommandCall
  ) throws(CommandFailure) -> WorkflowStarter {
    let prompter = Prompter(console: call.console)
    let name = try answer(
      prompter, .init(label: "What is the procedure called?", defaultText: template.name))
    let purpose = try answer(
      prompter, .init(label: "What is it for, in a sentence?", isOptional: true))
    let role = try answer(
      prompter, .init(label: "Who does it?", defaultText: template.role))
    var steps: [WorkflowStarter.Step] = []
    while let step = try self.step(steps.count + 1, prompter) { steps.append(step) }
    return WorkflowStarter(
      id: template.id, name: name ?? template.name, purpose: purpose ?? template.purpose,
      role: role ?? template.role, steps: steps.isEmpty ? template.steps : steps)
  }

  private static func step(
    _ number: Int, _ prompter: Prompter
  ) throws(CommandFailure) -> WorkflowStarter.Step? {
    let question = Prompter.Question(
      label: "Step \(number), what is done? (nothing: that is all)", isOptional: true)
    guard let name = try answer(prompter, question) else { return nil }
    let who = Prompter.Question(
      label: "  by a person or by the machine?", defaultText: "person",
      choices: ["person", "machine"])
    let answer = try answer(prompter, who)
    return WorkflowStarter.Step(name: name, isForPeople: answer != "machine")
  }

  /// - Returns: nil where nothing was typed.
  private static func answer(
    _ prompter: Prompter, _ question: Prompter.Question
  ) throws(CommandFailure) -> String? {
    let answer = prompter.ask(question) { text in
      question.choices.isEmpty || question.choices.contains(text)
        ? nil : "one of \(question.choices.joined(separator: ", "))"
    }
    switch answer {
    case .text(let text): return text
    case .nothing: return nil
    case .interrupted:
      throw CommandFailure(.interrupted, "nothing was written: the questions were broken off")
    }
  }
}
