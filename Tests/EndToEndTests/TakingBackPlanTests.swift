import Foundation
import Testing

/// What `undo` and `rewind` say that they would do.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct TakingBackPlanTests {
  private static let workflow = """
    baton: 1
    id: trip
    name: Plan a trip
    steps:
      - { id: start, set: { n: 1 }, checkpoint: begun }
      - { id: hotel, \(Scenario.act("echo +hotel >> trace")), undo: { \(Scenario.act("test -e stuck && exit 1; echo -hotel >> trace")) } }
      - { id: mail, \(Scenario.act("echo +mail >> trace")) }
      - { id: sure, ask: { fields: { answer: string } } }
    """

  @Test func `a run that is carried out by hand is taken back by hand`() throws {
    let done = [
      "exit_code=0", "stdout=", "stderr=", "truncated=false", "--reason", "by phone",
    ]
    let scenario = try Scenario().file("trip.yaml", Self.workflow)
      .baton("run", "trip.yaml", "--by-hand", exits: 4)
    for step in ["hotel", "mail"] {
      let code = try scenario.call(["done", "RUN", step] + done)
      try #require(code == 4, "\(scenario.errors)")
    }
    try scenario
      .baton("rewind", "RUN", "--to", "begun", "--plan")
      .then { #expect($0.output.contains("hotel: by hand: command.run")) }
      .baton("rewind", "RUN", "--to", "begun", "--plan", "--json")
      .then { scenario in
        let steps = try Self.takenBack(scenario)
        #expect(steps.map { $0["by_hand"] as? Bool } == [true])
      }
      .baton("undo", "RUN", exits: 2)
      .then { #expect($0.errors.contains("hotel: by hand: command.run")) }
      .baton("undo", "RUN", "--yes", exits: 4)
      .baton("undo", "RUN", "--yes", exits: 7, complains: "baton done ")
  }

  @Test func `programs read what would be done`() throws {
    try Scenario().file("trip.yaml", Self.workflow)
      .baton("run", "trip.yaml", exits: 4)
      .baton("rewind", "RUN", "--to", "begun", "--plan", "--json")
      .then { scenario in
        let plan = try scenario.json()
        #expect(plan["format"] as? String == "baton-rewind-plan/1")
        #expect(plan["kept"] as? [String] == ["mail"])
        let steps = try Self.takenBack(scenario)
        let hotel = try #require(steps.first)
        #expect(hotel["step"] as? String == "hotel")
        #expect(hotel["address"] as? String == "hotel.undo")
        #expect(hotel["by_hand"] as? Bool == false)
        #expect(hotel["operation"] as? String == "command.run")
      }
      .baton("undo", "RUN", "--json", exits: 2, complains: "nothing was done yet")
      .then { scenario in
        let plan = try scenario.json()
        #expect(plan["format"] as? String == "baton-undo-plan/1")
        let steps = try Self.takenBack(scenario)
        #expect(steps.map { $0["step"] as? String } == ["hotel"])
        let stays = try #require(plan["stays"] as? [[String: Any]])
        #expect(stays.map { $0["step"] as? String } == ["mail"])
      }
  }

  @Test func `a run that is stuck on its way back names what settles that`() throws {
    try Scenario().file("trip.yaml", Self.workflow).file("stuck", "")
      .baton("run", "trip.yaml", exits: 4)
      .baton("rewind", "RUN", "--to", "begun", "--yes", exits: 5)
      .then { scenario in
        for command in [["undo", "RUN", "--yes"], ["rewind", "RUN", "--to", "begun", "--plan"]] {
          let code = try scenario.call(command)
          #expect(code == 7)
          #expect(scenario.errors.contains(#/baton retry \S+ hotel\.undo/#), "\(scenario.errors)")
          #expect(!scenario.errors.contains("baton resume"), "\(scenario.errors)")
        }
      }
  }

  @Test func `a command that settles it can be typed as it stands`() throws {
    let loop = """
      baton: 1
      id: trips
      name: Plan trips
      steps:
        - { id: start, set: { n: 1 }, checkpoint: begun }
        - id: each
          for_each:
            in: "[1]"
            steps:
              - { id: hotel, \(Scenario.act("true")), undo: { \(Scenario.act("false")) } }
        - { id: sure, ask: { fields: { answer: string } } }
      """
    try Scenario().file("trips.yaml", loop)
      .baton("run", "trips.yaml", exits: 4)
      .baton("rewind", "RUN", "--to", "begun", "--yes", exits: 5)
      .baton("undo", "RUN", "--yes", exits: 7, complains: "'each[0]/hotel.undo'")
  }

  @Test func `a time zone that there is not is refused whatever is shown`() throws {
    let scenario = try Scenario().file("trip.yaml", Self.workflow)
    try scenario.baton("run", "trip.yaml", exits: 4)
    for command in [["list"], ["status", "RUN"], ["tasks"], ["tick"], ["people"]] {
      for option in ["--json", "--quiet"] {
        let code = try scenario.call(command + ["--time-zone", "Foo", option])
        #expect(code == 2, "\(command)")
      }
    }
  }

  private static func takenBack(_ scenario: Scenario) throws -> [[String: Any]] {
    let plan = try scenario.json()
    return try #require(plan["taken_back"] as? [[String: Any]])
  }
}
