import SourceText
import TestSupport
import Testing

@testable import Workflows

@Suite struct PluginContractTests {
  static let plugins = ["identity", "mail", "payments", "site", "tenants", "tickets", "users"]

  @Test(arguments: plugins)
  func `the project's contracts have no findings`(name: String) throws {
    let path = "plugins/\(name)/plugin.yaml"
    let bytes = try #require(contents(of: "\(Repository.path)/\(path)"))
    let diagnostics = Diagnostics()
    let contract = PluginContract.decode(SourceFile(path: path, bytes: bytes), into: diagnostics)
    #expect(contract?.name == name)
    #expect(diagnostics.isEmpty, "\(DiagnosticRenderer().render(diagnostics))")
  }

  @Test(arguments: BuiltInContracts.names)
  func `what is built in has a contract`(name: String) {
    #expect(Catalog.builtIn.connection(named: name)?.operations.isEmpty == false)
  }

  @Test func `mistakes of a contract are found together`() {
    let source = MarkedText(
      """
      plugin: shop
      operations:
        1️⃣Find Order:
          effects: 2️⃣read
          inputs: { order_id: string }
          outputs: { amount: number, status: string }
          examples:
            - inputs: { order_id: A-1 }
              outputs: { amount: 3️⃣much, status: PAID }
        charge:
          inputs: { amount: number }
          outputs: { charge_id: string }
          probe:
            action: 4️⃣fnd
            check: true
            outputs: { 5️⃣charge: x }
          undo: { action: charge, with: { amount: "${{ outputs.6️⃣charge }}" } }
          key_lasts: 7️⃣24
      8️⃣event: {}
      """)
    let diagnostics = Diagnostics()
    _ = PluginContract.decode(
      SourceFile(path: "plugin.yaml", text: source.text), into: diagnostics)
    let found = diagnostics.sorted
    #expect(
      found.map(\.code) == [
        .badName, .valueNotAllowed, .exampleMismatch, .unknownOperation, .unknownInput,
        .expressionType, .badLength, .unknownKey,
      ], "\(found.map { "\($0.code) \($0.message)" })")
    #expect(found.map(\.span.start) == source.marks)
  }

  @Test func `what is most likely meant otherwise in a contract is found where advice is wanted`() {
    let source = MarkedText(
      """
      plugin: shop
      operations:
        find: { effects: none, inputs: { id: string }, outputs: { id: string, state: string } }
        charge:
          inputs: { id: string }
          outputs: { charge: string }
          probe:
            action: find
            with: { id: 1️⃣inputs.id }
            check: 2️⃣outputs.id == outputs.id && outputs.state == 'PAID'
            outputs: { charge: 3️⃣outputs.id }
          undo: { manual: "Pay back ${{ 4️⃣inputs.id != inputs.id ? 'x' : 'y' }}" }
          manual: "Pay ${{ 5️⃣inputs.id == inputs.id ? 'x' : 'y' }}"
      """)
    func findings(isAdvised: Bool) -> [Diagnostic] {
      let diagnostics = Diagnostics()
      _ = PluginContract.decode(
        SourceFile(path: "plugin.yaml", text: source.text), isAdvised: isAdvised, into: diagnostics)
      return diagnostics.sorted
    }
    let found = findings(isAdvised: true)
    #expect(found.map(\.code) == [.lookalike, .sameSides, .lookalike, .sameSides, .sameSides])
    #expect(found.map(\.span.start) == source.marks)
    #expect(findings(isAdvised: false).isEmpty)
  }

  @Test func `an error says what it means, and whether another try can help`() throws {
    let text = """
      plugin: shop
      operations:
        pay:
          errors:
            busy: It is busy
            declined: { message: The card was declined, retry: false }
            invalid_input: { message: It is unfit today, retry: true }
      """
    let diagnostics = Diagnostics()
    let contract = PluginContract.decode(
      SourceFile(path: "plugin.yaml", text: text), into: diagnostics)
    #expect(diagnostics.isEmpty)
    let pay = try #require(contract?.operation(named: "pay"))
    #expect(pay.errors.prefix(2).map(\.meaning) == ["It is busy", "The card was declined"])
    let codes = ["busy", "declined", "invalid_input", "invalid_message", "unheard_of"]
    #expect(codes.map { pay.mayRetry(after: $0) } == [true, false, true, false, true])
    #expect(
      pay.facets.filter { $0.key.hasPrefix("errors.declined") }.map(\.key)
        == ["errors.declined", "errors.declined.retry"])
  }

  @Test func `an error without a sentence, or with another key, is a mistake`() {
    let source = MarkedText(
      """
      plugin: shop
      operations:
        pay:
          errors:
            1️⃣mute: { retry: false }
            odd: { message: Odd, retry: 2️⃣maybe }
            long: { message: Long, 3️⃣retries: 1 }
      """)
    let diagnostics = Diagnostics()
    _ = PluginContract.decode(
      SourceFile(path: "plugin.yaml", text: source.text), into: diagnostics)
    let found = diagnostics.sorted
    #expect(found.map(\.code) == [.missingKey, .wrongShape, .unknownKey])
    #expect(found.map(\.span.start) == source.marks)
  }

  @Test func `a contract has the name of its folder`() {
    let source = MarkedText("plugin: 1️⃣q\n")
    let file = SourceFile(path: "plugins/p/plugin.yaml", text: source.text)
    let diagnostics = Diagnostics()
    #expect(PluginContract.decode(file, named: "p", into: diagnostics) == nil)
    #expect(diagnostics.sorted.map(\.code) == [.badName])
    #expect(diagnostics.sorted.map(\.span.start) == source.marks)
    #expect(diagnostics.sorted.first?.label == "expected `p`")
    #expect(PluginContract.decode(file, named: "q", into: Diagnostics())?.name == "q")
  }

  @Test func `what only a connection carries out is unknown without one`() {
    let without = Catalog(absent: ["mail"])
    #expect(without.operation(named: "mail.send") == nil)
    #expect(!without.operationNames.contains("mail.send"))
    #expect(
      without.problem(with: "mail.send").help
        == "add `mail: { driver: … }` to the `connections` in baton.yaml, and its files to "
        + "`plugins/mail`")
    let own = Catalog(shop.map { ["mail": $0] } ?? [:], absent: ["mail"])
    #expect(own.operation(named: "mail.find") != nil)
    #expect(own.operationNames.contains("mail.find"))
  }

  @Test func `a connection's name need not be its plugin's`() {
    let catalog = Catalog(shop.map { ["second_shop": $0] } ?? [:])
    #expect(catalog.operation(named: "second_shop.find")?.plugin == "shop")
    #expect(catalog.operation(named: "shop.find") == nil)
    #expect(catalog.event(named: "second_shop.paid") != nil)
  }
}
