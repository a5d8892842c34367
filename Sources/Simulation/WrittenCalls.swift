import Engine
import Values
import Workflows

/// What operations answered in a run, as a test says it: under which name, and in which words.
struct WrittenCalls {
  /// How much a test says of its calls.
  enum Detail {
    /// What each operation answers, where that is enough.
    case plain
    /// What each step's call answers, how long it took, and what each of its checks saw.
    case exact
  }

  private let detail: Detail
  private let names: BranchedCalls
  private var order: [String] = []
  private var answers: [String: [String]] = [:]
  /// Calls that were begun and have not ended.
  private var open: [String: (intent: Intent, at: Timestamp)] = [:]
  /// What the preconditions of a step saw last, in order.
  private var lastLooks: [String: [(target: String, answer: String)]] = [:]
  /// Steps whose call a process left open when it ended.
  private var left: Set<String> = []

  init(_ detail: Detail, _ names: BranchedCalls) {
    self.detail = detail
    self.names = names
  }

  /// As the part of a test.
  var lines: [String] {
    guard !order.isEmpty else { return [] }
    return ["    actions:"]
      + order.flatMap { target in
        ["      \(FlowText.scalar(target)):"] + (answers[target] ?? []).map { "        - \($0)" }
      }
  }

  mutating func begin(_ intent: Intent, at address: String, _ now: Timestamp) {
    lose(at: address)
    // After an end of the process the preconditions count as they were seen; after an answer that is lost,
    // as which a test has it, they are tested again.
    if left.remove(address) != nil {
      for look in lastLooks[address] ?? [] { add(look.answer, under: look.target) }
    }
    open[address] = (intent, now)
  }

  /// Whether a call of a step is under way.
  func isOpen(at address: String) -> Bool { open[address] != nil }

  /// A call has ended.
  mutating func end(_ answer: String, at address: String, _ now: Timestamp) {
    let began = open.removeValue(forKey: address)?.at
    var text = answer
    if detail == .exact, let took = began.flatMap({ now.since($0) }), took > .zero {
      let start = text == "{}" ? "{ " : "\(text.dropLast(2)), "
      text = "\(start)takes: \(took.words) }"
    }
    add(text, under: target(at: address))
  }

  /// A check of a step, or its probe, has looked at the world.
  mutating func look(_ look: Look, _ answer: String, at address: String) {
    let target = names.target(of: look, at: address, isExact: detail == .exact)
    add(answer, under: target)
    guard look.purpose == .preconditions else { return }
    left.remove(address)
    let before = look.index == 0 ? [] : lastLooks[address] ?? []
    lastLooks[address] = before + [(target, answer)]
  }

  /// The process ended in the middle of the calls under way: what nobody knows of is for the test, too, a
  /// lost answer; what can safely be called again was.
  mutating func loseAll() {
    for address in open.keys.sorted() { lose(at: address) }
  }

  /// The run was over before the calls under way had ended.
  mutating func loseRest(_ now: Timestamp) {
    for (address, call) in open.sorted(by: { $0.key < $1.key }) {
      let took = (now.since(call.at) ?? .zero).words
      add(
        "{ lost: the run ended before the answer came, takes: \(took == "0s" ? "1s" : took) }",
        under: target(at: address))
    }
    open = [:]
  }

  private mutating func lose(at address: String) {
    guard let call = open.removeValue(forKey: address), call.intent.effects == Effects.once.rawValue
    else { return }
    left.insert(address)
    add("{ lost: the process ended before the answer came }", under: target(at: address))
  }

  private func target(at address: String) -> String {
    names.target(at: address, isExact: detail == .exact)
  }

  private mutating func add(_ answer: String, under target: String) {
    if answers[target] == nil { order.append(target) }
    answers[target, default: []].append(answer)
  }
}
