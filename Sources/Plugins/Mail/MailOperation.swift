import Actions
import CEL
import Documents
import Fields
import SourceText
import Values
import Workflows

/// An operation of a driver of the kind `mail`: a message into a Maildir.
///
/// The file's name and the `Message-ID` are made from the idempotency key, so the same message sent
/// again is the same file.
struct MailOperation: ActionHandler {
  private static let messageKeys = [
    "from", "to", "cc", "reply_to", "subject", "text", "html", "headers", "attachments",
  ]
  private static let fileLimit = 20 << 20

  private let connection: Connection
  private let contract: OperationContract
  private let folder: DriverTemplate?
  private let message: [String: DriverTemplate]
  private let outputs: OutputTemplates
  private let clock: @Sendable () -> Timestamp

  /// Reads the operation; what is wrong becomes a finding.
  init(
    _ node: Node, _ contract: OperationContract, connection: Connection, reader: DriverReader,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    let driver = connection.driver
    let owner = "the operation `\(contract.name)`"
    _ = reader.members(node, owner, allowed: ["message", "outputs"])
    self.connection = connection
    self.contract = contract
    self.clock = clock
    let scope = driver.scope(of: contract)
    folder = driver.root["maildir"].map { reader.template($0, driver.settingsScope) }
    if folder == nil {
      reader.report(
        .driverShape, "the driver does not say which folder", at: driver.root.span,
        help: "write `maildir: ${{ settings.folder }}` at its top")
    }
    let members = node["message"].map {
      reader.members($0, "`message`", allowed: Self.messageKeys)
    }
    for name in ["from", "to", "subject", "text"] where node["message"]?[name] == nil {
      reader.report(.driverShape, "\(owner) has a message without `\(name)`", at: node.span)
    }
    message = Dictionary(
      (members ?? []).map { ($0.name, reader.template($0.value, scope)) }
    ) { $1 }
    outputs = OutputTemplates(
      node["outputs"], scope.with(["message": .map(.string, .string)]), contract, reader)
  }

  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    try await BlockingPool.shared.run { () throws(ActionFailure) in
      try performBlocking(invocation)
    }
  }

  private func performBlocking(_ invocation: Invocation) throws(ActionFailure) -> ValueMap {
    let context = DriverContext(invocation, settings: try connection.resolvedSettings())
    guard let path = try folder?.renderText(context), !path.isEmpty else {
      throw .unavailable("the connection `\(connection.name)` has no folder", code: "setting")
    }
    let project = ProjectFolder(invocation.projectFolder)
    let name = String(hexSHA256(Array(invocation.key.utf8)).prefix(40))
    let id: String
    let bytes: [UInt8]
    do throws(MailMessage.Problem) {
      let built = try build(context, project, id: name)
      id = built.id
      bytes = try built.serialized()
    } catch {
      throw .definite(code: "invalid_message", error.message)
    }
    let outputs = try outputs.render(
      context.with("message", ["id": .string("<\(id)>"), "file": .string("\(path)/new/\(name)")]))
    do throws(ProjectFolder.Problem) {
      try Maildir(folder: project, path: path).deliver(bytes, named: name)
    } catch {
      throw Self.failure(error, connection: connection.name)
    }
    return outputs
  }

  /// What it means that a message could not be delivered: nothing was sent, or nobody knows whether it stays.
  static func failure(_ problem: ProjectFolder.Problem, connection: String) -> ActionFailure {
    if case .notDurable = problem { return problem.failure }
    return .unavailable(
      "the outbox cannot be written to: \(problem.message)",
      hint: "correct the folder of the connection `\(connection)`, or its rights")
  }

  private func build(
    _ context: DriverContext, _ project: ProjectFolder, id: String
  ) throws(MailMessage.Problem) -> MailMessage {
    let values = try rendered(context)
    guard let from = try addresses(values["from"]).first else {
      throw MailMessage.Problem(message: "the message has no sender")
    }
    var built = MailMessage(
      from: from, to: try addresses(values["to"]), subject: values["subject"]?.insertedText ?? "",
      date: clock(), id: "\(id)@\(from.domain)", text: values["text"]?.insertedText ?? "")
    built.cc = try addresses(values["cc"])
    built.replyTo = try addresses(values["reply_to"]).first
    built.html = values["html"]?.insertedText
    for header in values["headers"]?.asMap ?? [:] {
      built.headers.append((header.key.insertedText ?? "", header.value.insertedText ?? ""))
    }
    for item in values["attachments"]?.asList ?? [] {
      built.attachments.append(try attachment(item, project))
    }
    return built
  }

  private func rendered(
    _ context: DriverContext
  ) throws(MailMessage.Problem) -> [String: Value] {
    var values: [String: Value] = [:]
    for (name, template) in message {
      do throws(ActionFailure) {
        values[name] = try template.render(context)
      } catch {
        throw MailMessage.Problem(message: error.message)
      }
    }
    return values
  }

  /// A text, a map with `name` and `address`, or a list of them.
  private func addresses(_ value: Value?) throws(MailMessage.Problem) -> [MailAddress] {
    switch value {
    case nil, .null: return []
    case .list(let values):
      var all: [MailAddress] = []
      for value in values { all += try addresses(value) }
      return all
    case .map(let map):
      return [
        MailAddress(name: map["name"]?.asString, address: map["address"]?.asString ?? "")
      ]
    case .string(let text): return [try MailAddress(text)]
    default: throw MailMessage.Problem(message: "an address is text")
    }
  }

  private func attachment(
    _ value: Value, _ project: ProjectFolder
  ) throws(MailMessage.Problem) -> MailMessage.Attachment {
    let name = value["name"]?.asString ?? ""
    let type = value["type"]?.asString ?? "application/octet-stream"
    let isName =
      !name.isEmpty && !name.contains("/")
      && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    guard isName else {
      throw MailMessage.Problem(
        message: "`\(HeaderText.shown(name))` cannot be the name of an attachment")
    }
    guard Self.isMediaType(type) else {
      throw MailMessage.Problem(
        message: "`\(HeaderText.shown(type))` is not a media type such as `text/csv`")
    }
    return MailMessage.Attachment(
      name: name, type: type, content: try content(value, of: name, project))
  }

  private func content(
    _ value: Value, of name: String, _ project: ProjectFolder
  ) throws(MailMessage.Problem) -> [UInt8] {
    if let text = value["text"]?.asString { return Array(text.utf8) }
    if let text = value["base64"]?.asString {
      guard let bytes = Base64.decode(text) else {
        throw MailMessage.Problem(message: "the attachment `\(name)` is not base64")
      }
      return bytes
    }
    guard let file = value["file"]?.asString else {
      throw MailMessage.Problem(
        message: "the attachment `\(name)` needs `text`, `base64` or `file`")
    }
    do throws(ProjectFolder.Problem) {
      return try project.read(file, limit: Self.fileLimit)
    } catch {
      throw MailMessage.Problem(message: "the attachment `\(name)`: \(error.message)")
    }
  }

  private static func isMediaType(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
            default: false
            }
          }
      }
  }
}
