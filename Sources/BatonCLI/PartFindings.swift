import Plugins
import SourceText
import Workflows

/// What is wrong with the project's plugins and calendars.
struct PartFindings {
  /// Each with the calendar that it is about; nil for one of a plugin.
  let findings: [(diagnostic: Diagnostic, calendar: String?)]

  init(_ found: Diagnostics, of project: Project) {
    findings = found.sorted.map { ($0, project.calendarName(ofFile: $0.file.path)) }
  }

  var areCalendarsWrong: Bool { findings.contains { $0.calendar != nil } }

  /// Whether nothing of a workflow can be wrong only because a plugin is; a calendar that is wrong has
  /// no other findings behind it.
  var arePluginsWhole: Bool {
    !findings.contains { $0.calendar == nil && $0.diagnostic.severity == .error }
  }
}

extension Diagnostics {
  /// The findings of a workflow with those of the project's parts. Where a plugin is wrong, its findings come
  /// first, and those of the workflow that may only follow from that are left out.
  func following(_ parts: Diagnostics, of project: Project) -> [Diagnostic] {
    if PartFindings(parts, of: project).arePluginsWhole { return sorted + parts.sorted }
    return parts.sorted + sorted.filter { !$0.code.mayFollowFromPlugin }
  }
}

extension DiagnosticCode {
  /// Whether what is found may be so only because the contract of a plugin cannot be read.
  var mayFollowFromPlugin: Bool {
    let following: [DiagnosticCode] = [
      .unknownOperation, .unknownEvent, .missingInput, .unknownInput, .inputMismatch, .neverEqual,
    ]
    return following.contains(self)
  }
}
