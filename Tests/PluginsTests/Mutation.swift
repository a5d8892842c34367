import Documents
import Fields
import SourceText
import TestSupport
import Workflows

/// A kind of mistake: how to make it somewhere in a workflow, and what has to be found then.
struct Mutation: Sendable {
  let name: String
  let code: DiagnosticCode
  /// nil where the workflow has no place for it.
  let edit: @Sendable (MutationPlaces, inout SeededNumbers) -> Edit?

  init(
    _ name: String, _ code: DiagnosticCode,
    _ edit: @escaping @Sendable (MutationPlaces, inout SeededNumbers) -> Edit?
  ) {
    self.name = name
    self.code = code
    self.edit = edit
  }

  /// A step that is wrong in itself, put in somewhere.
  private static func step(
    _ name: String, _ code: DiagnosticCode, _ json: String, at mark: String,
    where fits: @escaping @Sendable (MutationPlaces.StepPlace) -> Bool = { _ in true }
  ) -> Mutation {
    Mutation(name, code) { places, random in
      places.step(&random, where: fits).map { places.insert(json, before: $0, at: mark) }
    }
  }

  private static func scalar(
    _ name: String, _ code: DiagnosticCode, _ keys: [String],
    _ change: @escaping @Sendable (String) -> String
  ) -> Mutation {
    Mutation(name, code) { places, random in
      places.scalar(keys, &random).map { places.replace($0, with: change($0.text)) }
    }
  }

  static let all = shape + names + expressions + flow + people + effects + file

  // MARK: Shape

  private static let shape = [
    Mutation("an unknown key", .unknownKey) { places, random in
      places.step(&random).flatMap { places.replaceKey($0.node, "name", with: "nmae") }
    },
    Mutation("a key twice", .init("B0103")) { places, random in
      guard let step = places.step(&random), let id = step.node["id"]?.scalar,
        let key = step.node.members?.first(where: { $0.name == "id" })?.key,
        let edit = places.insert("id", "\"\(id.text)\"", into: step.node)
      else { return nil }
      return Edit(edit.range, edit.text, expected: key.span.start)
    },
    Mutation("no id", .missingKey) { places, random in
      places.step(&random) { $0.node.members?.first?.name == "id" }
        .flatMap { places.replaceKey($0.node, "id", with: "number") }
    },
    Mutation("a misspelt id", .unknownKey) { places, random in
      places.step(&random) { $0.node.members?.first?.name == "id" }
        .flatMap { places.replaceKey($0.node, "id", with: "idd") }
    },
    Mutation("no kind", .missingKind) { places, random in
      guard let step = places.step(&random, where: { $0.node["action"] != nil }),
        let edit = places.replaceKey(step.node, "action", with: "perform"),
        let id = step.node["id"]?.span.start
      else { return nil }
      return Edit(edit.range, edit.text, expected: id)
    },
    Mutation("two kinds", .severalKinds) { places, random in
      guard let step = places.step(&random, where: { $0.node["wait"] == nil }) else { return nil }
      guard let edit = places.insert("wait", "\"1h\"", into: step.node),
        let kind = step.node.members?.first(where: {
          ["action", "ask", "approve", "set", "steps", "go_to", "finish"].contains($0.name)
        })
      else { return nil }
      return Edit(edit.range, edit.text, expected: kind.key.span.start)
    },
    Mutation("a list where a map belongs", .wrongShape) { places, random in
      guard let step = places.step(&random, where: { $0.node["undo"] == nil }) else { return nil }
      return places.insert("undo", "[ 1 ]", into: step.node)
    },
    Mutation("a word that is not allowed", .valueNotAllowed) { places, random in
      places.step(&random) { $0.node["on_failure"] == nil }
        .flatMap { places.insert("on_failure", "\"explode\"", into: $0.node) }
    },
    scalar("a length without a unit", .badLength, ["target", "timeout", "due"]) { _ in "5" },
    step(
      "an expression that is no condition", .expressionResult,
      #"{"id": "zz", "if": "1 + 1", "wait": "1h"}"#, at: "\"1 + 1"),
    step(
      "braces in a condition", .interpolationInExpression,
      #"{"id": "zz", "if": "${{ true }}", "wait": "1h"}"#, at: "${{"),
    step(
      "braces that nothing closes", .unclosedInterpolation,
      #"{"id": "zz", "set": {"a": "b ${{ 1"}}"#, at: "${{"),
    step(
      "a list in a text", .notInsertable, #"{"id": "zz", "set": {"a": "b ${{ [1] }}"}}"#, at: "${{"),
    step(
      "an expression that cannot be read", .expressionSyntax,
      #"{"id": "zz", "set": {"a": "${{ 1 + }}"}}"#, at: "${{"),
  ]

  // MARK: Names

  private static let names = [
    scalar("an unknown operation", .unknownOperation, ["action"]) { $0 + "x" },
    Mutation("an unknown role", .unknownRole) { places, random in
      places.step(&random) { $0.node["role"] != nil }?.node["role"]?.scalar
        .map { places.replace($0, with: $0.text + "x") }
    },
    scalar("an unknown event", .unknownEvent, ["event"]) { $0 + "x" },
    Mutation("an id that is taken", .duplicateName) { places, random in
      guard let step = places.step(&random), let id = step.node["id"]?.scalar else { return nil }
      let json = #"{"id": "\#(id.text)", "wait": "1h"}"#
      let edit = places.insert(json, before: step, at: "id")
      return Edit(edit.range, edit.text, expected: id.span.start)
    },
    Mutation("an id that is no id", .badName) { places, random in
      places.step(&random)?.node["id"]?.scalar.map { places.replace($0, with: "Not-an-id") }
    },
    step(
      "an unknown step", .unknownStep, #"{"id": "zz", "set": {"a": "${{ steps.zzz.status }}"}}"#,
      at: "steps.zzz"),
    step(
      "an unknown workflow", .unknownWorkflow, #"{"id": "zz", "workflow": "no-such-workflow"}"#,
      at: "no-such"),
    step(
      "an input that is not there", .unknownInput,
      #"{"id": "zz", "action": "log.write", "with": {"message": "a", "mesage": "b"}}"#, at: "mesage"
    ),
    step(
      "an input that is missing", .missingInput,
      #"{"id": "zz", "action": "log.write", "with": {"level": "info"}}"#, at: "{\"level"),
    step(
      "an input of another type", .inputMismatch,
      #"{"id": "zz", "action": "log.write", "with": {"message": [1]}}"#, at: "[1]"),
    Mutation("a checkpoint that is taken", .duplicateName) { places, random in
      let taken = places.scalars.filter { $0.key == "checkpoint" }.map(\.scalar)
      guard taken.count > 1, let last = taken.last else { return nil }
      return places.replace(last, with: taken[0].text)
    },
    Mutation("an unknown calendar", .unknownCalendar) { places, _ in
      if let calendar = places.root["calendar"]?.scalar {
        return places.replace(calendar, with: "zzz")
      }
      return places.insert("calendar", "\"zzz\"", into: places.root)
    },
  ]

  // MARK: Expressions

  private static let expressions = [
    step(
      "a date where a moment is needed", .valueNotAllowed,
      #"{"id": "zz", "steps": [{"id": "zq", "ask": {"fields": {"day": {"type": "string", "format": "date"}}}}, "#
        + #"{"id": "zw", "wait": {"at": "timestamp(steps.zq.outputs.day)"}}]}"#, at: "steps.zq"),
    step(
      "a failed step that there is not", .neverEqual,
      #"{"id": "zz", "action": "log.write", "with": {"message": "a"}, "#
        + #""on_failure": [{"when": "error.step == 'zzz'", "then": "continue"}]}"#, at: "'zzz"),
    Mutation("an input that is misspelt in an expression", .expressionType) { places, random in
      places.occurrences(of: "inputs.").randomElement(using: &random)
        .map { Edit($0..<$0 + 7, "inputs.zz_") }
    },
    Mutation("a step that is misspelt in an expression", .unknownStep) { places, random in
      places.occurrences(of: "steps.").randomElement(using: &random)
        .map { Edit($0..<$0 + 6, "steps.zz_") }
    },
    step(
      "an output of a step that may be skipped", .mayNotHaveRun,
      #"{"id": "zz", "steps": [{"id": "zz1", "if": "run.id == 'x'", "set": {"a": 1}}, {"id": "zz2", "set": {"b": "${{ steps.zz1.outputs.a }}"}}]}"#,
      at: "steps.zz1"),
    step(
      "a value that may be absent", .mayBeAbsent,
      #"{"id": "zz", "steps": [{"id": "zz1", "ask": {"fields": {"a": {"type": "string", "optional": true}}}, "due": "1d"}, {"id": "zz2", "set": {"b": "${{ steps.zz1.outputs.a }}"}}]}"#,
      at: "steps.zz1"),
  ]

  // MARK: Flow

  private static let flow = [
    Mutation("a step that is never reached", .unreachable) { places, random in
      let targets = places.scalars.filter { $0.key == "go_to" }.map(\.scalar.text)
      let step = places.step(&random) { place in
        place.purpose != "parallel" && !targets.contains(place.node["id"]?.text ?? "")
      }
      guard let step, let id = step.node["id"] else { return nil }
      let json = #"{"id": "zz", "finish": "succeeded"}"#
      return Edit(
        step.node.span.start..<step.node.span.start, json + places.separator(step),
        expected: id.span.start)
    },
    step(
      "a condition that never holds", .unreachable, #"{"id": "zz", "if": "1 > 2", "wait": "1h"}"#,
      at: "1 > 2"),
    Mutation("a jump backwards", .badJump) { places, random in
      let place = places.step(&random) { $0.position > 0 && $0.purpose != "parallel" }
      guard let place, let first = place.list[0]["id"]?.text else { return nil }
      let json = #"{"id": "zz", "if": "run.id == 'x'", "go_to": "\#(first)"}"#
      return places.insert(json, before: place, at: "\"\(first)\"")
    },
    step(
      "a word that can never be there", .neverEqual,
      #"{"id": "zz", "if": "run.status == 'fine'", "wait": "1h"}"#, at: "'fine'"),
    step(
      "a code that no approval fails with", .neverEqual,
      #"{"id": "zz", "approve": "Go?", "on_failure": [{"when": "error.code == 'refused'", "then": "stop"}]}"#,
      at: "'refused'"),
    step(
      "a slip of the pen in the code of an operation", .nearCode,
      #"{"id": "zz", "action": "mail.send", "with": {"to": "a@example.com", "subject": "a", "text": "a"}, "on_failure": [{"when": "error.code == 'invalid_mesage'", "then": "stop"}]}"#,
      at: "'invalid_mesage'"),
    step(
      "a word that a macro's element never has", .neverEqual,
      #"{"id": "zz", "ask": {"fields": {"l": {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string", "enum": ["a", "b"]}}, "required": ["k"]}}}}, "due": "1d", "verify": [{"check": "outputs.l.exists(i, i.k == 'c')"}]}"#,
      at: "'c'"),
    step(
      "a part that an element may lack", .mayBeAbsent,
      #"{"id": "zz", "ask": {"fields": {"l": {"type": "array", "items": {"type": "object", "properties": {"k": {"type": "string"}}}}}}, "due": "1d", "verify": [{"check": "outputs.l.exists(i, i.k == 'c')"}]}"#,
      at: "i.k"),
    step(
      "an own output that may be absent", .mayBeAbsent,
      #"{"id": "zz", "ask": {"fields": {"k": {"type": "string", "optional": true}}}, "due": "1d", "verify": [{"check": "outputs.k == 'c'"}]}"#,
      at: "outputs.k"),
    step("a section without steps", .missingKey, #"{"id": "zz", "steps": []}"#, at: "[]"),
    step(
      "a text that looks like an expression", .lookalike,
      #"{"id": "zz", "action": "log.write", "with": {"message": "Hi {{ run.id }}"}}"#, at: "{{ run"),
    step(
      "a limit of numbers on a text", .keyWithoutEffect,
      #"{"id": "zz", "ask": {"fields": {"a": {"type": "string", "minimum": 3}}}, "due": "1d"}"#,
      at: "\"minimum"),
    step(
      "limits the wrong way round", .nothingFits,
      #"{"id": "zz", "ask": {"fields": {"a": {"type": "integer", "minimum": 3, "maximum": 2}}}, "due": "1d"}"#,
      at: "2}"),
    step(
      "a reminder before the question", .deadlineOrder,
      #"{"id": "zz", "ask": {"items": {"a": "A"}}, "due": "1d", "remind": ["2d before"]}"#,
      at: "\"2d before"),
    step(
      "a repeat without end", .endlessRepeat,
      #"{"id": "zz", "repeat": {"steps": [{"id": "zz1", "wait": "1s"}], "until": "run.id == 'x'"}}"#,
      at: "run.id"),
    step(
      "a repeat without a limit", .openRepeat,
      #"{"id": "zz", "repeat": {"steps": [{"id": "zz1", "wait": "1s"}], "until": "steps.zz1.status == 'failed'"}}"#,
      at: "zz"),
    Mutation("a workflow that calls itself", .workflowCycle) { places, random in
      guard let id = places.root["id"]?.text else { return nil }
      return places.step(&random)
        .map { places.insert(#"{"id": "zz", "workflow": "\#(id)"}"#, before: $0, at: "\"\(id)") }
    },
  ]

  // MARK: People

  private static let people = [
    step(
      "an approval by more people than there are", .impossibleApproval,
      #"{"id": "zz", "approve": {"message": "Fine?", "approvals": 500}, "due": "1d"}"#, at: "zz"),
    Mutation("an approval by more people than hold a role", .impossibleApproval) {
      places, random in
      guard let role = places.root["roles"]?.members?.first else { return nil }
      let json =
        #"{"id": "zz", "role": "\#(role.name)", "approve": {"message": "Fine?", "approvals": 400}, "due": "1d"}"#
      return places.step(&random).map { places.insert(json, before: $0, at: "zz") }
    },
    step(
      "a question without a deadline", .noDeadline, #"{"id": "zz", "ask": {"items": {"a": "A"}}}"#,
      at: "zz"),
    Mutation("a deadline that is lost", .noDeadline) { places, random in
      let place = places.step(&random) { place in
        let node = place.node
        let isEvent = node["wait"]?["event"] != nil
        return node["due"] != nil && node["expires"] == nil && node["target"] == nil
          && (node["ask"] != nil || node["approve"] != nil || isEvent)
      }
      guard let place, let id = place.node["id"]?.span.start,
        let edit = places.replaceKey(place.node, "due", with: "target")
      else { return nil }
      return Edit(edit.range, edit.text, expected: id)
    },
    step(
      "answers that nothing uses", .unusedAnswers,
      #"{"id": "zz", "ask": {"fields": {"a": "string"}}, "due": "1d"}"#, at: "zz"),
  ]

  // MARK: Effects and sensitive values

  private static let effects = [
    step(
      "a retry of what must not happen twice", .onceUnderRetry,
      #"{"id": "zz", "action": "command.run", "with": {"command": ["a"]}, "manual": "b", "retry": {"attempts": 3}}"#,
      at: "{\"attempts"),
    Mutation("an effect without a way back", .noWayBack) { places, random in
      let json =
        #"{"id": "zz", "action": "command.run", "with": {"command": ["a"]}, "retry": {"attempts": 1}}"#
      return places.step(&random) { places.isOutermost($0) }
        .map { places.insert(json, before: $0, at: "command.run") }
    },
    step(
      "a look that changes the world", .effectsNotAllowed,
      #"{"id": "zz", "wait": "1h", "preconditions": [{"action": "log.write", "with": {"message": "a"}, "check": "true"}]}"#,
      at: "log.write"),
    step(
      "a sensitive value in the log", .sensitiveShown,
      #"{"id": "zz", "steps": [{"id": "zz1", "action": "password.generate"}, {"id": "zz2", "action": "log.write", "with": {"message": "${{ steps.zz1.outputs.password }}"}}]}"#,
      at: "steps.zz1"),
    step(
      "a sensitive value in a condition", .sensitiveCondition,
      #"{"id": "zz", "steps": [{"id": "zz1", "action": "password.generate"}, {"id": "zz2", "if": "steps.zz1.outputs.password == ''", "wait": "1h"}]}"#,
      at: "steps.zz1"),
  ]

  // MARK: The file

  private static let file = [
    Mutation("a schedule that is there twice", .repeatedSchedule) { places, _ in
      guard places.root["inputs"] == nil else { return nil }
      return places.insert(
        "triggers", #"[{"schedule": "0 9 * * 1"}, {"schedule": "0 9 * * MON"}]"#,
        into: places.root, at: "0 9 * * MON")
    },
    Mutation("a key without a value", .omittedValue) { places, random in
      // JSON has no such keys.
      guard !places.isJSON else { return nil }
      return places.step(&random).map {
        places.insert(#"{"id": "zz", "set": {"a": "b", zzz}}"#, before: $0, at: "zzz")
      }
    },
    Mutation("an event's field that no call brings", .expressionType) { places, _ in
      places.insert(
        "triggers", #"[{"webhook": "zz/zz", "connection": "invoices", "key": "event.invoce_id"}]"#,
        into: places.root, at: "invoce_id")
    },
    Mutation("a path of two webhooks", .duplicateName) { places, _ in
      places.insert(
        "triggers",
        #"[{"webhook": "zz/zz", "connection": "site"}, {"connection": "site", "webhook": "zz/zz" }]"#,
        into: places.root, at: #""zz/zz" }"#)
    },
    Mutation("a review that is overdue", .reviewOverdue) { places, _ in
      guard let document = places.root["document"], let effective = document["effective"]?.scalar
      else { return nil }
      if document["review_every"] != nil {
        return places.replace(effective, with: "2020-01-18")
      }
      guard let edit = places.insert("review_every", "\"13w\"", into: document) else { return nil }
      return Edit(edit.range, edit.text, expected: effective.span.start)
    },
    Mutation("a scalar that others take for a truth value", .ambiguousScalar) { places, random in
      guard !places.isJSON else { return nil }
      return places.step(&random)
        .map { places.insert("{ id: zz, set: { a: no } }", before: $0, at: "no") }
    },
    Mutation("a version that loses a digit elsewhere", .ambiguousScalar) { places, _ in
      places.root["version"]?.scalar
        .map { Edit($0.span.start..<$0.span.end, "3.10") }
    },
    Mutation("another language version", .languageVersion) { places, _ in
      places.root["baton"]?.scalar.map { Edit($0.span.start..<$0.span.end, "9") }
    },
    step(
      "an allow without a reason", .badAllowance,
      #"{"id": "zz", "wait": "1h", "allow": {"B1501": ""}}"#, at: "\"\""),
    step(
      "an allow of nothing", .idleAllowance,
      #"{"id": "zz", "wait": "1h", "allow": {"B1501": "because"}}"#, at: "B1501"),
  ]
}
