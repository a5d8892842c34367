import CommandLineKit
import Engine
import Plugins
import RunStore
import SourceText
import Transcripts
import Values

/// `baton people`.
enum PeopleCommand: BatonCommand {
  static let name = "people"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists the people of baton.yaml, their roles and their tokens",
      options: [SharedOptions.timeZone],
      examples: [.init("baton people", "who may do what, and who can sign in")])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let project = try call.project()
      let tokens = try call.tokens(of: project)
      if call.isJSON {
        call.console.write(
          json: [
            "format": "baton-people/1",
            "people": .list(project.people.map { json($0, tokens) }),
          ])
      } else if call.isQuiet {
        for person in project.people { call.console.output.line(person.id) }
      } else {
        try show(project.people, tokens, call)
      }
      return .done
    }
  }

  private static func show(
    _ people: [Person], _ tokens: [TokenRecord], _ call: CommandCall
  ) throws(CommandFailure) {
    guard !people.isEmpty else {
      return call.console.errors.line("baton.yaml names no people")
    }
    let format = try call.momentFormat()
    var table = Table(["PERSON", "NAME", "ROLES", "TOKENS"])
    for person in people {
      let own = tokens.filter { $0.person == person.id && $0.revokedAt == nil }
      table.add([
        .init(person.id), .init(person.name), .init(person.roles.joined(separator: ", ")),
        .init(own.map { "\($0.id) of \(format.minutes($0.createdAt))" }.joined(separator: ", ")),
      ])
    }
    call.console.output.write(table.text(style: call.console.output.style))
    let names = Set(people.map(\.id))
    for token in tokens where token.revokedAt == nil && !names.contains(token.person) {
      call.console.show(
        note: "the token \(token.id) is `\(token.person)`'s, who is not in baton.yaml any more")
    }
  }

  private static func json(_ person: Person, _ tokens: [TokenRecord]) -> Value {
    guard case .map(var map) = person.value else { return .null }
    map["tokens"] = .list(
      tokens.filter { $0.person == person.id }.map { token in
        var map: ValueMap = [
          "id": .string(token.id), "created_at": .string(token.createdAt.journalText),
          "created_by": .string(token.createdBy),
        ]
        map["revoked_at"] = token.revokedAt.map { .string($0.journalText) }
        map["revoked_by"] = token.revokedBy.map { .string($0) }
        return .map(map)
      })
    return .map(map)
  }
}

/// `baton people token NAME`.
enum PeopleTokenCommand: BatonCommand {
  static let name = "people token"
  private static let person = CommandArgument(
    "NAME", "the person's id in baton.yaml", completion: .lines(["people", "--quiet"]))

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "makes a token that a person signs in with",
      discussion: [
        "The token is shown once; only its hash is kept. Whoever has it acts as that person: set it as"
          + " BATON_TOKEN.",
        "Whoever has signed in makes tokens for themselves only, and `people --json` says by whom each was made.",
      ],
      arguments: [person],
      examples: [.init("baton people token ana", "a new token for Ana")])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let project = try call.project()
      let name = call.required(person)
      guard let known = project.person(named: name) else {
        let names = project.people.map(\.id)
        throw CommandFailure(
          .notFound, "there is no `\(name)` among the people of baton.yaml",
          help: nearest(name, among: names).map { "did you mean `\($0)`?" }
            ?? "add `\(name): { name: …, roles: [ … ] }` under `people`")
      }
      let store = call.store(of: project)
      let maker = try SignedIn(to: project, store)
      guard maker.standing == nil || maker.actor.id == known.id else {
        throw CommandFailure(
          .conflict, "\(maker.actor.id) has signed in, and makes no token for `\(known.id)`",
          help: "whoever looks after the project makes it, without BATON_TOKEN")
      }
      let token: String
      do throws(StoreError) {
        token = try store.makeToken(for: known.id, by: maker.actor.id)
      } catch {
        throw CommandFailure(error)
      }
      if call.isJSON {
        call.console.write(
          json: ["format": "baton-token/1", "person": .string(known.id), "token": .string(token)])
      } else {
        call.console.output.line(token)
        if !call.isQuiet {
          call.console.errors.line("it is shown once; \(known.name) sets it as BATON_TOKEN")
        }
      }
      return .done
    }
  }
}

/// `baton people revoke NAME`.
enum PeopleRevokeCommand: BatonCommand {
  static let name = "people revoke"
  private static let person = CommandArgument(
    "NAME", "the person's id, or the id of one token", completion: .lines(["people", "--quiet"]))

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "takes back the tokens of a person, or one token",
      discussion: [
        "Whoever has signed in takes back their own only, and `people --json` says by whom each was taken back."
      ],
      arguments: [person],
      examples: [
        .init("baton people revoke ana", "Ana can no longer sign in"),
        .init("baton people revoke 1f0a9c2e", "takes back one token, as `people` lists it"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let name = call.required(person)
      let project = try call.project()
      let store = call.store(of: project)
      let revoker = try SignedIn(to: project, store)
      let isMeant = { (token: TokenRecord) in token.person == name || token.id == name }
      if revoker.standing != nil,
        let other = try call.tokens(of: project).first(where: {
          $0.revokedAt == nil && isMeant($0) && $0.person != revoker.actor.id
        })
      {
        throw CommandFailure(
          .conflict,
          "\(revoker.actor.id) has signed in, and takes back no token of `\(other.person)`",
          help: "whoever looks after the project takes it back, without BATON_TOKEN")
      }
      let revoked: [TokenRecord]
      do throws(StoreError) {
        revoked = try store.revokeTokens(by: revoker.actor.id, where: isMeant)
      } catch {
        throw CommandFailure(error)
      }
      guard !revoked.isEmpty else {
        throw CommandFailure(.notFound, "`\(name)` has no token that still counts")
      }
      for token in revoked {
        call.console.output.line(
          call.isQuiet ? token.id : "took back \(token.id), of \(token.person)")
      }
      return .done
    }
  }
}
