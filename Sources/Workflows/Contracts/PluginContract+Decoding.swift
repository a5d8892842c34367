import CEL
import Documents
import Fields
package import SourceText
import Values

extension PluginContract {
  /// Reads a contract, `plugin.yaml`.
  ///
  /// - Parameters:
  ///   - folder: the name of the folder that the file is in, which is the plugin's name.
  ///   - isStarted: whether a run was started with it.
  ///   - isAdvised: whether warnings are wanted, too.
  /// - Returns: nil where anything is wrong; the findings say what.
  package static func decode(
    _ file: SourceFile, named folder: String? = nil, isStarted: Bool = false,
    isAdvised: Bool = false, into diagnostics: Diagnostics
  ) -> PluginContract? {
    let errors = diagnostics.errorCount
    guard let root = DocumentReader.read(file, into: diagnostics) else { return nil }
    let reader = FileDecoder(file, diagnostics, isStarted: isStarted, isAdvised: isAdvised)
    let decoder = ContractDecoder(reader)
    let contract = decoder.decode(root)
    if let folder { decoder.checkName(in: root, is: folder) }
    FileAdvice.look(at: root, reader)
    return diagnostics.errorCount == errors ? contract : nil
  }
}

/// Turns the document of a contract into one.
final class ContractDecoder {
  private let decoder: FileDecoder
  private var plugin = ""
  /// The operations without what refers to other operations.
  private var bare: [OperationContract] = []

  init(_ decoder: FileDecoder) { self.decoder = decoder }

  func decode(_ root: Node) -> PluginContract? {
    guard decoder.members(root, LanguageKeys.plugin) != nil else { return nil }
    if let name = root["plugin"] {
      plugin = decoder.text(name, "plugin") ?? ""
      checkName(plugin, "a plugin", at: name.span)
    } else {
      decoder.missing("plugin", in: "a contract", at: SourceSpan(start: 0, end: 0))
    }
    let operations = root["operations"].flatMap { decoder.map($0, "`operations`") } ?? []
    bare = operations.compactMap { self.bare($0) }
    let whole = zip(bare, operations).map { complete($0, $1) }
    let events = root["events"].flatMap { decoder.map($0, "`events`") } ?? []
    return PluginContract(
      name: plugin, version: decoder.text(root, under: "version"),
      summary: decoder.text(root, under: "summary") ?? "", operations: whole,
      events: events.map { event($0) }, file: decoder.file)
  }

  /// A plugin is found by its folder, so another name in the file says something wrong.
  func checkName(in root: Node, is folder: String) {
    guard let node = root["plugin"], let name = node.text, !name.hasSameBytes(as: folder) else {
      return
    }
    decoder.report(
      .badName, "the plugin in the folder `\(folder)` calls itself `\(name)`", at: node.span,
      label: "expected `\(folder)`", help: "name the folder and the plugin alike")
  }

  private func checkName(_ name: String, _ what: String, at span: SourceSpan) {
    if decoder.isName(name) { return }
    decoder.report(
      .badName, "`\(name)` is not a name for \(what)", at: span,
      label: "expected small letters, digits and `_`",
      help: "did you mean `\(name.snakeCased)`?")
  }

  private func event(_ member: Member) -> EventContract {
    checkName(member.name, "an event", at: member.key.span)
    return EventContract(plugin: plugin, name: member.name, fields: fields(member.value))
  }

  private func fields(_ node: Node?) -> FieldSet {
    guard let node, !node.isNull else { return FieldSet([]) }
    return FieldSet.decode(
      node, in: decoder.file, into: decoder.diagnostics, isStarted: decoder.isStarted)
  }

  private func bare(_ member: Member) -> OperationContract? {
    checkName(member.name, "an operation", at: member.key.span)
    let node = member.value
    _ = decoder.members(node, LanguageKeys.operation)
    let errors = node["errors"].flatMap { decoder.map($0, "`errors`") } ?? []
    let inputs = fields(node["inputs"])
    return OperationContract(
      plugin: plugin, name: member.name, summary: decoder.text(node, under: "summary") ?? "",
      effects: node["effects"].flatMap { decoder.choice($0, "effects") } ?? .once,
      inputs: inputs, outputs: fields(node["outputs"]),
      errors: errors.compactMap(error),
      keyLasts: node["key_lasts"].flatMap { decoder.clockLength($0, "key_lasts") },
      examples: examples(node["examples"]), manual: manual(node, inputs))
  }

  /// How a person does it, which those that call it as their probe or undo say as well.
  private func manual(_ node: Node, _ inputs: FieldSet) -> Template? {
    checkingReads(of: inputs) {
      node["manual"].flatMap { decoder.textTemplate($0, "manual", in: scope(of: inputs)) }
    }
  }

  /// What the texts and calls of an operation see.
  private func scope(of inputs: FieldSet) -> Scope {
    let inputs = Scope.Name(
      name: "inputs", type: inputs.objectType(named: "`inputs`"), sensitivity: Sensitivity(inputs))
    return Scope(FileScope([inputs, Scope.Name(name: "key", type: .string)]))
  }

  /// What it means, or a map that also says whether another try can help.
  private func error(_ member: Member) -> OperationError? {
    let node = member.value
    guard node.members != nil else {
      return decoder.text(node, member.name).map { OperationError(code: member.name, meaning: $0) }
    }
    guard decoder.members(node, LanguageKeys.operationError) != nil else { return nil }
    guard let message = node["message"] else {
      decoder.missing(
        "message", in: "`\(member.name)`", at: member.key.span,
        help: "a sentence that says what has failed")
      return nil
    }
    return decoder.text(message, "message").map {
      OperationError(
        code: member.name, meaning: $0,
        canRetry: node["retry"].flatMap { decoder.truth($0, "retry") })
    }
  }

  private func examples(_ node: Node?) -> [OperationExample] {
    (node.flatMap { decoder.list($0, "`examples`") } ?? []).compactMap { example in
      guard decoder.members(example, LanguageKeys.example) != nil else { return nil }
      return OperationExample(
        inputs: example["inputs"]?.value.asMap ?? ValueMap(),
        outputs: example["outputs"]?.value.asMap ?? ValueMap())
    }
  }

  private func complete(_ bare: OperationContract, _ member: Member) -> OperationContract {
    let node = member.value
    let scope = scope(of: bare.inputs)
    let lookup = SiblingOperations(plugin: plugin, operations: self.bare)
    checkExamples(bare, node)
    return checkingReads(of: bare.inputs) {
      OperationContract(
        plugin: plugin, name: bare.name, summary: bare.summary, effects: bare.effects,
        inputs: bare.inputs, outputs: bare.outputs, errors: bare.errors, keyLasts: bare.keyLasts,
        probe: node["probe"].flatMap {
          decoder.probe($0, of: (bare.name, bare.outputs), in: scope, lookup, calls: .contract)
        },
        undo: node["undo"].flatMap {
          decoder.undo($0, in: scope.with(.outputs(of: bare)), lookup, calls: .contract)
        }, examples: bare.examples, manual: bare.manual)
    }
  }

  /// What may be absent is read only where that is allowed for, and nothing is compared with itself.
  private func checkingReads<Decoded>(of inputs: FieldSet, in decode: () -> Decoded) -> Decoded {
    let first = decoder.reads.count
    decoder.neededValues = []
    let decoded = decode()
    let absence = AbsenceCheck(decoder, inputs: inputs)
    let elements = ElementCheck(decoder)
    for read in decoder.reads[first...] {
      absence.check(read)
      elements.check(read)
    }
    for needed in decoder.neededValues { absence.check(needed) }
    if decoder.isAdvised {
      SameSidesCheck(decoder: decoder).look(at: first..<decoder.reads.endIndex)
    }
    return decoded
  }

  private func checkExamples(_ contract: OperationContract, _ node: Node) {
    for example in node["examples"]?.items ?? [] {
      for (key, fields) in [("inputs", contract.inputs), ("outputs", contract.outputs)] {
        guard let written = example[key] ?? (fields.isEmpty ? nil : example) else { continue }
        let values = example[key]?.value.asMap ?? ValueMap()
        guard case .failure(let failure) = fields.complete(values) else { continue }
        for problem in failure.problems {
          let isUnknown = fields[problem.path] == nil
          decoder.report(
            .exampleMismatch, "the example's \(key) do not fit: \(problem.message)",
            at: written.span(of: problem.path, isUnknown))
        }
      }
    }
  }
}

/// The operations of one contract, named without their plugin.
private struct SiblingOperations: OperationLookup {
  let plugin: String
  let operations: [OperationContract]

  func operation(named name: String) -> OperationContract? {
    operations.first { $0.name.hasSameBytes(as: name) }
  }

  func problem(with name: String) -> LookupProblem {
    let names = operations.map(\.name).sorted()
    return LookupProblem(
      message: "unknown operation `\(name)`",
      label: "`\(plugin)` has \(names.joined(separator: ", "))",
      near: nearest(name, among: names))
  }
}
