import Values

/// Where a run is carried out: a folder on a machine.
package struct RunHome: Sendable, Hashable {
  /// A digest of what identifies the machine.
  package var machine: String
  /// What people call the machine.
  package var host: String
  /// The run's folder.
  package var folder: String
  /// What tells this very folder from a copy of it.
  package var identity: String

  package init(machine: String, host: String, folder: String, identity: String) {
    self.machine = machine
    self.host = host
    self.folder = folder
    self.identity = identity
  }

  /// For people: `/srv/baton/.baton/runs/20261120-k7f3q9 on app1`.
  package var sentence: String { host.isEmpty ? folder : "\(folder) on \(host)" }
}

/// Where a run belongs, as its journal says.
package struct RunPlacement: Sendable, Hashable {
  /// Where it is carried out; nil in journals that do not say.
  package internal(set) var home: RunHome?
  /// How it came here, where somebody adopted a copy.
  package internal(set) var adoption: Adoption?
  /// Where somebody went on with a copy of it: it goes on there, and here no more.
  package internal(set) var elsewhere: Adoption?

  /// Whether the run may go on in a folder.
  package enum Standing: Sendable, Hashable {
    case home
    /// It is the same folder somewhere else, or the folder was put back where it was.
    case moved
    /// The folder is not the one that the run belongs to.
    case copied
    /// It was adopted somewhere else.
    case left(Adoption)
  }

  /// How a folder relates to where the run belongs.
  package func standing(in here: RunHome) -> Standing {
    if let elsewhere { return .left(elsewhere) }
    guard let home, home != here else { return .home }
    if home.identity == here.identity { return .moved }
    return home.machine == here.machine && home.folder == here.folder ? .moved : .copied
  }
}

/// Somebody goes on with a copy of a run.
package struct Adoption: Sendable, Hashable {
  /// Where the copy is.
  package var home: RunHome
  /// Where the run belonged before.
  package var from: RunHome?
  package var reason: String
  /// Why the journal that was left could not be told; nil where it was.
  package var untold: String?

  package init(home: RunHome, from: RunHome?, reason: String, untold: String? = nil) {
    self.home = home
    self.from = from
    self.reason = reason
    self.untold = untold
  }
}

/// What happens to the place of a run.
package enum PlaceEvent: Sendable, Hashable {
  /// The run's folder was moved, or put back: nobody else can go on with it.
  case moved(to: RunHome)
  /// Somebody goes on here with a copy.
  case adopted(Adoption)
  /// Somebody goes on with a copy of this run somewhere else.
  case left(Adoption)
}

extension RunPlacement {
  mutating func fold(_ event: PlaceEvent) {
    switch event {
    case .moved(let home): self.home = home
    case .adopted(let adoption):
      home = adoption.home
      self.adoption = adoption
      elsewhere = nil
    case .left(let adoption): elsewhere = adoption
    }
  }
}

extension PlaceEvent {
  var type: String {
    switch self {
    case .moved: "run.moved"
    case .adopted: "run.adopted"
    case .left: "run.adopted_elsewhere"
    }
  }

  var data: ValueMap {
    switch self {
    case .moved(let home): ["home": .map(home.data)]
    case .adopted(let adoption), .left(let adoption): adoption.data
    }
  }

  /// Nil for a type that is none of these.
  init?(_ reader: DataReader) throws(UnreadableEvent) {
    switch reader.type {
    case "run.moved":
      guard let home = RunHome(reader.data["home"]) else { throw reader.unfit("home") }
      self = .moved(to: home)
    case "run.adopted": self = .adopted(try Adoption(reader))
    case "run.adopted_elsewhere": self = .left(try Adoption(reader))
    default: return nil
    }
  }
}

extension RunHome {
  var data: ValueMap {
    [
      "folder": .string(folder), "host": .string(host), "identity": .string(identity),
      "machine": .string(machine),
    ]
  }

  init?(_ value: Value?) {
    guard let value, let machine = value["machine"]?.asString, let host = value["host"]?.asString,
      let folder = value["folder"]?.asString, let identity = value["identity"]?.asString
    else { return nil }
    self.init(machine: machine, host: host, folder: folder, identity: identity)
  }
}

extension Adoption {
  var data: ValueMap {
    ValueMap(members: ["home": .map(home.data), "reason": .string(reason)])
      .adding("from", from.map { Value.map($0.data) }).adding("untold", untold)
  }

  init(_ reader: DataReader) throws(UnreadableEvent) {
    guard let home = RunHome(reader.data["home"]) else { throw reader.unfit("home") }
    self.init(
      home: home, from: RunHome(reader.data["from"]), reason: try reader.text("reason"),
      untold: reader.optionalText("untold"))
  }
}

extension RunPlacement {
  var saved: Value {
    var map = ValueMap()
    map["home"] = home.map { .map($0.data) }
    map["adoption"] = adoption.map { .map($0.data) }
    map["elsewhere"] = elsewhere.map { .map($0.data) }
    return .map(map)
  }

  init?(saved: Value) {
    func adoption(_ name: String) throws(UnreadableEvent) -> Adoption? {
      guard let data = saved[name]?.asMap else { return nil }
      return try Adoption(DataReader(type: "state", data: data))
    }
    home = RunHome(saved["home"])
    do throws(UnreadableEvent) {
      self.adoption = try adoption("adoption")
      elsewhere = try adoption("elsewhere")
    } catch {
      return nil
    }
  }

  /// A run that has never been anywhere else.
  package init(home: RunHome?) { self.home = home }
}
