import Engine
import Fields
import Values

extension AnswerPrompt {
  /// What a person typed, be it everything that was asked or not.
  struct Answers {
    var values = ValueMap()
    /// What the questions were called to which something was typed.
    var labels: [String] = []
    /// Whether an item was left for later.
    var hasLeftItems = false
    /// Whether the person broke off; what was typed before counts.
    var isBrokenOff = false

    /// Whether there is something to record: values, or that nothing more is to be said.
    var areGiven: Bool { !values.isEmpty || !(hasLeftItems || isBrokenOff) }

    /// What was typed as words of a command, so that nobody has to find it out again; nil where
    /// nothing was. What is sensitive is left to be filled in.
    ///
    /// - Parameter option: what stands before each word.
    func again(_ fields: FieldSet, except given: ValueMap, option: String = "") -> String? {
      let words = words(fields, except: given).map { option + $0 }
      return words.isEmpty
        ? nil : "what was typed can be given with the command: " + words.joined(separator: " ")
    }

    /// The values as words of `baton answer`, items that are ticked among them.
    func words(_ fields: FieldSet?, except given: ValueMap = ValueMap()) -> [String] {
      values.compactMap { member in
        guard let name = member.key.asString, given[name] == nil else { return nil }
        guard let field = fields?[name] else {
          return member.value.asBool == true ? "--tick \(CommandWord.quoted(name))" : nil
        }
        return field.isSensitive ? "\(name)=…" : CommandWord.quoted("\(name)=\(member.value.shown)")
      }
    }
  }
}
