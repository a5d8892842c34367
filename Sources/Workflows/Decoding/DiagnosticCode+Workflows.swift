import Fields
package import SourceText

/// The findings about workflows. Each code has a page in `docs/diagnostics`.
extension DiagnosticCode {
  // MARK: Expressions (B03)

  /// The expression cannot be read.
  package static let expressionSyntax = DiagnosticCode("B0301")
  /// A name, a field, a function or a type in an expression is wrong.
  package static let expressionType = DiagnosticCode("B0302")
  /// The expression gives another type than its key needs.
  package static let expressionResult = DiagnosticCode("B0303")
  /// A `${{` without its `}}`.
  package static let unclosedInterpolation = DiagnosticCode("B0304")
  /// `${{` in a key that is an expression already.
  package static let interpolationInExpression = DiagnosticCode("B0305")
  /// A value that cannot stand in text.
  package static let notInsertable = DiagnosticCode("B0306")

  // MARK: Shape (B10)

  /// A key that must be there is missing.
  package static let missingKey = DiagnosticCode("B1001")
  /// The language version is not one that this program knows.
  package static let languageVersion = DiagnosticCode("B1002")
  /// No such key.
  package static let unknownKey = DiagnosticCode("B1003")
  /// A key of the language in the wrong place.
  package static let misplacedKey = DiagnosticCode("B1004")
  /// A map where a list belongs, and the like.
  package static let wrongShape = DiagnosticCode("B1005")
  /// A word that is none of the allowed ones, a number out of range.
  package static let valueNotAllowed = DiagnosticCode("B1006")
  /// Not a length of time.
  package static let badLength = DiagnosticCode("B1007")

  // MARK: Steps (B11)

  /// A step without a kind.
  package static let missingKind = DiagnosticCode("B1101")
  /// A step with more than one kind.
  package static let severalKinds = DiagnosticCode("B1102")
  /// An id, a role's key or another name that is not written as names are.
  package static let badName = DiagnosticCode("B1103")
  /// An id, checkpoint or name that is taken already.
  package static let duplicateName = DiagnosticCode("B1104")
  /// A case, a branch or a step that can never be reached.
  package static let unreachable = DiagnosticCode("B1105")
  /// A `repeat` that nothing ends.
  package static let endlessRepeat = DiagnosticCode("B1106")

  // MARK: Names (B12)

  /// No such role.
  package static let unknownRole = DiagnosticCode("B1201")
  /// No such step.
  package static let unknownStep = DiagnosticCode("B1202")
  /// No such connection or operation.
  package static let unknownOperation = DiagnosticCode("B1203")
  /// No such event.
  package static let unknownEvent = DiagnosticCode("B1204")
  /// An input that must be given is not.
  package static let missingInput = DiagnosticCode("B1205")
  /// No such input.
  package static let unknownInput = DiagnosticCode("B1206")
  /// An input's value does not fit its field.
  package static let inputMismatch = DiagnosticCode("B1207")
  /// An operation with effects where only reading is allowed.
  package static let effectsNotAllowed = DiagnosticCode("B1208")
  /// No such workflow.
  package static let unknownWorkflow = DiagnosticCode("B1209")
  /// Workflows that call each other in a circle.
  package static let workflowCycle = DiagnosticCode("B1210")
  /// `go_to` to a step that is not later in the same list.
  package static let badJump = DiagnosticCode("B1211")
  /// No such calendar.
  package static let unknownCalendar = DiagnosticCode("B1212")

  // MARK: Flow (B13)

  /// Outputs are read where their step may not have succeeded.
  package static let mayNotHaveRun = DiagnosticCode("B1301")
  /// A value is read that may be absent.
  package static let mayBeAbsent = DiagnosticCode("B1302")

  /// A comparison with a word that can never be there.
  package static let neverEqual = DiagnosticCode("B1303")

  // MARK: People and effects (B14)

  /// An approval that nobody can give.
  package static let impossibleApproval = DiagnosticCode("B1401")
  /// An operation that must not happen twice under an automatic retry.
  package static let onceUnderRetry = DiagnosticCode("B1402", .warning)
  /// Whether an approval can be given depends on who has started the run.
  package static let starterDecides = DiagnosticCode("B1403", .warning)
  /// Nobody holds a role that is asked or told.
  package static let emptyRole = DiagnosticCode("B1404", .warning)
  /// Who rejects an approval, or lets it expire, keeps nothing from being done.
  package static let passedApproval = DiagnosticCode("B1405", .warning)
  /// A value is put into the script of a shell.
  package static let valueInScript = DiagnosticCode("B1406")

  // MARK: Advice (B15)

  /// Something is done to the world that nobody knows how to take back or to do by hand.
  package static let noWayBack = DiagnosticCode("B1501", .warning)
  /// A question, an approval or an event that is waited for without end.
  package static let noDeadline = DiagnosticCode("B1502", .warning)
  /// A question whose answers nobody reads.
  package static let unusedAnswers = DiagnosticCode("B1503", .warning)
  /// The review of the written procedure is overdue.
  package static let reviewOverdue = DiagnosticCode("B1504", .warning)
  /// A sensitive value in a text that is shown.
  package static let sensitiveShown = DiagnosticCode("B1505", .warning)
  /// A condition that tells something of a sensitive value.
  package static let sensitiveCondition = DiagnosticCode("B1506", .warning)
  /// A scalar that other readers of YAML take for something else.
  package static let ambiguousScalar = DiagnosticCode("B1507", .warning)
  /// A `repeat` without a largest number of rounds.
  package static let openRepeat = DiagnosticCode("B1508", .warning)
  /// An `allow` that is not written as it has to be.
  package static let badAllowance = DiagnosticCode("B1509")
  /// An `allow` that allows nothing.
  package static let idleAllowance = DiagnosticCode("B1510", .warning)

  /// Deadlines of one step that pass each other.
  package static let deadlineOrder = DiagnosticCode("B1511", .warning)
  /// A text that looks like an expression and is none.
  package static let lookalike = DiagnosticCode("B1512", .warning)
  /// `on_failure: undo` where nothing can be taken back any more.
  package static let undoInFinally = DiagnosticCode("B1513", .warning)
  /// The code of a failure that is nearly one of those that are known.
  package static let nearCode = DiagnosticCode("B1514", .warning)

  /// A schedule that is there twice.
  package static let repeatedSchedule = DiagnosticCode("B1515", .warning)
  /// A key of data without a value.
  package static let omittedValue = DiagnosticCode("B1516", .warning)
  /// A comparison with the same on both sides.
  package static let sameSides = DiagnosticCode("B1517", .warning)

  /// The warnings that an `allow` can silence.
  package static let warnings: [DiagnosticCode] = [
    .onceUnderRetry, .starterDecides, .emptyRole, .passedApproval, .noWayBack, .noDeadline,
    .unusedAnswers,
    .reviewOverdue, .sensitiveShown, .sensitiveCondition, .ambiguousScalar, .openRepeat,
    .deadlineOrder,
    .lookalike, .undoInFinally, .nearCode, .repeatedSchedule, .omittedValue, .sameSides,
    .calendarEnds, .keyWithoutEffect,
  ]

  // MARK: Contracts (B20)

  /// An example that does not fit the fields it is an example of.
  package static let exampleMismatch = DiagnosticCode("B2001")
}
