package import Workflows

/// Where a list of steps stands: in which workflow, behind which prefix, in which loops.
package final class Surroundings: Sendable {
  /// A loop around the list, in one of its rounds or iterations.
  struct Loop: Sendable {
    /// The address of the loop's step.
    let owner: String
    /// nil for a `repeat`.
    let definition: ForEach?
    let index: Int

    /// The name of the item in expressions; nil for a `repeat`.
    var itemName: String? { definition?.itemName }
  }

  package let workflow: Workflow
  /// The address of the step that called the workflow; nil for the run's own.
  package let call: String?
  /// What stands before the ids of steps in their addresses, by depth of loops.
  let prefixes: [String]
  /// The loops around the list in its workflow, outermost first.
  let loops: [Loop]
  /// In how many loops the step stands for which the recovery steps of `defaults` are done.
  private let depthOfDefaults: Int

  /// The top of a run, or of a workflow that a step calls.
  init(_ workflow: Workflow, call: String? = nil) {
    self.workflow = workflow
    self.call = call
    prefixes = [call.map { "\($0)/" } ?? ""]
    loops = []
    depthOfDefaults = 0
  }

  private init(_ outer: Surroundings, loop: Loop) {
    workflow = outer.workflow
    call = outer.call
    prefixes = outer.prefixes + ["\(loop.owner)[\(loop.index)]/"]
    loops = outer.loops + [loop]
    depthOfDefaults = outer.depthOfDefaults
  }

  private init(ofDefaultsIn outer: Surroundings) {
    workflow = outer.workflow
    call = outer.call
    prefixes = outer.prefixes
    loops = outer.loops
    depthOfDefaults = outer.loops.count
  }

  var prefix: String { prefixes[prefixes.count - 1] }

  /// The address at which steps here see another step of their workflow.
  func address(of step: Step) -> String {
    guard prefixes.count > 1 else { return prefixes[0] + step.id }
    let base = workflow.isInDefaults(step) ? depthOfDefaults : 0
    return prefixes[min(base + step.loopDepth(in: workflow), prefixes.count - 1)] + step.id
  }

  /// The surroundings of the recovery steps of a step here: they stand beside it, with the names that it
  /// sees. Those of `defaults`, which stand nowhere in the file, are done in the innermost loop.
  func recovering(with list: StepList) -> Surroundings {
    guard !loops.isEmpty, let first = list.steps.first, workflow.isInDefaults(first) else {
      return self
    }
    return Surroundings(ofDefaultsIn: self)
  }

  /// The surroundings as the step itself has them, for whoever has only followed an address to it.
  fileprivate func standing(_ step: Step) -> Surroundings {
    guard !loops.isEmpty, step.parent == nil, workflow.isInDefaults(step) else { return self }
    return Surroundings(ofDefaultsIn: self)
  }

  /// The surroundings of the lists that a step here holds.
  ///
  /// - Parameter index: the round or iteration, for a loop.
  func inside(_ step: Step, at address: String, index: Int) -> Surroundings {
    switch step.kind {
    case .repeat:
      Surroundings(self, loop: Loop(owner: address, definition: nil, index: index))
    case .forEach(let loop):
      Surroundings(self, loop: Loop(owner: address, definition: loop, index: index))
    case .workflow(let call):
      call.definition.map { Surroundings($0, call: address) } ?? self
    default: self
    }
  }
}

extension RunEngine {
  /// A step and where it stands, from its address alone; nil where the definitions have no such
  /// step.
  package func location(of address: String) -> (step: Step, surroundings: Surroundings)? {
    undoLocation(of: address) ?? workflow.location(of: address)
  }

  /// The definition of the step at an address.
  package func step(at address: String) -> Step? {
    if let id = state.standing[address] { return state.frames[id]?.current }
    if let step = workflow.step(named: address) { return step }
    return location(of: address)?.step
  }

  /// An address without the rounds in it: that of the same step in every round of a `repeat`.
  func addressInEveryRound(_ address: String) -> String {
    guard address.utf8.contains(UInt8(ascii: "[")) else { return address }
    var surroundings = Surroundings(workflow)
    var path = ""
    var result = ""
    let parts = address.split(separator: "/", omittingEmptySubsequences: false)
    for part in parts.dropLast() {
      let (name, index) = Self.split(part)
      guard let step = surroundings.workflow.step(named: name) else { return address }
      surroundings = surroundings.inside(step, at: path + name, index: index)
      path += part + "/"
      if case .repeat = step.kind { result += name + "/" } else { result += part + "/" }
    }
    return result + (parts.last ?? "")
  }

  /// `add_users[3]` is `add_users` and 3.
  fileprivate static func split(_ part: Substring) -> (name: String, index: Int) {
    guard part.hasSuffix("]"), let bracket = part.lastIndex(of: "[") else {
      return (String(part), 0)
    }
    let digits = part[part.index(after: bracket)...].dropLast()
    return (String(part[..<bracket]), Int(digits) ?? 0)
  }
}

extension Workflow {
  /// A step of a run of it and where it stands; nil where the definitions have no such step.
  func location(of address: String) -> (step: Step, surroundings: Surroundings)? {
    var surroundings = Surroundings(self)
    var path = ""
    let parts = address.split(separator: "/", omittingEmptySubsequences: false)
    for part in parts.dropLast() {
      let (name, index) = RunEngine.split(part)
      guard let step = surroundings.workflow.step(named: name) else { return nil }
      surroundings = surroundings.standing(step).inside(step, at: path + name, index: index)
      path += part + "/"
    }
    guard let last = parts.last, let step = surroundings.workflow.step(named: String(last)) else {
      return nil
    }
    return (step, surroundings.standing(step))
  }
}
