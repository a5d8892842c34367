/// How much a finding matters: an error keeps a workflow from running, a warning does not.
package enum Severity: String, Hashable, Sendable {
  case error, warning
}

/// The stable name of a kind of finding, `B1203` for example; each has a page in `docs/diagnostics`.
///
/// Modules declare theirs as constants in an extension. The ranges: B00 reading text, B01 documents,
/// B02 fields, B03 expressions, B1 workflows, B2 contracts, drivers and the project.
package struct DiagnosticCode: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  /// The severity of a finding that does not say its own.
  package let severity: Severity

  package init(_ text: String, _ severity: Severity = .error) {
    self.text = text
    self.severity = severity
  }

  package var description: String { text }
}

/// One thing that is wrong in a file: what, where, what is allowed, and how to mend it.
///
/// Messages are lower case without a final stop, with the author's words in back-ticks.
package struct Diagnostic: Sendable {
  /// A remark beside the finding, about another place where it has one.
  package struct Note: Sendable {
    package var message: String
    package var file: SourceFile?
    package var span: SourceSpan?

    package init(_ message: String, file: SourceFile? = nil, span: SourceSpan? = nil) {
      self.message = message
      self.file = file
      self.span = span
    }
  }

  package var severity: Severity
  package var code: DiagnosticCode
  package var message: String
  package var file: SourceFile
  package var span: SourceSpan
  /// What stands beside the carets.
  package var label: String?
  package var notes: [Note]
  /// What to do about it: a sentence, or lines to copy after it.
  package var help: String?

  package init(
    _ code: DiagnosticCode, _ message: String, in file: SourceFile, at span: SourceSpan,
    severity: Severity? = nil, label: String? = nil, notes: [Note] = [], help: String? = nil
  ) {
    self.severity = severity ?? code.severity
    self.code = code
    self.message = message
    self.file = file
    self.span = span
    self.label = label
    self.notes = notes
    self.help = help
  }
}

/// Where findings are collected: all of them, never thrown one at a time.
package final class Diagnostics {
  /// Those that may be shown: of each severity no more than ``limit``, so that a file with a mistake in
  /// every line does not fill the memory.
  private var collected: [Diagnostic] = []
  /// The hashes of path, place, code and message, which make two findings the same one.
  private var known: Set<Int> = []
  /// Files in the order of their first finding, so that the file asked about comes first.
  private var fileOrder: [String: Int] = [:]
  /// How many findings ``sorted`` gives at most.
  package let limit: Int
  package private(set) var errorCount = 0
  package private(set) var warningCount = 0

  package init(limit: Int = 100) { self.limit = limit }

  /// Adds a finding; the same one at the same place is kept once.
  package func add(_ diagnostic: Diagnostic) {
    guard known.insert(diagnostic.identity).inserted else { return }
    if fileOrder[diagnostic.file.path] == nil { fileOrder[diagnostic.file.path] = fileOrder.count }
    switch diagnostic.severity {
    case .error: errorCount += 1
    case .warning: warningCount += 1
    }
    let alike = diagnostic.severity == .error ? errorCount : warningCount
    if alike <= limit { collected.append(diagnostic) }
  }

  /// Adds a finding with the severity of its code.
  package func add(
    _ code: DiagnosticCode, _ message: String, in file: SourceFile, at span: SourceSpan,
    label: String? = nil, notes: [Diagnostic.Note] = [], help: String? = nil
  ) {
    add(
      Diagnostic(code, message, in: file, at: span, label: label, notes: notes, help: help))
  }

  /// Where the errors of a file begin, as far as they are kept.
  package func errorStarts(in file: SourceFile) -> Set<Int> {
    guard hasErrors else { return [] }
    return Set(
      collected.filter { $0.severity == .error && $0.file.path == file.path }.map(\.span.start))
  }

  package var hasErrors: Bool { errorCount > 0 }
  package var isEmpty: Bool { count == 0 }
  package var count: Int { errorCount + warningCount }

  /// How many findings ``sorted`` leaves out.
  package var omitted: Int { max(0, count - limit) }

  /// The findings by file and place, at most ``limit``.
  ///
  /// Where there are more, errors stay before warnings.
  package var sorted: [Diagnostic] {
    var kept = collected
    if count > limit {
      kept = collected.filter { $0.severity == .error }
      kept += collected.filter { $0.severity == .warning }
    }
    let files = fileOrder
    let order = kept.prefix(limit).enumerated().sorted { left, right in
      let a = left.element
      let b = right.element
      let ranks = (files[a.file.path] ?? 0, files[b.file.path] ?? 0)
      return (ranks.0, a.span.start, a.span.end, left.offset)
        < (ranks.1, b.span.start, b.span.end, right.offset)
    }
    return order.map(\.element)
  }
}

extension Diagnostic {
  fileprivate var identity: Int {
    var hasher = Hasher()
    hasher.combine(file.path)
    hasher.combine(span)
    hasher.combine(code)
    hasher.combine(message)
    return hasher.finalize()
  }
}

extension DiagnosticCode {
  /// The bytes are not UTF-8.
  package static let notUTF8 = DiagnosticCode("B0001")
  /// The file is larger than a document may be.
  package static let fileTooLarge = DiagnosticCode("B0002")
  /// A control character stands in the text.
  package static let controlCharacter = DiagnosticCode("B0003")
}
