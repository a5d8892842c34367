import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct UndoTests {
  /// Three effects, of which two can be taken back, and a question at the end.
  private static let workflow = """
    baton: 1
    id: trip
    name: Plan a trip
    version: 1.0.0
    steps:
      - { id: hotel, name: Book the hotel, \(Scenario.act("echo +hotel >> trace")), undo: { \(Scenario.act("echo -hotel >> trace")) } }
      - { id: tell, name: Tell the guest, \(Scenario.act("echo +tell >> trace")) }
      - { id: flight, name: Book the flight, \(Scenario.act("echo +flight >> trace")), undo: { \(Scenario.act("echo -flight >> trace; test -e fragile && kill -9 $PPID; true")) } }
      - { id: sure, name: Are they sure, ask: { fields: { answer: string } } }
    finally:
      - { id: last, name: Close the file, \(Scenario.act("echo closed >> trace")) }
    """

  @Test func `it shows what it will do, and does it only when it is told to`() throws {
    try Scenario().file("trip.yaml", Self.workflow)
      .baton("run", "trip.yaml", exits: 4)
      .baton("undo", "RUN", exits: 2, complains: "nothing was done yet")
      .then { scenario in
        let shown = scenario.errors
        let flight = try #require(shown.firstRange(of: "flight: command.run"))
        let hotel = try #require(shown.firstRange(of: "hotel: command.run"))
        #expect(flight.lowerBound < hotel.lowerBound)
        #expect(shown.contains("cannot be taken back:\n  tell\n"))
        let found = try scenario.trace()
        #expect(found == ["+hotel", "+tell", "+flight"])
      }
      .baton("status", "RUN", exits: 0)
      .then { #expect($0.output.contains("Cannot be taken back\n  tell")) }
      .baton("undo", "RUN", "--yes", "--reason", "it rains")
      .then { scenario in
        let found = try scenario.trace()
        #expect(found == ["+hotel", "+tell", "+flight", "-flight", "-hotel", "closed"])
      }
      .baton("status", "RUN", "--quiet", prints: "undone\n")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("what was done is taken back"))
        #expect(scenario.output.contains("it rains"))
        #expect(scenario.output.contains("cannot be taken back: tell"))
        #expect(scenario.output.contains("can be taken back by command.run"))
      }
      .baton("verify", "--all")
  }

  // Asked for again it goes on as well, whatever the process was doing.
  @Test(arguments: [["resume", "RUN"], ["undo", "RUN", "--yes"]])
  func `a process killed in the middle of it leaves a doubt, and the rest is resumed`(
    command: [String]
  ) throws {
    try Scenario().file("trip.yaml", Self.workflow).file("fragile", "")
      .baton("run", "trip.yaml", exits: 4)
      .baton("undo", "RUN", "--yes", exits: 9)
      .baton("status", "RUN", "--quiet", prints: "interrupted\n")
      .then { scenario in
        let code = try scenario.call(command)
        #expect(code == 5, "\(scenario.output)\(scenario.errors)")
        #expect(scenario.errors.contains(" flight.undo --happened"), "\(scenario.errors)")
      }
      .baton(
        "resolve", "RUN", "flight.undo", "--happened", "--set", "exit_code=0", "--set", "stdout=",
        "--set", "stderr=", "--set", "truncated=false", "--reason", "seen in the trace"
      )
      .then { scenario in
        let found = try scenario.trace()
        #expect(found == ["+hotel", "+tell", "+flight", "-flight", "-hotel", "closed"])
      }
      .baton("status", "RUN", "--quiet", prints: "undone\n")
      .baton("transcript", "RUN")
      .then { scenario in
        let row =
          #/flight\.undo\]: succeeded, doubt settled by user \w+, it happened: seen in the trace/#
        #expect(scenario.output.contains(row), "\(scenario.output)")
      }
      .baton("verify", "--all")
  }

  @Test func `whoever finishes what somebody asked for is told that it is done`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: Work
        steps:
          - { id: make, \(Scenario.act("true")), undo: { \(Scenario.act("false")) } }
          - { id: sure, ask: { fields: { answer: string } } }
        finally:
          - { id: fin, \(Scenario.act("false")) }
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("cancel", "RUN", "--reason", "by mistake", exits: 5)
      .baton("skip", "RUN", "fin", "--reason", "never mind")
      .baton("status", "RUN", "--quiet", prints: "cancelled\n")
      .baton("run", "w.yaml", exits: 4)
      .baton("undo", "RUN", "--yes", exits: 5)
      // It is not interrupted: what is stuck is settled first.
      .baton("undo", "RUN", "--yes", exits: 7, complains: "takes back what it did already")
      .baton("skip", "RUN", "make.undo", "--reason", "done by hand", exits: 5)
      .baton("skip", "RUN", "fin", "--reason", "never mind")
      .baton("status", "RUN", "--quiet", prints: "undone\n")
  }

  @Test func `a run that takes itself back has failed, whoever finishes it`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: Work
        steps:
          - { id: make, \(Scenario.act("true")), undo: { \(Scenario.act("test -e mended")) } }
          - { id: more, \(Scenario.act("false")), on_failure: undo }
        """
      )
      .baton("run", "w.yaml", exits: 5)
      .file("mended", "")
      .baton("retry", "RUN", "make.undo", exits: 1)
      .baton("status", "RUN", "--quiet", prints: "undone\n")
  }

  @Test func `cancel with undo is the same`() throws {
    try Scenario().file("trip.yaml", Self.workflow)
      .baton("run", "trip.yaml", exits: 4)
      .baton("cancel", "RUN", "--undo", "--yes", "--reason", "it rains", exits: 0)
      .baton("status", "RUN", "--quiet", prints: "undone\n")
      .then { scenario in
        let last = try scenario.trace().last
        #expect(last == "closed")
      }
  }

  @Test func `the transcript says of items that are over what was taken back`() throws {
    let make = "action: command.run, with: { command: [sh, -c, exit 0] }"
    try Scenario()
      .file(
        "sub.yaml",
        """
        baton: 1
        id: sub
        name: One of them
        steps:
          - { id: make, name: Make it, \(make), undo: { \(make) } }
        """
      )
      .file(
        "all.yaml",
        """
        baton: 1
        id: all
        name: All of them
        steps:
          - { id: each, for_each: { in: "['a', 'b']", steps: [ { id: sub, workflow: sub } ] } }
          - { id: sure, ask: { fields: { answer: string } } }
        """
      )
      .baton("run", "all.yaml", exits: 4)
      .baton("cancel", "RUN", "--undo", "--yes", "--reason", "it rains", exits: 0)
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("Make it [each[0]/sub/make]: undone"))
        #expect(scenario.output.contains("Make it [each[1]/sub/make]: undone"))
        #expect(scenario.output.contains("each [each]: succeeded, 2 items, taken back, "))
      }
      .baton("status", "RUN", exits: 0)
      .then { scenario in
        #expect(scenario.output.contains("each: 2 items, taken back, "), "\(scenario.output)")
      }
      .baton("transcript", "RUN", "--json")
      .then { scenario in
        let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
        let made = steps.first { $0["address"] as? String == "each[0]/sub/make" }
        #expect(made?["status"] as? String == "undone")
      }
  }

  @Test func `a rewind takes back what came after the checkpoint and does it again`() throws {
    let workflow = Self.workflow.replacing(
      "name: Book the hotel,", with: "name: Book the hotel, checkpoint: booked,")
    try Scenario().file("trip.yaml", workflow)
      .baton("run", "trip.yaml", exits: 4)
      .baton("rewind", "RUN", "--to", "nowhere", exits: 7, complains: "it has passed `booked`")
      .baton("rewind", "RUN", "--to", "nowhere", "--plan", exits: 7)
      .baton("rewind", "RUN", "--to", "booked", "--plan")
      .then { scenario in
        #expect(scenario.output.contains("to be taken back, in this order:\n  flight: "))
        #expect(
          scenario.output.contains("keeps its outcome, and is not done again:\n  tell\n"),
          "\(scenario.output)")
        let found = try scenario.trace()
        #expect(found == ["+hotel", "+tell", "+flight"])
      }
      .baton("rewind", "RUN", "--to", "booked", "--reason", "another day", exits: 4)
      .then { scenario in
        let found = try scenario.trace()
        #expect(found == ["+hotel", "+tell", "+flight", "-flight", "+flight"])
      }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("back to hotel by user"))
        #expect(scenario.output.contains("was done already, and keeps its outcome"))
      }
      .baton("answer", "RUN", "sure", "answer=yes", exits: 0)
      .baton("verify", "--all")
  }

  @Test func `after a rewind the transcript says of each step what its status says`() throws {
    func steps(_ scenario: Scenario) throws -> [String: [String: Any]] {
      let steps = try #require(try scenario.json()["steps"] as? [[String: Any]])
      return Dictionary(steps.map { ($0["address"] as? String ?? "", $0) }) { $1 }
    }
    let make = "test -e fragile && rm fragile && kill -9 $PPID; true"
    try Scenario().file("fragile", "")
      .file(
        "back.yaml",
        """
        baton: 1
        id: back
        name: Back again
        steps:
          - { id: first, \(Scenario.act("true")), checkpoint: c1 }
          - { id: make, \(Scenario.act(make)), target: 1h }
          - { id: each, for_each: { in: "['a', 'b']", steps: [ { id: ok, \(Scenario.act("true")), undo: { \(Scenario.act("true")) } } ] } }
          - { id: sure, ask: { fields: { answer: string } } }
          - { id: last, ask: { fields: { answer: string } } }
        """
      )
      .baton("run", "back.yaml", exits: 9)
      .baton("resume", "RUN", exits: 5)
      .baton(
        "resolve", "RUN", "make", "--happened", "--set", "exit_code=0", "--set", "stdout=",
        "--set", "stderr=", "--set", "truncated=false", "--reason", "seen", exits: 4
      )
      .baton("rewind", "RUN", "--to", "c1", "--again", "make", exits: 4)
      .then { scenario in
        try scenario.baton("status", "RUN", "--json", exits: 0)
        let status = try steps(scenario)
        try scenario.baton("transcript", "RUN", "--json")
        let told = try steps(scenario)
        for address in ["first", "make", "each", "sure"] {
          let (one, other) = (status[address], told[address])
          #expect(one != nil)
          for name in ["status", "started_at", "finished_at", "target_met"] {
            #expect(
              one?[name] as? NSObject == other?[name] as? NSObject, "\(address): \(name)")
          }
        }
        #expect(told["make"]?["settled"] == nil)
        #expect(told["make"]?["how"] as? String == "machine")
      }
      .baton("verify", "--all")
  }

  @Test func `a run is carried out by hand, and nothing is called`() throws {
    try Scenario().file("trip.yaml", Self.workflow.replacing("Book the hotel,", with: "Book it,"))
      .baton("run", "trip.yaml", "--by-hand", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("done by hand: people do what the machine would do"))
        #expect(scenario.output.contains("waiting for somebody to do it by hand"))
        #expect(scenario.output.contains("done "))
        let trace = scenario.folder.appending(path: "trace").path
        #expect(!FileManager.default.fileExists(atPath: trace))
      }
      .baton(
        "done", "RUN", "hotel", "exit_code=0", "stdout=", "stderr=", "truncated=false", "--reason",
        "by phone", exits: 4
      )
      .baton("verify", "--all")
  }

  @Test func `recovery steps run when a step fails`() throws {
    let workflow = """
      baton: 1
      id: mend
      name: Mend it
      version: 1.0.0
      steps:
        - id: shaky
          name: Do it
          \(Scenario.act("test -e mended").replacing("action: command.run, with:", with: "action: command.run\n    with:"))
          on_failure:
            steps:
              - id: mend
                name: Mend it
                action: command.run
                with: { command: [sh, -c, 'echo "$0" > mended', "${{ error.step }}"] }
            then: retry
      """
    try Scenario().file("mend.yaml", workflow)
      .baton("run", "mend.yaml", exits: 0)
      .then { scenario in
        let text = try scenario.text("mended")
        #expect(text == "shaky\n")
      }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("recovery over: the failed step is tried again"))
      }
      .baton("verify", "--all")
  }
}
