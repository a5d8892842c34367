import CommandLineKit
import Engine
import Fields
import Glibc
import Plugins
import RunStore
import Runner
import Transcripts
import Values
import Workflows

/// The one place where commands meet the runner and the store.
struct RunDoor: Sendable {
  typealias Progress = RunProgress
  typealias Request = CommandKind

  let project: Project
  let person: SignedIn
  private let store: RunStore
  private let service: RunService

  init(
    project: Project, store: RunStore, environment: String?, person: SignedIn,
    progress: @escaping @Sendable (Progress) -> Void
  ) {
    self.project = project
    self.store = store
    self.person = person
    service = RunService(
      project: project, store: store, environment: environment,
      actor: person.actor, standing: person.standing, progress: progress,
      interrupted: { Interruption.isRequested }, describe: { RunDetails($0).bytes })
  }

  /// Starts a run of a workflow and carries it as far as it goes.
  ///
  /// - Parameters:
  ///   - inputs: complete and typed.
  ///   - manner: who carries it out, and whether for real.
  ///   - isAnnounced: whether the progress says that the run exists, before anything else.
  func start(
    _ workflow: Workflow, inputs: ValueMap, manner: StartManner, isAnnounced: Bool = true
  ) async throws(CommandFailure) -> RunSnapshot {
    do {
      return try await service.start(
        workflow, inputs: inputs, manner: manner, isAnnounced: isAnnounced)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Records what a person decided, and goes on.
  ///
  /// - Parameters:
  ///   - evidence: files that prove it.
  ///   - reason: why a copy of the run is adopted.
  ///   - values: sensitive values of which the key is lost, entered again.
  func submit(
    _ request: Request, to run: String, evidence: [EvidenceFile] = [], killChildren: Bool = false,
    adopting reason: String? = nil, entering values: [String] = []
  ) async throws(CommandFailure) -> RunSnapshot {
    do {
      return try await service.submit(
        request, to: run, evidence: evidence, killChildren: killChildren, adopting: reason,
        entering: values)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Throws what a decision would be refused with, before anybody is asked for it; reads only.
  func requireTaken(_ request: Request, by run: String) throws(CommandFailure) {
    let refusal: RunnerError?
    do { refusal = try service.refusal(of: request, in: run) } catch { throw CommandFailure(error) }
    if let refusal { throw CommandFailure(refusal) }
  }

  /// What going back to a checkpoint would do; reads only.
  func rewindPreview(
    _ run: String, to checkpoint: String, again: [String]
  ) throws(CommandFailure) -> RewindPreview {
    do { return try service.rewindPreview(run, to: checkpoint, again: again) } catch {
      throw CommandFailure(error)
    }
  }

  /// What moving a run to another version of its workflow would mean; reads only.
  func migrationPlan(
    _ run: String, to workflow: Workflow, _ choices: MigrationChoices
  ) throws(CommandFailure) -> MigrationPlan {
    do { return try service.migrationPlan(run, to: workflow, choices) } catch {
      throw CommandFailure(error)
    }
  }

  /// Moves a run to another version of its workflow, and goes on.
  func migrate(
    _ run: String, to workflow: Workflow, _ choices: MigrationChoices, reason: String?
  ) async throws(CommandFailure) -> RunSnapshot {
    do { return try await service.migrate(run, to: workflow, choices, reason: reason) } catch {
      throw CommandFailure(error)
    }
  }

  /// Fires what is due in all runs.
  func tick(
    watch: @escaping @Sendable (_ run: String, _ isUnderWay: Bool) -> Void
  ) async throws(CommandFailure) -> TickReport {
    do { return try await service.tick(watch: watch) } catch { throw CommandFailure(error) }
  }

  /// Keeps an event for all runs, and gives it to those that wait for it.
  func keep(
    _ event: String, data: ValueMap, catalog: Catalog,
    watch: @escaping @Sendable (_ run: String, _ isUnderWay: Bool) -> Void
  ) async throws(CommandFailure) -> EventDelivery {
    do { return try await service.keep(event, data: data, catalog: catalog, watch: watch) } catch {
      throw CommandFailure(error)
    }
  }

  /// Where a run stands; reads only.
  ///
  /// - Parameter asksLedger: whether what the ledger says of it is of interest, too.
  func snapshot(
    _ run: String, askingLedger asksLedger: Bool = false
  ) throws(CommandFailure) -> RunSnapshot {
    do { return try service.snapshot(run, askingLedger: asksLedger) } catch {
      throw CommandFailure(error)
    }
  }

  /// The data that an event of a run has; nil where the run knows no such event.
  func fields(ofEvent name: String, in run: String) throws(CommandFailure) -> FieldSet? {
    do {
      return try service.workflow(of: run).catalog.event(named: name)?.fields
    } catch { throw CommandFailure(error) }
  }

  /// Whether a run has taken the event of a name that came last.
  func isTaken(_ name: String, by run: String) throws(CommandFailure) -> Bool {
    var last: String?
    var isTaken = false
    do {
      try store.reader(run: run).records { record in
        switch record.type {
        case "event.received" where record.data["event"]?.asString == name:
          last = record.data["id"]?.asString
          isTaken = false
        case "event.matched" where record.data["id"]?.asString == last: isTaken = true
        case "item.ticked" where record.data["event"]?.asString == last: isTaken = true
        default: break
        }
        return true
      }
    } catch { throw CommandFailure(error) }
    return isTaken
  }

  /// What a step of a run asks people for, whether it waits for that or not; nil where it asks for
  /// nothing.
  func question(at address: String, in run: String) throws(CommandFailure) -> Question? {
    do {
      let step = try service.steps(at: [address], of: run)[address]
      guard case .ask(let question)? = step?.kind else { return nil }
      return question
    } catch { throw CommandFailure(error) }
  }

  /// The operation that a step of a run calls; nil where it calls none.
  func operation(of step: String, in run: String) throws(CommandFailure) -> OperationContract? {
    let view = try snapshot(run).steps.first { $0.address == step }
    guard let name = view?.operation else { return nil }
    do {
      return try service.workflow(of: run).catalog.operation(named: name)
    } catch { throw CommandFailure(error) }
  }

  /// Every run, as lists show it; reads only.
  func overview() throws(CommandFailure) -> RunOverview {
    do { return try service.overview() } catch { throw CommandFailure(error) }
  }

  /// A run as its events; reads only.
  func history(of part: String) throws(CommandFailure) -> RunHistory {
    do { return try service.history(of: part) } catch { throw CommandFailure(error) }
  }

  /// What the journal of a run says, with the titles and targets of its definition where they can
  /// be read; reads only.
  func transcript(of part: String) throws(CommandFailure) -> Transcript {
    // Before the journal is read, which is never behind what the ledger said then.
    let now = try? snapshot(part, askingLedger: true)
    do throws(StoreError) {
      var records: [JournalRecord] = []
      try store.reader(run: store.find(part)).records { record in
        records.append(record)
        return true
      }
      if records.isEmpty {
        throw StoreError.damaged(
          file: "journal.jsonl", record: 0, "it is not an intact record")
      }
      // Of loops the record has more than a view of the run as it stands.
      let outline = try? service.outline(with: Set(records.compactMap(\.step)), of: part)
      let sections = outline?.sections ?? [:]
      let descriptions = (outline ?? []).map { place in
        StepDescription(
          address: place.address, title: place.step.title, role: place.step.role,
          target: place.target, earlierTargets: place.earlierTargets,
          status: place.record?.phase.status,
          startedAt: place.record?.startedAt, finishedAt: place.record?.finishedAt,
          depth: place.depth,
          isContainer: place.step.isContainer, items: place.items,
          sections: sections[place.address] ?? [])
      }
      let isMoved = records.contains { $0.type == "run.migrated" }
      let differences = isMoved ? try? service.differences(of: part) : nil
      return Transcript(
        records: records, descriptions: descriptions, differences: differences ?? [:],
        status: now?.status.rawValue, ledger: now?.ledger)
    } catch { throw CommandFailure(error) }
  }

  /// Looks at every byte of the record of a run.
  func verify(_ part: String) throws(CommandFailure) -> VerificationReport {
    do { return try service.verify(part) } catch { throw CommandFailure(error) }
  }

  /// Looks at every byte of every run, and at the ledger.
  func verifyAll(keptHead: String?) throws(CommandFailure) -> ProjectVerificationReport {
    do { return try service.verifyAll(keptHead: keptHead) } catch { throw CommandFailure(error) }
  }
}
