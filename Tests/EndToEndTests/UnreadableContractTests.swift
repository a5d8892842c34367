import Testing

/// Workflows that use a connection whose contract has a mistake.
@Suite struct UnreadableContractTests {
  @Test(arguments: ["plan", "graph", "run", "document"])
  func `only the mistake in the contract is said of what uses it`(command: String) throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: sh } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        "plugin: shop\nversion: 1.0.0\nsumary: The shop\noperations: { buy: { summary: Buy } }\n"
      )
      .file("plugins/shop/sh.yaml", "driver: sh\nkind: command\noperations: {}\n")
      .file(
        "workflows/buy.yaml",
        "baton: 1\nid: buy\nname: Buy\nsteps: [ { id: buy, action: shop.buy } ]\n"
      )
      .baton(command, "workflows/buy.yaml", exits: 3, complains: "unknown key `sumary`")
      .then { #expect(!$0.errors.contains("there is no connection")) }
  }
}
