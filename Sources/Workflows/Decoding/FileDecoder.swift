import CEL
import Documents
import SourceText
import Values

/// Turns the nodes of one file into definitions and collects what is wrong with them.
///
/// Every function gives nil where the file is wrong, and has said so then.
final class FileDecoder {
  let file: SourceFile
  let diagnostics: Diagnostics
  /// Where expressions read names; the flow check looks at them when all steps are known.
  var reads: [NameRead] = []
  /// Values that have to be there and may not be; the check of absent values looks at them.
  var neededValues: [NeededValue] = []
  var nonNullValues: [NonNullValue] = []
  /// Expressions that have to give a length of time.
  var neededLengths: [NeededLength] = []
  /// Where the expressions stand that are being read now.
  var place: NameRead.Place = .unchecked
  /// What they are read for.
  var purpose: NameRead.Purpose = .value
  /// What the project knows; nil where nobody asks for advice, or the file is no workflow.
  let facts: ProjectFacts?
  /// Whether somebody asks for advice: warnings are kept.
  let isAdvised: Bool
  /// The tree of the file, where it is to live as long as the decoder.
  var root: Node?
  /// The outlines of its steps, likewise.
  var outlines: OutlineReader?
  /// What finds the types of its steps, as long as they are being decoded.
  var types: StepTypes?
  /// Whether any expression reads something sensitive.
  var hasSensitiveExpressions = false
  /// Whether any step may leave one of its outputs out, or a part of one.
  var hasOptionalOutputs = false
  /// Whether any loop goes through items that may lack a part.
  var hasOptionalItems = false
  /// Where scalars start of which an error says already that they are not what they were meant as.
  private(set) var spoken: Set<Int> = []
  /// The steps whose `if`, or one of whose cases, is not understood: nobody knows what holds in them.
  var doubtfulConditions: Set<Int> = []
  /// The steps one of whose preconditions is not understood: nobody knows what holds in them.
  var doubtfulChecks: Set<Int> = []
  /// Constant patterns that are some.
  var soundPatterns: Set<String> = []
  /// The ids in parts of the file that are not understood, which was said.
  private(set) var lostIDs: Set<String> = []
  /// By where a map starts: keys that it has under a wrong name, of which that was said.
  private var misspelt: [Int: Set<String>] = [:]
  /// Warnings wait here until it is known which of them the author allows.
  private(set) var warnings: [Diagnostic] = []

  /// Whether a run was started with the file; see ``DiagnosticCode/foreseen``.
  let isStarted: Bool

  init(
    _ file: SourceFile, _ diagnostics: Diagnostics, facts: ProjectFacts? = nil,
    isStarted: Bool = false, isAdvised: Bool = false
  ) {
    self.file = file
    self.diagnostics = diagnostics
    self.facts = facts
    self.isAdvised = facts != nil || isAdvised
    self.isStarted = isStarted
  }

  func report(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan, label: String? = nil,
    notes: [Diagnostic.Note] = [], help: String? = nil
  ) {
    let finding = Diagnostic(
      code, message, in: file, at: span, label: label, notes: notes, help: help)
    if finding.severity == .error {
      if isStarted, DiagnosticCode.foreseen.contains(code) { return }
      diagnostics.add(finding)
    } else if isAdvised {
      warnings.append(finding)
    }
  }

  /// Keeps a scalar that an error is about, so that no warning says something else of it.
  func noteSpoken(_ scalar: Scalar) {
    if isAdvised { spoken.insert(scalar.span.start) }
  }

  /// Gives the warnings out as they are, in a file in which none can be allowed.
  func addWarnings() {
    for warning in warnings { diagnostics.add(warning) }
  }

  /// Keeps a key that a map has under a wrong name, so that no other finding says that it is missing.
  func noteMisspelt(_ key: String, in map: Node) {
    misspelt[map.span.start, default: []].insert(key)
  }

  /// Keeps the ids in a part of the file that is not understood, so that no other finding says that there are no
  /// such steps.
  func noteLost(_ node: Node) {
    for item in node.items ?? [] { noteLost(item) }
    for member in node.members ?? [] {
      if member.name == "id", let id = member.value.text { lostIDs.insert(id) }
      noteLost(member.value)
    }
  }

  /// Whether the map that starts at a place has one of the keys under a wrong name.
  func isMisspelt(_ keys: [String], inMapAt start: Int) -> Bool {
    guard let found = misspelt[start] else { return false }
    return keys.contains(where: found.contains)
  }

  /// Runs a block whose expressions stand at a place.
  func at<Result>(_ place: NameRead.Place, _ body: () -> Result) -> Result {
    let outer = self.place
    self.place = place
    defer { self.place = outer }
    return body()
  }

  /// Runs a block whose expressions are read for a purpose.
  func `for`<Result>(_ purpose: NameRead.Purpose, _ body: () -> Result) -> Result {
    let outer = self.purpose
    self.purpose = purpose
    defer { self.purpose = outer }
    return body()
  }
}

/// An expression together with where it stands, for the flow check.
struct NameRead {
  enum Place {
    /// Not checked: it is evaluated where absence is expected.
    case unchecked
    /// A step's own `if`.
    case condition(Int)
    /// When a step is about to begin.
    case before(Int)
    /// When a step has succeeded.
    case after(Int)
    /// The `when` of a case.
    case caseCondition(Int, Int)
    /// The end of the list inside a loop: `until`, `collect`.
    case loopEnd(Int)
    /// When the steps of the workflow are done.
    case end
  }

  /// What an expression decides.
  enum Purpose {
    case value
    /// What follows the failure of the step that it stands at, or of anything in it: `error` is of that.
    case failure
    /// Whether an event is the one that is waited for: one for which it fails is not.
    case match
    /// What is looked at only where a condition holds: a call that starts a run, what a probe has found.
    case given(Expression?)
  }

  let expression: Expression
  let place: Place
  let purpose: Purpose
  /// What the names mean that it reads.
  private let environment: ScopeEnvironment
  // What most checks ask first, and most reads are not.
  /// Whether it reads a step.
  let readsSteps: Bool
  /// Whether it reads an input.
  let readsInputs: Bool
  /// Whether a constant text may stand in it.
  let holdsText: Bool
  /// Whether the place needs a value, so that it is no way out to give none.
  var isNeeded = false
  /// One of the steps it reads, where that is known; another one has to be looked up.
  private let likelyStep: Int32

  init(
    _ expression: Expression, _ place: Place, for purpose: Purpose, _ environment: ScopeEnvironment,
    likelyStep: Int?
  ) {
    self.expression = expression
    self.place = place
    self.purpose = purpose
    self.environment = environment
    self.likelyStep = likelyStep.map { Int32($0) } ?? -1
    var (readsSteps, readsInputs) = (false, false)
    let references = expression.references
    // By index: a loop over them would copy each.
    for index in references.indices {
      if references[index].path[0] == "steps" { readsSteps = true }
      if references[index].path[0] == "inputs" { readsInputs = true }
    }
    (self.readsSteps, self.readsInputs) = (readsSteps, readsInputs)
    holdsText = expression.holdsText
  }

  /// The condition that holds where it is read, besides what the flow says.
  var given: Expression? {
    if case .given(let condition) = purpose { condition } else { nil }
  }

  /// The step of an id that it reads.
  func step(_ id: String, in table: StepTable) -> Step? {
    if likelyStep >= 0, let step = table.steps[Int(likelyStep)], step.id == id { return step }
    return table[id]
  }

  /// The type of a name of the place itself, such as `item`, `event` or `outputs`.
  func type(ofName name: String) -> CELType? {
    environment.names.last { $0.name.hasSameBytes(as: name) }?.type
  }

  /// The place in the file of a range of the expression.
  func span(_ range: Range<Int>) -> SourceSpan { expression.span(of: range) }
}

extension DiagnosticCode {
  /// Errors that foresee what a run may come to, and leave nothing out of the workflow. A release that foresees more
  /// than the one that started a run still takes it further: where it comes to what was foreseen, it stands still.
  fileprivate static let foreseen: Set<DiagnosticCode> = [
    .mayNotHaveRun, .mayBeAbsent, .neverEqual, .missingInput, .inputMismatch,
  ]
}
