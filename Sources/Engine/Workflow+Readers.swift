import CEL
import Workflows

/// What cannot do without the outputs of a step.
struct OutputReader {
  /// The step; nil stands for the outputs of the workflow.
  let step: Step?
  /// The step whose outputs it reads.
  let producer: Step
  /// The names of what it reads.
  let names: Set<String>
  /// The paths in the outputs that it reads, as far as they are read for certain.
  var paths: Set<[String]> = []
  /// What it is made of that reads them.
  private let expressions: [Expression]

  /// What it reads of the items, where the step is a loop over a list.
  var itemReads: ItemReads {
    var found = ItemReads()
    for expression in expressions {
      found.add(expression.itemReads(ofListAt: ["steps", producer.id, "outputs"]))
    }
    return found
  }

  /// `b` needs, or the workflow's outputs need.
  func sentence(in workflow: Workflow) -> String {
    step.map { "`\($0.id)` needs" } ?? "the outputs of `\(workflow.id)` need"
  }

  /// The same where it may do without.
  func doubtfulSentence(in workflow: Workflow) -> String {
    (step.map { "`\($0.id)`" } ?? "the outputs of `\(workflow.id)`") + " may need"
  }
}

extension Workflow {
  /// What cannot do without the outputs of a step, or of those inside it: `b`, or the workflow's outputs.
  func reader(needing producer: Step) -> String? {
    for step in producer.giving {
      if let reader = readers(of: step, outside: producer).first {
        return reader.sentence(in: self)
      }
    }
    return nil
  }

  /// What reads outputs of a step whether or not they are there.
  ///
  /// - Parameter whole: what is read inside of this does not count.
  func readers(of producer: Step, outside whole: Step) -> [OutputReader] {
    var found: [OutputReader] = []
    let givers = givers(of: producer)
    for step in allSteps where step.index != producer.index && !isInside(step, of: whole) {
      guard let reader = OutputReader(step, of: producer, givers, step.ownExpressions) else {
        continue
      }
      found.append(reader)
    }
    let promised = outputs.flatMap(\.value.expressions)
    if let reader = OutputReader(nil, of: producer, givers, promised) { found.append(reader) }
    return found
  }

  /// What reads inputs of the workflow whether or not they are there: the step, nil for the outputs of
  /// the workflow, and the names.
  var inputReaders: [(step: Step?, names: Set<String>)] {
    let readers = allSteps.map { ($0, $0.ownExpressions) as (Step?, [Expression]) }
    return (readers + [(nil, outputs.flatMap(\.value.expressions))]).compactMap { step, found in
      let names = Set(found.flatMap(\.inputNames))
      return names.isEmpty ? nil : (step, names)
    }
  }

  /// The steps whose outputs are those of a step: itself, and a `repeat` around it whose last step it is.
  private func givers(of producer: Step) -> [Step] {
    var givers = [producer]
    while let last = givers.last, let parent = last.parent,
      case .repeat(let loop) = allSteps[parent].kind, loop.steps.steps.last === last
    {
      givers.append(allSteps[parent])
    }
    return givers
  }

  private func isInside(_ step: Step, of whole: Step) -> Bool {
    var parent = step.parent
    while let outer = parent {
      if outer == whole.index { return true }
      parent = allSteps[outer].parent
    }
    return false
  }

  /// The conditions without which a step is not carried out, as far as they see what a step outside of its
  /// loops sees.
  func conditions(around step: Step, seenFrom other: Step) -> [Expression] {
    var conditions = [step.condition].compactMap(\.self)
    var inner = step
    while let parent = inner.parent {
      let outer = allSteps[parent]
      switch outer.kind {
      case .forEach, .repeat:
        if !isInside(other, of: outer) { conditions = [] }
      case .choose(let cases):
        let own = cases.first { $0.steps.steps.contains { $0 === inner } }
        if let when = own?.when { conditions.append(when) }
      default: break
      }
      if let condition = outer.condition { conditions.append(condition) }
      inner = outer
    }
    return conditions
  }
}

extension Step {
  /// The steps that give something where this one is over: itself, and those inside it, but for those in
  /// loops, whose outputs nobody outside sees.
  var giving: [Step] {
    let lists: [StepList] =
      switch kind {
      case .section(let list), .parallel(let list): [list]
      case .choose(let cases): cases.map(\.steps)
      default: []
      }
    return [self] + lists.flatMap(\.steps).flatMap(\.giving)
  }
}

extension OutputReader {
  /// - Returns: nil where it reads nothing of them for certain.
  fileprivate init?(
    _ step: Step?, of producer: Step, _ givers: [Step], _ expressions: [Expression]
  ) {
    var (paths, reading): (Set<[String]>, [Expression]) = ([], [])
    for expression in expressions {
      let read = expression.paths(of: givers)
      if read.isEmpty { continue }
      paths.formUnion(read)
      reading.append(expression)
    }
    guard !paths.isEmpty else { return nil }
    self.init(
      step: step, producer: producer, names: Set(paths.map { $0[0] }), paths: paths,
      expressions: reading)
  }
}

extension Expression {
  /// The paths in the outputs of steps that it reads for certain.
  fileprivate func paths(of givers: [Step]) -> [[String]] { givers.flatMap(paths) }

  private func paths(of producer: Step) -> [[String]] {
    references.compactMap { reference in
      let path = reference.path
      guard reference.certainCount >= 3, path[0] == "steps", path[1] == producer.id,
        path[2] == "outputs"
      else { return nil }
      // What a loop gives is a list, and has no names.
      if case .forEach = producer.kind { return [Step.collectedOutput] }
      return reference.certainCount >= 4 ? Array(path[3..<reference.certainCount]) : nil
    }
  }

  /// The inputs that it reads for certain.
  fileprivate var inputNames: [String] {
    references.compactMap { reference in
      reference.certainCount >= 2 && reference.path[0] == "inputs" ? reference.path[1] : nil
    }
  }
}

extension Step {
  /// The expressions that the step itself is made of, not those of the steps inside it.
  var ownExpressions: [Expression] {
    var found = [condition].compactMap(\.self) + (preconditions + verify).map(\.check)
    switch kind {
    case .action(let call): found += call.with.flatMap(\.value.expressions)
    case .set(let values): found += values.flatMap(\.value.expressions)
    case .ask(let question): found += question.expressions
    case .approve(let approval): found += approval.message.expressions
    case .wait(let wait): found += wait.expressions
    case .forEach(let loop): found += [loop.list] + (loop.collect?.expressions ?? [])
    case .choose(let cases): found += cases.compactMap(\.when)
    case .repeat(let loop): found.append(loop.until)
    case .workflow(let call): found += call.with.flatMap(\.value.expressions)
    case .finish(let finish): found += finish.message?.expressions ?? []
    case .section, .parallel, .goTo: break
    }
    let looks = (preconditions + verify).compactMap(\.look)
    return found + looks.flatMap { $0.with.flatMap(\.value.expressions) }
      + [due, expires].compactMap(\.self).flatMap(\.expressions)
      + lengths.flatMap(\.template.expressions) + [retry?.onlyIf].compactMap(\.self)
      + (undo?.ownExpressions ?? []) + (probe?.ownExpressions ?? [])
  }

  /// The lengths of time it goes by, besides its deadlines.
  private var lengths: [DurationTemplate] {
    var found = [timeout, retry?.wait, retry?.maxWait].compactMap(\.self)
    if case .repeat(let loop) = kind, let every = loop.every { found.append(every) }
    return found + remind.map(\.before) + escalate.map(\.after)
  }
}

extension UndoDefinition {
  /// What it evaluates in the step; a contract's sees nothing of the workflow.
  fileprivate var ownExpressions: [Expression] {
    switch self {
    case .action(let call, scope: .workflow): call.with.flatMap(\.value.expressions)
    case .action(_, scope: .contract): []
    case .manual(let text): text.expressions
    }
  }
}

extension Probe {
  /// What it evaluates in the step; a contract's sees nothing of the workflow.
  fileprivate var ownExpressions: [Expression] {
    guard scope == .workflow else { return [] }
    return (action.with + outputs).flatMap(\.value.expressions) + [check]
  }
}

extension Question {
  fileprivate var expressions: [Expression] {
    let matches = [completeWhen] + items.map(\.doneOn?.match)
    return (message?.expressions ?? []) + items.flatMap(\.label.expressions)
      + matches.compactMap(\.self)
  }
}

extension Deadline {
  fileprivate var expressions: [Expression] {
    switch self {
    case .after(let duration): duration.template.expressions
    case .at(let moment): [moment]
    }
  }
}

extension Wait {
  fileprivate var expressions: [Expression] {
    switch self {
    case .duration(let duration): duration.template.expressions
    case .until(let moment): [moment]
    case .event(let event): [event.match].compactMap(\.self)
    case .firstOf(let waits): waits.flatMap(\.wait.expressions)
    }
  }
}
