/// The contracts of everything that a workflow and those it calls may call or wait for.
struct UsedContracts {
  private(set) var operations: [String: OperationContract] = [:]
  private(set) var events: [String: EventContract] = [:]

  init(_ workflow: Workflow) {
    for definition in workflow.definitions {
      for step in definition.allSteps { add(step) }
    }
  }

  private mutating func add(_ step: Step) {
    switch step.kind {
    case .action(let call): add(call)
    case .ask(let question):
      for item in question.items { if let wait = item.doneOn { add(wait) } }
    case .wait(let wait): add(wait)
    default: break
    }
    for check in step.preconditions + step.verify { add(check.look) }
    for reminder in step.remind { add(reminder.notify) }
    for rung in step.escalate { add(rung.notify) }
    // What a contract itself says for taking back and for asking is called like all the rest.
    if case .action(let call, _)? = step.undo { add(call) }
    add(step.probe?.action)
  }

  private mutating func add(_ call: ActionCall?) {
    if let call, let contract = call.contract { operations[call.operation] = contract }
  }

  private mutating func add(_ wait: EventWait) {
    if let contract = wait.contract { events[wait.event] = contract }
  }

  private mutating func add(_ wait: Wait) {
    switch wait {
    case .event(let event): add(event)
    case .firstOf(let waits): for (_, wait) in waits { add(wait) }
    case .duration, .until: break
    }
  }
}
