import Values
import Workflows

/// The definitions of steps and of what stands in them.
struct StepSchemas {
  let language: LanguageSchema

  var definitions: [(String, ValueMap)] {
    [
      ("steps", ["type": "array", "items": reference("step")]),
      ("some_steps", ["type": "array", "items": reference("step"), "minItems": 1]), ("step", step),
      ("check", check), ("retry", retry), ("policy", policy), ("recovery", recovery),
      ("undo", undo), ("probe", probe), ("call", call("Who is told, by which operation")),
      ("deadline", deadline), ("reminder", reminder), ("escalation", escalation),
      ("ask", ask), ("item", item), ("approve", approve), ("wait", wait), ("done_on", doneOn),
      ("for_each", forEach), ("case", choice), ("repeat", loop), ("finish", finish),
      ("role_name", roleName), ("operations", ["allOf": .list(operations)]),
    ]
  }

  private func reference(_ name: String) -> Value { language.reference(name) }

  private var step: ValueMap {
    var schema = language.map(required: ["id"], members)
    let kinds = [
      "action", "ask", "approve", "wait", "set", "steps", "parallel", "for_each", "choose",
      "repeat", "workflow", "go_to", "finish",
    ]
    schema["oneOf"] = .list(kinds.map { ["required": [.string($0)]] })
    schema["allOf"] = .list(
      belonging + [
        language.needs("remind", "due"), language.needs("on_expiry", "expires"),
        reference("operations"),
      ])
    return schema
  }

  /// A map that may call an operation, with what that is called with.
  private func calling(_ schema: ValueMap) -> ValueMap {
    var schema = schema
    schema["allOf"] = [language.needs("with", "action"), reference("operations")]
    return schema
  }

  /// The keys that stand only in steps of some kinds.
  private var belonging: [Value] {
    let homes: [([String], in: [String])] = [
      (["timeout", "retry", "effects", "probe"], ["action"]), (["with"], ["action", "workflow"]),
      (["due", "expires", "remind", "escalate", "on_expiry"], ["ask", "approve", "wait"]),
    ]
    return homes.map { keys, kinds in
      [
        "if": ["anyOf": .list(kinds.map { ["required": [.string($0)]] })],
        "else": ["properties": .map(ValueMap(keys.map { ($0, false) }))],
      ]
    }
  }

  private var members: [(String, Value)] {
    common + [
      ("action", reference("action")), ("with", ["type": "object"]), ("ask", reference("ask")),
      ("approve", reference("approve")), ("wait", reference("wait")),
      ("set", ["type": "object", "minProperties": 1]), ("steps", reference("some_steps")),
      ("parallel", reference("some_steps")), ("for_each", reference("for_each")),
      ("choose", language.some(reference("case"))), ("repeat", reference("repeat")),
      ("workflow", workflowName), ("go_to", ["type": "string"]), ("finish", reference("finish")),
    ]
  }

  private var common: [(String, Value)] {
    [
      ("id", ["type": ["string", "boolean"], "pattern": "^[a-z][a-z0-9_]*$"]),
      ("name", language.text("A sentence: what people see")),
      ("description", language.text("Markdown, shown to whoever works on the step")),
      ("role", reference("role_name")), ("if", reference("expression")),
      ("preconditions", language.list(reference("check"))),
      ("verify", language.list(reference("check"))),
      ("checkpoint", reference("text")), ("retry", reference("retry")),
      ("timeout", reference("elapsed")), ("target", reference("length")),
      ("due", reference("deadline")), ("expires", reference("deadline")),
      ("remind", language.list(reference("reminder"))),
      ("escalate", language.list(reference("escalation"))),
      ("on_failure", reference("policy")), ("on_expiry", reference("policy")),
      ("undo", reference("undo")),
      ("manual", language.text("How a person does it by hand, Markdown")),
      ("effects", ["enum": ["none", "repeatable", "keyed", "once"]]),
      ("probe", reference("probe")), ("allow", reference("allow")),
    ]
  }

  /// What each operation is called with.
  private var operations: [Value] {
    language.catalog.operationNames.compactMap { name in
      guard let contract = language.catalog.operation(named: name) else { return nil }
      var then: ValueMap = ["properties": ["with": reference("with \(name)")]]
      if OperationSchema(contract).hasRequired { then["required"] = ["with"] }
      return [
        "if": ["properties": ["action": ["const": .string(name)]], "required": ["action"]],
        "then": .map(then),
      ]
    }
  }

  private var workflowName: Value {
    guard !language.workflows.isEmpty else { return ["type": "string"] }
    return language.anyOf(
      ["enum": .list(language.workflows.map { .string($0) })], ["type": "string"])
  }

  private var roleName: ValueMap {
    guard !language.roles.isEmpty else { return ["type": "string"] }
    return [
      "anyOf": [["enum": .list(language.roles.map { .string($0) })], ["type": "string"]]
    ]
  }

  // MARK: policies

  private var check: ValueMap {
    calling(
      language.map(
        required: ["check"],
        [
          ("check", reference("expression")), ("message", reference("text")),
          ("see", reference("text")), ("action", reference("action")),
          ("with", ["type": "object"]),
        ]))
  }

  private var retry: ValueMap {
    language.map(
      required: ["attempts"],
      [
        ("attempts", ["type": "integer", "minimum": 1]), ("wait", reference("elapsed")),
        ("backoff", ["enum": ["constant", "double"]]), ("max_wait", reference("elapsed")),
        ("only_if", reference("expression")),
      ])
  }

  private var policy: ValueMap {
    [
      "anyOf": [
        ["enum": ["park", "continue", "stop", "undo"]], reference("recovery"),
        language.some(reference("recovery")),
      ]
    ]
  }

  private var recovery: ValueMap {
    var schema = language.map([
      ("when", reference("expression")), ("steps", reference("steps")),
      ("then", ["enum": ["park", "continue", "stop", "undo", "retry"]]),
    ])
    schema["anyOf"] = language.there("steps", "then")
    return schema
  }

  private var undo: ValueMap {
    var schema = language.map([
      ("action", reference("action")), ("with", ["type": "object"]),
      ("manual", reference("text")),
    ])
    schema["oneOf"] = language.there("action", "manual")
    schema["allOf"] = [reference("operations")]
    return schema
  }

  private var probe: ValueMap {
    calling(
      language.map(
        required: ["action", "check"],
        [
          ("action", reference("action")), ("with", ["type": "object"]),
          ("check", reference("expression")), ("outputs", ["type": "object"]),
        ]))
  }

  private func call(_ description: String) -> ValueMap {
    var schema = calling(
      language.map(
        required: ["action"], [("action", reference("action")), ("with", ["type": "object"])]))
    schema["description"] = .string(description)
    return schema
  }

  // MARK: deadlines

  private var deadline: ValueMap {
    let moment = language.map(required: ["at"], [("at", reference("expression"))])
    return ["anyOf": [reference("length"), .map(moment)]]
  }

  private var reminder: ValueMap {
    let whole = language.map(
      required: ["before"],
      [
        ("before", reference("length")), ("if", reference("expression")),
        ("notify", reference("call")),
      ])
    return ["anyOf": [["type": "string", "pattern": " before$"], .map(whole)]]
  }

  private var escalation: ValueMap {
    var schema = language.map([
      ("after", reference("length")), ("after_due", reference("length")),
      ("to", reference("role_name")), ("if", reference("expression")),
      ("notify", reference("call")),
    ])
    schema["oneOf"] = language.there("after", "after_due")
    return schema
  }

  // MARK: kinds

  private var ask: ValueMap {
    var schema = language.map([
      ("message", reference("text")),
      ("items", ["type": "object", "additionalProperties": reference("item")]),
      ("fields", reference("fields")), ("complete_when", reference("expression")),
    ])
    schema["anyOf"] = language.there("items", "fields")
    return schema
  }

  private var item: ValueMap {
    let whole = language.map(
      required: ["label"],
      [
        ("label", reference("text")), ("help", reference("text")),
        ("category", reference("text")), ("done_on", reference("done_on")),
      ])
    return ["anyOf": [reference("text"), .map(whole)]]
  }

  private var doneOn: ValueMap {
    language.map(
      required: ["event"],
      [
        ("event", reference("event")), ("match", reference("expression")),
        ("since", ["type": "string"]),
      ])
  }

  private var approve: ValueMap {
    let whole = language.map(
      required: ["message"],
      [
        ("message", reference("text")), ("approvals", ["type": "integer", "minimum": 1]),
        ("not_starter", ["type": "boolean"]),
      ])
    return ["anyOf": [reference("text"), .map(whole)]]
  }

  private var wait: ValueMap {
    var whole = language.map([
      ("event", reference("event")), ("match", reference("expression")),
      ("since", ["type": "string"]), ("at", reference("expression")),
      ("until", reference("expression")),
      (
        "first_of",
        ["type": "object", "additionalProperties": reference("wait"), "minProperties": 1]
      ),
    ])
    whole["oneOf"] = language.there("event", "at", "until", "first_of")
    return ["anyOf": [reference("length"), .map(whole)]]
  }

  private var forEach: ValueMap {
    language.map(
      required: ["in", "steps"],
      [
        ("in", reference("expression")), ("as", ["type": "string"]),
        ("max_parallel", ["type": "integer", "minimum": 1]), ("collect", [:]),
        ("steps", reference("some_steps")),
      ])
  }

  private var choice: ValueMap {
    language.map(
      required: ["steps"], [("when", reference("expression")), ("steps", reference("some_steps"))])
  }

  private var loop: ValueMap {
    language.map(
      required: ["steps", "until"],
      [
        ("steps", reference("some_steps")), ("until", reference("expression")),
        ("every", reference("length")), ("at_most", ["type": "integer", "minimum": 1]),
      ])
  }

  private var finish: ValueMap {
    let outcomes: Value = ["enum": ["succeeded", "failed", "cancelled"]]
    let whole = language.map([("outcome", outcomes), ("message", reference("text"))])
    return ["anyOf": [outcomes, ["type": "null"], .map(whole)]]
  }
}
