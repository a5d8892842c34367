import Fields
import Values
import Workflows

/// What the steps to come of a run read of what is there already, and will not find as they expect it.
struct StandingReads {
  /// Something that is read and is not there, or is not what it has to be.
  struct Lack: Hashable {
    /// What distinguishes it from other ones, whatever the values are.
    struct Key: Hashable {
      let what: String
      /// What reads it; nil: the outputs of the workflow.
      let reader: String?
      let isMissing: Bool
    }

    let key: Key
    /// ``what`` is missing, or why it does not fit.
    let problem: String
    /// Who reads it: `b` needs.
    let sentence: String
  }

  private let engine: RunEngine
  /// The steps that nobody comes to any more, whatever they came to.
  private let passed: Set<String>
  private var readers: [MigrationClassifier.Place: [OutputReader]] = [:]

  /// - Parameter toDo: the steps that are carried out although the run has passed their place.
  init(_ engine: RunEngine, toDo: Set<String> = []) {
    self.engine = engine
    var passed: Set<String> = []
    for frame in engine.state.frames.values {
      for step in frame.list.steps[..<min(frame.cursor, frame.list.steps.count)] {
        passed.insert(frame.address(of: step))
      }
    }
    self.passed = passed.subtracting(toDo)
  }

  /// What is not there of what a step gives, of a call under way, or of the items of a loop.
  mutating func lacks(at address: String) -> [Lack] {
    guard let record = engine.state.steps[address],
      engine.state.undo.position(of: address) == nil,
      let (step, surroundings) = engine.location(of: address)
    else { return [] }
    // What the call gives is worked out already.
    if let call = surroundings.call, engine.state.steps[call]?.isOver ?? false { return [] }
    switch (record.phase, step.kind) {
    case (.succeeded, _), (.skipped, _): return outputs(of: step, at: address, surroundings)
    case (.inside, .forEach(let loop)):
      guard let group = record.group, !group.collected.isEmpty else { return [] }
      let values = loop.restored(collection: group.collection(openedBy: engine.vault))
      return lacks(.list(values), of: step, at: address, surroundings)
    case (.inside, .workflow(let call)):
      guard let definition = call.definition, let start = record.group?.start else { return [] }
      return inputs(start.inputs, of: definition, calledAt: address)
    default: return []
    }
  }

  // MARK: Outputs

  private mutating func outputs(
    of step: Step, at address: String, _ surroundings: Surroundings
  ) -> [Lack] {
    let outputs = StateReader(engine).outputs(of: step, at: address)
    return lacks(outputs, of: step, at: address, surroundings)
  }

  private mutating func lacks(
    _ outputs: Value, of step: Step, at address: String, _ surroundings: Surroundings
  ) -> [Lack] {
    let readers = readersToCome(of: step, at: address, surroundings)
    guard !readers.isEmpty, let record = engine.state.steps[address] else { return [] }
    let values = outputs.asMap ?? [Step.collectedOutput: outputs]
    let locked = Set(record.outputs.names).subtracting(values.compactMap(\.key.asString))
    var fields: FieldSet?
    if record.hasOutputs {
      fields =
        step.outputsByHand(needed: [], in: surroundings.workflow, given: values)?.typed
    }
    return readers.flatMap { reader in
      reader.paths.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { path -> Lack? in
        guard !locked.contains(path[0]) else { return nil }
        let sentence = reader.sentence(in: surroundings.workflow)
        if let missing = missing(path, in: values) {
          return Lack(missing: missing, reader.step, sentence)
        }
        guard let (field, value) = Self.field(of: path, in: values, fields) else { return nil }
        let isHidden = record.outputs.sealed[path[0]] != nil
        if case .forEach = step.kind {
          return Lack(items: value.inJSON, field, isHidden: isHidden, reader, surroundings.workflow)
        }
        return Lack(field, value.inJSON, isHidden: isHidden, reader.step, sentence)
      }
    }
  }

  /// What an output that is read has to be, or the member of it: `event.amount`.
  private static func field(
    of path: [String], in values: ValueMap, _ fields: FieldSet?
  ) -> (Field, Value)? {
    guard let value = values[path[0]] else { return nil }
    if path.count > 1, let field = fields?["\(path[0]).\(path[1])"], let member = value[path[1]] {
      return (field, member)
    }
    return fields?[path[0]].map { ($0, value) }
  }

  /// The first part of a path that is not there.
  private func missing(_ path: [String], in values: ValueMap) -> String? {
    var value: Value = .map(values)
    for (index, name) in path.enumerated() {
      guard case .map(let members) = value else { return nil }
      guard let member = members[name] else { return path[...index].joined(separator: ".") }
      value = member
    }
    return nil
  }

  private mutating func readersToCome(
    of step: Step, at address: String, _ surroundings: Surroundings
  ) -> [OutputReader] {
    let workflow = surroundings.workflow
    let place = MigrationClassifier.Place(workflow: workflow.id, step: step.id)
    let known = readers[place] ?? workflow.readers(of: step, outside: step)
    readers[place] = known
    guard !known.isEmpty else { return [] }
    let outlook = Outlook(engine, surroundings, address)
    return known.filter { reader in
      reader.step.map { isToCome($0, surroundings, outlook, seenFrom: step) } ?? true
    }
  }

  // MARK: Inputs

  private func inputs(
    _ given: StoredValues, of definition: Workflow, calledAt call: String
  ) -> [Lack] {
    let surroundings = Surroundings(definition, call: call)
    let names = Set(given.names)
    let opened = definition.inputs.coerce(given.openedOrLeftOut(by: engine.vault))
    let outlook = Outlook(engine, surroundings, "")
    return definition.inputReaders.flatMap { step, read -> [Lack] in
      if let step, !isToCome(step, surroundings, outlook, seenFrom: step) { return [] }
      let sentence =
        step.map { "`\($0.id)` needs" } ?? "the outputs of `\(definition.id)` need"
      return read.sorted().compactMap { name in
        guard names.contains(name) else { return Lack(missing: name, step, sentence) }
        guard let field = definition.inputs[name], let value = opened[name] else { return nil }
        return Lack(field, value.inJSON, isHidden: given.sealed[name] != nil, step, sentence)
      }
    }
  }

  // MARK: Steps to come

  /// Whether the run still comes to what a step reads.
  private func isToCome(
    _ reader: Step, _ surroundings: Surroundings, _ outlook: Outlook, seenFrom step: Step
  ) -> Bool {
    // What such a step reads was read when it was begun.
    switch reader.kind {
    case .choose, .section, .parallel, .workflow:
      if case .inside? = engine.state.steps[surroundings.address(of: reader)]?.phase {
        return false
      }
    default: break
    }
    var inner = reader
    while true {
      let address = surroundings.address(of: inner)
      let record = engine.state.steps[address]
      if record?.isOver ?? false || (record == nil && passed.contains(address)) { return false }
      guard let parent = inner.parent else { break }
      inner = surroundings.workflow.allSteps[parent]
    }
    return !outlook.rulesOut(reader, seenFrom: step)
  }
}

extension StandingReads.Lack {
  fileprivate init(missing what: String, _ reader: Step?, _ sentence: String) {
    self.init(
      key: Key(what: what, reader: reader?.id, isMissing: true), problem: "there is no `\(what)`",
      sentence: sentence)
  }

  /// - Returns: nil where the value is what it has to be.
  fileprivate init?(
    _ field: Field, _ value: Value, isHidden: Bool, _ reader: Step?, _ sentence: String
  ) {
    guard let problem = field.problems(in: value, isHidden: isHidden).first else { return nil }
    self.init(field, problem, reader, sentence)
  }

  /// Of a list only what is read of its items matters.
  ///
  /// - Returns: nil where that is what it has to be.
  fileprivate init?(
    items: Value, _ field: Field, isHidden: Bool, _ reader: OutputReader, _ workflow: Workflow
  ) {
    let problems = field.problems(in: items, isHidden: isHidden)
    guard !problems.isEmpty else { return nil }
    let reads = reader.itemReads
    let certain = problems.first { problem in
      guard let member = problem.path.memberOfItem else {
        return reads.areWhole || !reads.members.isEmpty
      }
      return reads.members.contains(member)
    }
    if let certain {
      self.init(field, certain, reader.step, reader.sentence(in: workflow))
    } else if reads.areWhole {
      self.init(field, problems[0], reader.step, reader.doubtfulSentence(in: workflow))
    } else {
      return nil
    }
  }

  private init(_ field: Field, _ problem: FieldProblem, _ reader: Step?, _ sentence: String) {
    self.init(
      key: Key(what: field.name, reader: reader?.id, isMissing: false), problem: problem.message,
      sentence: sentence)
  }
}

extension String {
  /// The member of an item that the path of a problem is about: `y` of `collected[0].y`; nil where it is about the
  /// list or an item as a whole, empty where it is about an item of an item.
  fileprivate var memberOfItem: String? {
    guard let bracket = firstIndex(of: "]") else { return nil }
    let rest = self[index(after: bracket)...]
    if rest.isEmpty { return nil }
    guard rest.hasPrefix(".") else { return "" }
    return String(rest.dropFirst().prefix { $0 != "." && $0 != "[" })
  }
}

extension StepRecord {
  fileprivate var hasOutputs: Bool { if case .skipped = phase { false } else { true } }
}
