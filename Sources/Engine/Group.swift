import Values

/// What a step knows of the lists it holds: a section's, a loop's, a branch's, a workflow's.
package struct Group: Sendable {
  /// What an iteration came to, as `collect` says.
  enum Collected: Sendable, Hashable {
    case clear(Value)
    case sealed(String)
  }

  /// How a called workflow ends once its `finally` is over.
  struct Ending: Sendable, Hashable {
    let status: RunStatus
    let message: String?
    /// Whether `finally` itself ended it, so that nothing comes after.
    var isRepeated: Bool
    /// What has failed in it, where the run goes on without it for that.
    var failure: Failure?
  }

  /// What was decided when the step started.
  package internal(set) var start = StepStart()
  /// The frames that are open, oldest first.
  package internal(set) var open: [Int] = []
  /// Rounds that are over.
  package internal(set) var rounds = 0
  /// The rounds that were over when the present series of them began.
  var roundsBefore = 0
  /// The next item of a `for_each`.
  package internal(set) var nextItem = 0
  /// Iterations whose steps are over and whose result is not collected yet.
  var ended: [Int] = []
  /// Iterations whose steps are over and whose result cannot be computed.
  package internal(set) var uncollected: Set<Int> = []
  /// Iterations that are stuck, so that the loop goes on without them.
  var held: Set<Int> = []
  /// Iterations that were closed before they were over: those that left a failure or a doubt, and the others.
  var failed: Set<Int> = []
  var brokenOff: Set<Int> = []
  var collected: [Int: Collected] = [:]
  var ending: Ending?
  /// How many effects of the run could be taken back, or had been, when the step started.
  var effectsBefore = 0
  /// Calls inside a called workflow that it left on its way to the end and whose `finally` comes before its own.
  var callsLeft: [String] = []
  /// The highest generation of a key in rounds and iterations that are forgotten.
  var forgottenKeys = 0
  /// The approvals that were given in rounds and iterations that are forgotten, as they are named inside of one.
  var approvals: Set<String> = []
  private var handledItems = Rare<HandledItems>()

  /// The items that were not simply done as the procedure says, where there are any.
  var handled: HandledItems? {
    @inline(__always) get { handledItems.value }
    @inline(__always) _modify { yield &handledItems.value }
  }

  /// How many iterations are over.
  package var endedCount: Int { nextItem - open.count }

  /// How many rounds there are, with the one that is open or was the last.
  package var roundsInAll: Int { rounds + 1 }

  /// How many of them the present series has.
  var roundsOfSeries: Int { rounds + 1 - roundsBefore }

  /// The iterations that came to something sensitive.
  var sealedItems: Set<String> {
    Set(
      collected.compactMap { index, value in
        if case .sealed = value { String(index) } else { nil }
      })
  }

  /// A called workflow ends: of its own end and that of its `finally` the worse one counts.
  mutating func end(_ status: RunStatus, _ message: String?, _ failure: Failure?) {
    let isRepeated = ending != nil
    worsen(status, message, failure)
    ending?.isRepeated = isRepeated
  }

  /// How a called workflow ends where that is no better than what it has come to so far.
  mutating func worsen(_ status: RunStatus, _ message: String?, _ failure: Failure?) {
    guard let earlier = ending else {
      ending = Ending(status: status, message: message, isRepeated: false, failure: failure)
      return
    }
    guard !earlier.status.isWorse(than: status) else { return }
    ending = Ending(
      status: status, message: message ?? earlier.message, isRepeated: earlier.isRepeated,
      failure: failure)
  }

  /// What the iterations came to, in the order of the items; what cannot be opened is left out.
  func collection(openedBy vault: any ValueVault) -> [Value] {
    collected.sorted { $0.key < $1.key }.compactMap { entry in
      switch entry.value {
      case .clear(let value): value
      case .sealed(let commitment): vault.open(commitment)
      }
    }
  }
}

/// What is decided when a step that holds lists starts.
package struct StepStart: Sendable, Hashable {
  /// The case of a `choose`, from 0.
  package var choice: Int?
  /// How many items a `for_each` has.
  package var count: Int?
  /// The inputs of a called workflow; for a `for_each` its `items`.
  package var inputs: StoredValues

  package init(choice: Int? = nil, count: Int? = nil, inputs: StoredValues = StoredValues()) {
    self.choice = choice
    self.count = count
    self.inputs = inputs
  }
}
