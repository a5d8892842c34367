import Testing
import Values
import Workflows

@testable import Engine

/// What is left of a step, and of what was done about its failure, where it is begun anew.
@Suite struct BegunAnewTests {
  private func failing(_ addresses: String...) -> (AttemptRequest) -> AttemptResult {
    { request in
      guard addresses.contains(request.address) else { return Shop.answer(request) }
      return .failed(Failure(code: "down", message: "it is down"), canRetry: false)
    }
  }

  // MARK: Conditions

  @Test func `a condition that had no value is decided when the step is tried again`() throws {
    let run = try Rehearsal(
      """
      inputs: { list: { type: array, items: { type: string }, default: [] } }
      steps:
        - { id: pick, set: { name: "${{ inputs.list.size() > 0 ? 'x' : 'y' }}" } }
        - { id: one, if: "inputs.list[0] == 'x'", action: shop.tell, with: { text: one } }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    #expect(run.carryOut() == [])
    #expect(run.statuses["one"] == .failed)
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["one"] == .failed)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a condition that waited for a value is decided once it is there`() throws {
    let vault = LosingVault()
    let run = try Rehearsal(
      """
      inputs: { sure: { type: string, sensitive: true } }
      steps:
        - { id: gate, wait: 1h }
        - { id: one, if: "inputs.sure == 'yes'", action: shop.tell, with: { text: one } }
        - { id: hold, wait: 7d }
      """, inputs: ["sure": "no"], catalog: Shop.catalog, sealing: vault)
    run.proceed()
    vault.isLost = true
    run.now = try #require(run.now.adding(TimeSpan(seconds: 3600)))
    #expect(run.carryOut() == [])
    #expect(run.statuses["one"] == .blocked)
    vault.isLost = false
    run.apply(.runResumed(process: 1, host: "h"))
    #expect(run.carryOut() == [])
    #expect(run.statuses["one"] == .skipped)
  }

  @Test func `a condition that held is not asked again`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: one, if: steps.two.status == 'pending', action: shop.tell, with: { text: one } }
        - { id: two, set: { n: 1 } }
      """.replacing("steps.two.status == 'pending'", with: "run.id != ''"), catalog: Shop.catalog)
    run.carryOut(failing("one"))
    #expect(run.handle(.retry(step: "one", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.tell one"])
  }

  // MARK: Keys

  @Test func `a loop that is done again comes to no key that was used`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: each
          for_each:
            in: "['x']"
            steps:
              - { id: parcel, action: shop.send, with: { name: "${{ item }}" }, retry: { attempts: 3, wait: 0s } }
          verify: [ { check: size(outputs) == 2, message: no } ]
      """, catalog: Shop.catalog)
    var keys: [String] = []
    func carryOut() {
      run.carryOut { request in
        defer { keys.append(request.key) }
        guard keys.isEmpty else { return Shop.answer(request) }
        return .failed(Failure(code: "busy", message: "busy"), canRetry: true)
      }
    }
    carryOut()
    for _ in 0..<2 {
      #expect(run.handle(.retry(step: "each", with: [:], again: true, reason: nil)) == nil)
      carryOut()
    }
    #expect(keys.count == 4)
    #expect(Set(keys).count == 4, "\(keys)")
    #expect(keys[0].hasSuffix(":0") && keys[1].hasSuffix(":1"))
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `nor does one in recovery steps`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.tell
          with: { text: one }
          on_failure:
            steps:
              - id: each
                for_each:
                  in: "['x']"
                  steps: [ { id: parcel, action: shop.send, with: { name: x }, retry: { attempts: 2, wait: 0s } } ]
            then: retry
      """, catalog: Shop.catalog)
    var keys: [String] = []
    run.carryOut { request in
      guard request.address != "one" else {
        return .failed(Failure(code: "down", message: "down"), canRetry: false)
      }
      defer { keys.append(request.key) }
      guard keys.isEmpty else { return Shop.answer(request) }
      return .failed(Failure(code: "busy", message: "busy"), canRetry: true)
    }
    #expect(keys.count == 5)
    #expect(Set(keys).count == 5, "\(keys)")
  }

  @Test func `an attempt of which nobody knows is made again with its own key`() throws {
    let run = try Rehearsal(
      "steps: [ { id: parcel, action: shop.send, with: { name: x } } ]", catalog: Shop.catalog)
    let lost = AttemptResult.lost(Failure(code: "timeout", message: "no answer"))
    var keys: [String] = []
    run.carryOut { request in
      keys.append(request.key)
      return keys.count == 1 ? lost : Shop.answer(request)
    }
    #expect(keys.count == 2 && Set(keys).count == 1, "\(keys)")
    #expect(try run.agreesWithItsJournal())
  }

  // MARK: Recovery

  private static func nested(_ then: String) -> String {
    """
    steps:
      - id: a
        action: shop.tell
        with: { text: a }
        on_failure:
          steps:
            - id: r1
              action: shop.tell
              with: { text: r1 }
              on_failure: { steps: [ { id: r2, action: shop.tell, with: { text: r2 } } ], then: \(then) }
          then: retry
    """
  }

  @Test(arguments: [("park", 1), ("retry", 4)])
  func `recovery steps that are begun anew have their own recovery again`(
    then: String, count: Int
  ) throws {
    let run = try Rehearsal(Self.nested(then), catalog: Shop.catalog)
    let before = run.carryOut(failing("a", "r1")).count { $0 == "shop.tell r2" }
    #expect(before == count)
    #expect(run.handle(.retry(step: "a", with: [:], again: false, reason: nil)) == nil)
    let after = run.carryOut(failing("a", "r1")).count { $0 == "shop.tell r2" }
    #expect(after == count)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a called workflow that ended as failed is carried out anew by its recovery`() throws {
    let called = """
      inputs: { n: integer }
      steps:
        - { id: look, action: shop.find, with: { name: ana } }
        - { id: no, if: "!steps.look.outputs.found", finish: { outcome: failed, message: none } }
      """
    let run = try Rehearsal(
      """
      steps:
        - id: call
          workflow: sub
          with: { n: 1 }
          on_failure: { steps: [ { id: fix, action: shop.tell, with: { text: fix } } ], then: retry }
      """, called: ["sub": called], catalog: Shop.catalog)
    var looks = 0
    let done = run.carryOut { request in
      guard request.address == "call/look" else { return Shop.answer(request) }
      looks += 1
      return .succeeded(["found": .bool(looks > 1)])
    }
    #expect(done == ["shop.find ana", "shop.tell fix", "shop.find ana"])
    #expect(run.status == .succeeded)
    #expect(try run.agreesWithItsJournal())
  }

  @Test(arguments: ["retry", "park"])
  func `what was done about a failure stays in the record when the call is carried out anew`(
    _ then: String
  ) throws {
    let run = try Rehearsal(
      """
      steps:
        - id: call
          workflow: sub
          on_failure: { steps: [ { id: fix, ask: { fields: { f: string } } } ], then: \(then) }
        - { id: hold, wait: 7d }
      """,
      called: [
        "sub": """
        steps:
          - { id: look, action: shop.find, with: { name: ana } }
          - { id: no, if: "!steps.look.outputs.found", finish: { outcome: failed, message: none } }
        """
      ], catalog: Shop.catalog)
    run.carryOut { _ in .succeeded(["found": false]) }
    #expect(run.handle(.answer(step: "fix", values: ["f": "x"])) == nil)
    run.carryOut()
    if then == "park" {
      #expect(run.handle(.retry(step: "call", with: [:], again: true, reason: nil)) == nil)
      run.carryOut()
    }
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.statuses["fix"] == .succeeded)
    #expect(run.engine.state.steps["fix"]?.outputs.clear == ["f": "x"])
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `a checkpoint in what is carried out anew is not passed any more`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: first, set: { x: 1 }, checkpoint: before }
        - id: part
          verify: [ { check: "false", message: no } ]
          steps:
            - { id: q, ask: { fields: { f: string } } }
            - id: cp
              action: shop.open
              with: { name: "${{ steps.q.outputs.f }}" }
              verify: [ { check: "outputs.id.startsWith('a')", message: moved } ]
              checkpoint: there
      """, catalog: Shop.catalog)
    run.carryOut()
    #expect(run.handle(.answer(step: "q", values: ["f": "ana"])) == nil)
    run.carryOut()
    #expect(run.statuses["part"] == .failed)
    #expect(run.engine.state.checkpoints == ["first", "cp"])
    #expect(run.handle(.retry(step: "part", with: [:], again: true, reason: nil)) == nil)
    #expect(run.engine.state.checkpoints == ["first"])
    #expect(run.handle(.rewind(to: "there", again: [], reason: nil)) != nil)
    run.apply(.runResumed(process: 1, host: "h"))
    run.proceed()
    #expect(run.engine.state.checkpointTest == nil)
    #expect(run.statuses["q"] == .waiting)
    #expect(try run.agreesWithItsJournal())
  }

  @Test func `recovery steps that are over stay in sight`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: one
          action: shop.tell
          with: { text: one }
          on_failure: { steps: [ { id: fix, action: shop.tell, with: { text: fix } } ], then: continue }
        - { id: hold, wait: 7d }
      """, catalog: Shop.catalog)
    run.carryOut(failing("one"))
    #expect(run.engine.outline.map(\.address) == ["one", "fix", "hold"])
  }
}
