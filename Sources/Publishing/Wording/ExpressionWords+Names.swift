import CEL
import Fields
import Values
import Workflows

extension ExpressionWords {
  func identifier(_ name: String) -> Phrase {
    if let words = variables[name] { return words }
    let words =
      switch name {
      case "now": "the moment of the step"
      case "inputs": "what the run was started with"
      case "outputs": "the result"
      case "error": "the failure"
      case "event": "the event"
      case "run": "the run"
      case "index": "the position (from 0)"
      case "item": "the item"
      default: variable(name)
      }
    return .name(words)
  }

  /// A variable of the author's; what has the words of an input is called by its name in the file.
  func variable(_ name: String) -> String {
    let words = Wording.noun(Wording.humanized(name))
    return isInput(words) ? style.code(name) : style.words(words)
  }

  func select(_ operand: SyntaxNode, _ field: String) -> Phrase {
    if let id = operand.stepID { return .name(stepField(field, id)) }
    if case .select(let step, "outputs", _) = operand.kind, let id = step.stepID {
      return .name("\(output(field, of: id)) from \(style.name(wording.stepName(id)))")
    }
    if let call = wording.call, operand.isIdentifier(wording.givenName) {
      return notGiven(field, to: call)
    }
    switch operand.kind {
    case .identifier("inputs"): return .name(input(field))
    case .identifier("event"): return .name("the event's \(plain(field))")
    case .identifier("outputs"):
      let words = noun(Wording.humanized(field))
      return .name(isInput(words) ? "\(words) of the result" : style.words(words))
    case .identifier("run"): return .name(Self.runFields[field] ?? "the run's \(plain(field))")
    case .identifier("error"):
      return .name(field == "message" ? "what went wrong" : "the failure's \(plain(field))")
    case .identifier("steps"): return .name(style.name(wording.stepName(field)))
    case .identifier(let name) where variables[name]?.text == Self.it:
      return .name("its \(plain(field))")
    default:
      return Phrase(
        .name, "\(style.words(noun(Wording.humanized(field)))) of \(text(operand), .name)")
    }
  }

  /// What an element is called where nothing else can be meant.
  static let it = "it"

  private func plain(_ field: String) -> String { style.words(Wording.humanized(field)) }

  // MARK: fields

  private func input(_ name: String) -> String {
    let fields = wording.workflow.inputs
    let words = noun(fields[name].map(Wording.fieldName) ?? Wording.humanized(name))
    let isShared = Self.ownNouns.contains(words) || isAmbiguous(words, fields)
    return style.words(words) + (isShared ? " (\(style.code(name)))" : "")
  }

  private func output(_ name: String, of id: String) -> String {
    let step = wording.workflow.step(named: id)
    let words = noun(wording.output(name, of: step))
    let isShared = wording.outputs(of: step).map { isAmbiguous(words, $0) } ?? false
    return style.words(words) + (isShared ? " (\(style.code(name)))" : "")
  }

  private func isAmbiguous(_ words: String, _ fields: FieldSet) -> Bool {
    fields.fields.count { noun(Wording.fieldName($0)) == words } > 1
  }

  private func isInput(_ words: String) -> Bool {
    wording.workflow.inputs.fields.contains { noun(Wording.fieldName($0)) == words }
  }

  /// What words of our own mean.
  private static let ownNouns: Set<String> = [
    "the result", "the failure", "the event", "the run", "the item", "the environment",
    "the moment of the step",
  ]

  /// As ``Wording/noun(_:)``; a label that reads like a piece of an expression is quoted.
  private func noun(_ name: String) -> String {
    let words = Wording.noun(name)
    guard words == "the \(name)" else { return words }
    let isSentence =
      name.contains { ",;“”+−×÷".contains($0) }
      || name.split(separator: " ").contains { Self.connectives.contains(String($0)) }
    return isSentence ? "the “\(name)”" : words
  }

  private static let connectives: Set<String> = ["and", "or", "if", "is", "otherwise", "not"]

  // MARK: steps and the run

  private func stepField(_ field: String, _ id: String) -> String {
    let name = style.name(wording.stepName(id))
    switch field {
    case "outputs": return "the result of \(name)"
    case "started_at": return "when \(name) began"
    case "finished_at": return "when \(name) was done"
    case "by": return "who did \(name)"
    case "attempts": return "the number of tries of \(name)"
    case "error": return "the failure of \(name)"
    default: return "the \(plain(field)) of \(name)"
    }
  }

  private static let runFields = [
    "id": "the run's id", "name": "the run's name", "status": "the run's outcome",
    "started_at": "when the run began", "started_by": "whoever started the run",
    "environment": "the environment", "workflow": "this procedure",
  ]

  // MARK: lists

  /// Where something is looked for: "the users from *Search*".
  func among(_ list: SyntaxNode) -> Phrase { text(list).within(.name) }

  /// The things that a list holds, without an article: "users from *Search*"; nil where its words
  /// have none that could be left out.
  func plural(_ list: SyntaxNode) -> String? {
    switch list.kind {
    case .identifier, .select:
      let words = text(list)
      return words.rank == .name && words.text.hasPrefix("the ") && !isText(list)
        ? String(words.text.dropFirst(4)) : nil
    default: return nil
    }
  }

  /// `x[0]`, `x['key']`.
  func element(_ list: SyntaxNode, _ position: SyntaxNode) -> Phrase {
    let among = text(list)
    switch position.kind {
    case .literal(.int(let index)) where Self.ordinals.indices.contains(Int(index)):
      return Phrase(.name, "the \(Self.ordinals[Int(index)]) of \(among, .name)")
    case .literal(.string(let key)): return select(list, key)
    default:
      let place = text(position).within(.name)
      return isWhole(position)
        ? Phrase(.name, "the entry of \(among, .name) at \(place, .name) (counted from 0)")
        : Phrase(.name, "the entry of \(among, .name) for \(place, .name)")
    }
  }

  private static let ordinals = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
  ]
}

extension SyntaxNode {
  /// The id of a step, where this is `steps.ID`.
  var stepID: String? {
    guard case .select(let operand, let field, _) = kind, operand.isIdentifier("steps") else {
      return nil
    }
    return field
  }

  func isIdentifier(_ name: String) -> Bool {
    if case .identifier(name) = kind { true } else { false }
  }
}
