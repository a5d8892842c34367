import Documents
import Values
import Workflows

/// Writes a first workflow and its first test, from what an author says in a few words.
package struct WorkflowStarter: Sendable {
  /// One step, in the author's words.
  package struct Step: Sendable {
    /// A sentence: what is done.
    package let name: String
    /// Whether a person does it; else a line is written to whoever watches.
    package let isForPeople: Bool

    package init(name: String, isForPeople: Bool) {
      self.name = name
      self.isForPeople = isForPeople
    }
  }

  /// Kebab-case.
  package let id: String
  package let name: String
  package let purpose: String
  /// The name of the role that does what people do.
  package let role: String
  package let steps: [Step]

  package init(id: String, name: String, purpose: String, role: String, steps: [Step]) {
    self.id = id
    self.name = Self.plain(name)
    self.purpose = Self.plain(purpose)
    self.role = Self.plain(role)
    self.steps = steps.map { Step(name: Self.plain($0.name), isForPeople: $0.isForPeople) }
  }

  /// The words of somebody who means no expression by `${{`.
  private static func plain(_ text: String) -> String { text.replacing("${{", with: "{{") }

  /// The workflow that is written where nobody is asked.
  ///
  /// - Parameter typed: what somebody called it.
  package static func template(id: String, called typed: String) -> WorkflowStarter {
    WorkflowStarter(
      id: id, name: name(from: typed),
      purpose: "What this procedure is for, and for whom it is.", role: "Operations",
      steps: [
        Step(name: "Look at what has come in", isForPeople: true),
        Step(name: "Note that it is done", isForPeople: false),
      ])
  }

  /// The id that a name typed on the command line stands for; nil where nothing of it can be one.
  package static func id(from name: String) -> String? {
    let parts = LatinLetters.plain(name.lowercased()).split {
      !($0.isASCII && ($0.isLetter || $0.isNumber))
    }
    return parts.isEmpty ? nil : parts.joined(separator: "-")
  }

  /// What people read: what was typed, as words where it was typed as an id.
  private static func name(from typed: String) -> String {
    let isID = typed.allSatisfy { !$0.isWhitespace } && typed == typed.lowercased()
    return isID ? Wording.atStart(Wording.humanized(typed)) : typed
  }

  // MARK: files

  package var workflow: String {
    """
    baton: 1
    id: \(id)
    name: \(Self.scalar(name))
    version: 0.1.0
    description: |
    \(Self.block(purpose, indent: 2))

    roles:
      \(roleKey): { name: \(Self.scalar(role)) }

    run_name: \(Self.text(name, then: ", ${{ inputs.subject }}"))

    # What a run has to know when it starts.
    inputs:
      subject: { type: string, minLength: 1, label: What it is about }

    steps:
    \(stepLines)
    \(outputLines)
    """
  }

  /// What people noted is what the run gives.
  private var outputLines: String {
    let asked = named.filter(\.step.isForPeople)
    guard !asked.isEmpty else { return "" }
    return "\noutputs:\n"
      + asked.map { "  \($0.id): ${{ steps.\($0.id).outputs.notes }}\n" }.joined()
  }

  package var test: String {
    let answers = named.filter(\.step.isForPeople).map { step in
      "      \(step.id): { done: true, notes: none }\n"
    }
    let actions =
      named.contains { !$0.step.isForPeople }
      ? "    actions:\n      log.write: { outputs: {} }\n" : ""
    return """
      workflow: \(id)
      tests:
        - name: everything is done
          inputs: { subject: an example }

      """
        + actions + (answers.isEmpty ? "" : "    answers:\n" + answers.joined())
          + """
              expect:
                status: succeeded
                path: [\(named.map(\.id).joined(separator: ", "))]

          """
  }

  /// A project's file that says no more than has to be said.
  package static func project(_ name: String) -> String {
    """
    baton: 1
    project: \(id(from: name) ?? "procedures")

    environments:
      # What steps may call here besides what is built in: `baton plugins` lists it.
      local:
        connections: {}

    """
  }

  private var roleKey: String {
    let key = (Self.id(from: role) ?? "operations").replacing("-", with: "_")
    return Self.isFit(key) ? key : "role_\(key)"
  }

  private var stepLines: String {
    named.map { id, step in
      step.isForPeople
        ? """
          - id: \(id)
            name: \(Self.scalar(step.name))
            role: \(roleKey)
            ask:
              message: \(Self.text(step.name, then: ", for **${{ inputs.subject }}**."))
              items:
                done: It is done
              fields:
                notes: { type: string, default: none, label: Anything worth noting }
            due: 1 business day
        """
        : """
          - id: \(id)
            name: \(Self.scalar(step.name))
            action: log.write
            with: { message: \(Self.quoted("\(step.name): ${{ inputs.subject }}")) }
        """
    }.joined(separator: "\n\n")
  }

  /// Each step with an id of its own.
  private var named: [(id: String, step: Step)] {
    var taken: Set<String> = []
    return steps.map { step in
      let words = (Self.id(from: step.name) ?? "step").split(separator: "-").prefix(4)
      var base = words.joined(separator: "_")
      if !Self.isFit(base) { base = "step_\(base)" }
      var id = base
      var count = 2
      while !taken.insert(id).inserted {
        id = "\(base)_\(count)"
        count += 1
      }
      return (id, step)
    }
  }

  /// Whether a key is an id, and for every reader of YAML a text.
  private static func isFit(_ key: String) -> Bool {
    key.first?.isNumber != true && !words.contains(key)
  }

  // MARK: scalars

  private static let words: Set<String> = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n",
  ]

  /// A text that YAML reads back as it is: plain where that is safe.
  private static func scalar(_ text: String) -> String {
    let isPlain =
      text.first.map { $0.isLetter } ?? false
      && text.allSatisfy { $0.isLetter || $0.isNumber || " .()'/-".contains($0) }
      && !text.hasSuffix(" ")
      && !words.contains(text.lowercased())
    return isPlain ? text : quoted(text)
  }

  /// The words of somebody and what follows them, quoted where the words need it.
  private static func text(_ words: String, then rest: String) -> String {
    scalar(words) == words ? words + rest : quoted(words + rest)
  }

  private static func quoted(_ text: String) -> String { JSONText.compact(.string(text)) }

  private static func block(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    let lines = text.split(whereSeparator: \.isNewline).map { margin + String($0).trimmingBlank }
    return lines.isEmpty ? margin + "To be written." : lines.joined(separator: "\n")
  }
}
