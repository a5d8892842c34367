extension StepOutline {
  /// Where an author puts what differs from run to run, or from item to item, since the name of the step is always the
  /// same.
  var differingHelp: String {
    let loop = innermostLoop
    let place =
      switch kind?.key {
      case .ask: "the message of the question"
      case .approve: "the message of the approval"
      case .finish: "the message of `finish`"
      default: "`manual`"
      }
    guard let loop else { return "put what differs into `run_name`, or into \(place)" }
    let which = loop.kind?.key == .forEach ? "item" : "round"
    return
      "put what differs into \(place); the address, `\(loop.id)[0]/…`, says which \(which) it is"
  }

  /// The loop in whose steps it stands; recovery steps of a loop stand beside it.
  private var innermostLoop: StepOutline? {
    var inner = self
    while let outer = inner.parent {
      let isLoop = outer.kind?.key == .forEach || outer.kind?.key == .loop
      if isLoop, outer.lists.first?.steps.contains(where: { $0 === inner }) == true { return outer }
      inner = outer
    }
    return nil
  }
}
