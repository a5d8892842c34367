import Engine
import RunStore
import Values
import Workflows

/// What the versions of its workflow that a run went by before say of steps: each is read once, and only where
/// it is asked for.
final class EarlierDefinitions {
  private let engine: RunEngine
  private let reader: RunReader
  private var engines: [Int: RunEngine?] = [:]

  init(_ engine: RunEngine, _ reader: RunReader) {
    self.engine = engine
    self.reader = reader
  }

  private var versions: [EarlierVersion] { engine.state.earlierVersions }

  /// The targets of the step at an address, by the oldest version first.
  func targets(at address: String) -> [EarlierTarget] {
    versions.indices.map { version in
      EarlierTarget(until: versions[version].until, target: target(at: address, in: version))
    }
  }

  /// The target by which a step is judged that ended at some moment, or has not yet.
  func target(of step: Step, at address: String, endedAt end: Timestamp?) -> StepTarget? {
    let now = engine.target(of: step, at: address)
    guard let end, let last = versions.last, end <= last.until else { return now }
    return targets(at: address).target(ofStepEndedAt: end, now: now)
  }

  private func target(at address: String, in version: Int) -> StepTarget? {
    guard let earlier = engine(of: version) else { return nil }
    let address = versions.address(of: address, inVersion: version)
    return earlier.location(of: address).flatMap { earlier.target(of: $0.step, at: address) }
  }

  /// The step at an address as it was when what stands there was done; nil where the version that the run
  /// goes by now has done it, or this release cannot read the one that did.
  func stepAsDone(at address: String) -> Step? {
    guard let end = engine.state.steps[address]?.finishedAt,
      let version = versions.firstIndex(where: { end <= $0.until })
    else { return nil }
    let name = versions.address(of: address, inVersion: version)
    return self.engine(of: version)?.location(of: name)?.step
  }

  /// nil where this release cannot read the version.
  private func engine(of version: Int) -> RunEngine? {
    if let known = engines[version] { return known }
    let pinned = PinnedFile.all(in: .map(versions[version].definition))
    let earlier = (try? PinnedDefinition.load(pinned, reader, nil)).map {
      RunEngine(workflow: $0, state: engine.state, vault: engine.vault)
    }
    engines[version] = .some(earlier)
    return earlier
  }
}
