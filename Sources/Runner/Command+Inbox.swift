import Engine
import RunStore
import Values

extension Command {
  /// The command as an inbox file holds it; sensitive values are sealed.
  func inboxContent(sealing sensitive: (String) -> Bool, in vault: VaultAdapter) -> Value {
    func stored(_ values: ValueMap, locked: ValueMap? = nil) -> Value {
      var stored = StoredValues(values, sensitive: sensitive, vault: vault)
      for member in locked ?? self.locked { stored.sealed.set(member.key, member.value) }
      return ["clear": .map(stored.clear), "sealed": .map(stored.sealed)]
    }
    var map: ValueMap = [
      "actor": ["kind": .string(actor.kind.rawValue), "id": .string(actor.id)]
    ]
    map["standing"] = standing?.value
    switch kind {
    case .resume: map["kind"] = "resume"
    case .answer(let step, let values):
      map.add(["kind": "answer", "step": .string(step), "values": stored(values)])
    case .decide(let step, let approves, let comment, let shown):
      map.add([
        "kind": "decide", "step": .string(step), "approves": .bool(approves),
        "comment": comment.map { .string($0) } ?? .null,
        "shown": shown.map { .string($0) } ?? .null,
      ])
    case .claim(let step): map.add(["kind": "claim", "step": .string(step)])
    case .release(let step): map.add(["kind": "release", "step": .string(step)])
    case .projectEvent(let event):
      map.add([
        "kind": "project_event", "name": .string(event.name),
        "values": stored(event.data, locked: event.locked),
        "event": .string(event.id), "at": .string(event.at.journalText),
      ])
    case .event(let name, let data):
      map.add(["kind": "event", "name": .string(name), "values": stored(data)])
    case .retry(let step, let with, let again, let reason):
      map.add([
        "kind": "retry", "step": .string(step), "values": stored(with), "again": .bool(again),
        "reason": reason.map { .string($0) } ?? .null,
      ])
    case .done(let step, let values, let reason, let evidence):
      map.add([
        "kind": "done", "step": .string(step), "values": stored(values), "reason": .string(reason),
      ])
      map.add(evidence.members)
    case .skip(let step, let reason):
      map.add(["kind": "skip", "step": .string(step), "reason": .string(reason)])
    case .resolve(let step, let happened, let values, let reason, let evidence):
      map.add([
        "kind": "resolve", "step": .string(step), "happened": .bool(happened),
        "values": stored(values), "reason": .string(reason),
      ])
      map.add(evidence.members)
    case .undo(let reason):
      map.add(["kind": "undo", "reason": reason.map { .string($0) } ?? .null])
    case .rewind(let checkpoint, let again, let reason):
      map.add([
        "kind": "rewind", "to": .string(checkpoint), "again": .list(again.map { .string($0) }),
        "reason": reason.map { .string($0) } ?? .null,
      ])
    case .byHand(let step, let reason):
      map.add([
        "kind": "by_hand", "step": .string(step), "reason": reason.map { .string($0) } ?? .null,
      ])
    case .cancel(let reason): map.add(["kind": "cancel", "reason": .string(reason)])
    case .note(let text): map.add(["kind": "note", "text": .string(text)])
    }
    return .map(map)
  }

  /// Reads what ``inboxContent(sealing:in:)`` wrote, what cannot be opened of it as its commitments; nil for
  /// anything else.
  init?(inbox item: InboxItem, vault: VaultAdapter) {
    let content = item.content
    guard let actorKind = content["actor"]?["kind"]?.asString.flatMap(Actor.Kind.init(rawValue:)),
      let actorID = content["actor"]?["id"]?.asString
    else { return nil }
    let stored = StoredValues(
      clear: content["values"]?["clear"]?.asMap ?? ValueMap(),
      sealed: content["values"]?["sealed"]?.asMap ?? ValueMap())
    let values = stored.parted(by: vault)
    guard let kind = CommandKind(content, values.open, locked: values.locked) else { return nil }
    self.init(
      id: item.id, kind: kind, actor: Actor(kind: actorKind, id: actorID),
      standing: content["standing"].map(Standing.init(value:)), locked: values.locked)
  }
}

extension Standing {
  fileprivate var value: Value {
    var map: ValueMap = [
      "roles": .list(roles.sorted().map { .string($0) }),
      "names": .list(names.sorted().map { .string($0) }),
    ]
    map["token"] = token.map { .string($0) }
    return .map(map)
  }

  fileprivate init(value: Value) {
    self.init(
      roles: Set(value["roles"]?.asList?.compactMap(\.asString) ?? []),
      names: Set(value["names"]?.asList?.compactMap(\.asString) ?? []),
      token: value["token"]?.asString)
  }
}

extension ValueMap {
  fileprivate mutating func add(_ members: ValueMap) {
    for member in members { set(member.key, member.value) }
  }
}

extension CommandKind {
  fileprivate init?(_ content: Value, _ values: ValueMap, locked: ValueMap) {
    let step = content["step"]?.asString ?? ""
    let reason = content["reason"]?.asString
    let evidence = Evidence.all(in: content.asMap ?? ValueMap())
    switch content["kind"]?.asString {
    case "resume": self = .resume
    case "answer": self = .answer(step: step, values: values)
    case "decide":
      self = .decide(
        step: step, approves: content["approves"]?.asBool ?? false,
        comment: content["comment"]?.asString, shown: content["shown"]?.asString)
    case "claim": self = .claim(step: step)
    case "release": self = .release(step: step)
    case "project_event":
      guard let id = content["event"]?.asString, let name = content["name"]?.asString,
        let at = content["at"]?.asString.flatMap(Timestamp.init(journalText:))
      else { return nil }
      self = .projectEvent(ProjectEvent(id: id, name: name, data: values, locked: locked, at: at))
    case "event": self = .event(name: content["name"]?.asString ?? "", data: values)
    case "retry":
      self = .retry(
        step: step, with: values, again: content["again"]?.asBool ?? false, reason: reason)
    case "done":
      self = .done(
        step: step, values: values, reason: reason ?? "",
        evidence: evidence)
    case "skip": self = .skip(step: step, reason: reason ?? "")
    case "resolve":
      self = .resolve(
        step: step, happened: content["happened"]?.asBool ?? false, values: values,
        reason: reason ?? "", evidence: evidence)
    case "undo": self = .undo(reason: reason)
    case "rewind":
      self = .rewind(
        to: content["to"]?.asString ?? "",
        again: content["again"]?.asList?.compactMap(\.asString) ?? [], reason: reason)
    case "by_hand": self = .byHand(step: step, reason: reason)
    case "cancel": self = .cancel(reason: reason ?? "")
    case "note": self = .note(text: content["text"]?.asString ?? "")
    default: return nil
    }
  }
}
