import Foundation
import Testing

/// What `validate` says of how people are told, in the environments that a project has.
@Suite struct ValidateNotifyTests {
  private let workflow = "baton: 1\nid: w\nname: W\nsteps: [ { id: a, wait: 1ms } ]\n"
  private let chat = """
    plugin: chat
    operations: { post: { inputs: { to: string, text: string }, manual: Call them } }
    """
  private let pager = """
    plugin: pager
    operations: { page: { inputs: { number: string }, manual: Call them } }
    """

  private func project(local: String, production: String, _ connections: String) -> String {
    """
    baton: 1
    people: { ana: { name: Ana, email: ana@example.com, roles: [r] }, ben: { roles: [r] } }
    environments:
      local:
        notify: \(local)
        connections: { chat: { driver: sh } }
      production:
        notify: \(production)
        connections: { \(connections) }
      spare: { connections: {} }
    """
  }

  private func scenario() throws -> Scenario {
    try Scenario()
      .file("workflows/w.yaml", workflow)
      .file("plugins/chat/plugin.yaml", chat)
      .file("plugins/pager/plugin.yaml", pager)
  }

  private let post =
    #"{ action: chat.post, with: { to: "${{ person.id }}", text: "${{ text }}" } }"#
  private let page = #"{ action: pager.page, with: { number: "${{ person.id }}" } }"#

  @Test func `each environment is held against its own connections`() throws {
    try scenario()
      .file("baton.yaml", project(local: post, production: page, "pager: { driver: sh }"))
      .baton("validate", "--strict", complains: "1 workflow, no problems")
      .baton("validate", "--strict", "-e", "production", complains: "1 workflow, no problems")
  }

  @Test func `what is wrong in another environment is said at its line`() throws {
    let mistaken = page.replacing("number:", with: "nmber:")
    try scenario()
      .file("baton.yaml", project(local: post, production: mistaken, "pager: { driver: sh }"))
      .baton("validate", exits: 3, complains: "1 workflow, 1 error, 0 warnings")
      .then {
        #expect(
          $0.output.contains("error[B1206]: `pager.page` has no input `nmber`\n --> baton.yaml:8:"))
        #expect($0.output.contains("note: this counts in the environment `production`"))
      }
      // Whoever asks for one workflow asks for the environment that was chosen.
      .baton("validate", "workflows/w.yaml", complains: "1 workflow, no problems")
      .baton("validate", "-e", "production", "workflows/w.yaml", exits: 3)
      .then { #expect(!$0.output.contains("note: this counts")) }
      // A connection that only another environment has is none of this one.
      .file("baton.yaml", project(local: post, production: post, "pager: { driver: sh }"))
      .baton("validate", exits: 3, complains: "1 workflow, 1 error, 0 warnings")
      .then {
        #expect($0.output.contains("unknown operation `chat.post`\n --> baton.yaml:8:"))
        #expect($0.output.contains("there is no connection `chat`"))
      }
  }

  @Test func `whom another environment cannot tell anything is warned of`() throws {
    let mail = post.replacing("person.id", with: "person.email")
    try scenario()
      .file("baton.yaml", project(local: post, production: mail, "chat: { driver: sh }"))
      .baton("validate", complains: "1 workflow, 0 errors, 1 warning")
      .then {
        #expect(
          $0.output.contains(
            "warning[B2206]: `ben` is told of nothing in the environment `production`\n --> baton.yaml:2:"
          ))
      }
      .file("baton.yaml", project(local: mail, production: mail, "chat: { driver: sh }"))
      .baton("validate", complains: "1 workflow, 0 errors, 2 warnings")
  }

  @Test func `what is wrong with a plugin of another environment is said where that is chosen`()
    throws
  {
    let broken = project(local: post, production: page, "pager: { driver: sh }")
    try scenario()
      .file("plugins/pager/plugin.yaml", pager.replacing("inputs:", with: "inptus:"))
      .file("baton.yaml", broken)
      .baton("validate", complains: "1 workflow, no problems")
      .baton("validate", "-e", "production", exits: 3, complains: "1 workflow, 1 error")
      .file("baton.yaml", broken.replacing("person.id", with: "person.di"))
      // What does not depend on the plugin is said all the same.
      .baton("validate", exits: 3, complains: "1 workflow, 2 errors, 0 warnings")
  }
}
