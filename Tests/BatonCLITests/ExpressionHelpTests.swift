import Testing

@testable import BatonCLI

@Suite struct ExpressionHelpTests {
  @Test func `the page about expressions lists functions and macros`() {
    let page = ExpressionHelp(columns: 80).text
    for name in ["exists", "startsWith", "orValue", "timestamp", "baton eval"] {
      #expect(page.contains(name))
    }
  }

  @Test func `one function is shown whole, an unknown one with a suggestion`() {
    let help = ExpressionHelp(columns: 80)
    #expect(help.text(for: "startsWith").contains("string.startsWith(string) -> bool"))
    #expect(help.text(for: "startsWit").contains("did you mean `startsWith`?"))
  }
}
