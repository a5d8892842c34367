package import CEL
import Documents
package import SourceText
import Synchronization
package import Values

/// An expression of the file, parsed and checked once, evaluated many times.
package final class Expression: Sendable {
  /// The text as it stands in the file, unquoted.
  package var source: String {
    switch position {
    case .whole(_, _, let source): source
    case .piece(let scalar, let piece):
      scalar.withUTF8 { String(decoding: $0[piece.range], as: UTF8.self) }
    }
  }

  /// Whether a piece stands in the text; nothing is copied for it.
  func mentions(_ word: StaticString) -> Bool {
    guard case .piece(let scalar, let piece) = position else { return false }
    let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    return scalar.withUTF8 { bytes in
      piece.range.contains { index in
        bytes[index] == word[0] && bytes[index..<piece.range.upperBound].starts(with: word)
      }
    }
  }

  /// Whether two places of it may stand on the two sides of one comparison: a look at what is between them.
  func mayCompare(_ range: Range<Int>) -> Bool {
    guard case .piece(let scalar, let piece) = position else { return false }
    return scalar.withUTF8 { bytes in
      let start = piece.range.lowerBound
      var hasOperator = false
      for byte in bytes[start + range.lowerBound..<start + range.upperBound] {
        switch byte {
        case 0x3C, 0x3D, 0x3E: hasOperator = true
        // `&&`, `||` and `?` begin another part.
        case 0x26, 0x3F, 0x7C: return false
        default: break
        }
      }
      return hasOperator
    }
  }

  /// Whether a quote stands in it, without which it has no constant text.
  var holdsText: Bool {
    guard case .piece(let scalar, let piece) = position else { return true }
    return scalar.withUTF8 { bytes in
      let source = UnsafeBufferPointer(rebasing: bytes[piece.range])
      return source.place(of: 0x27, from: 0) != nil || source.place(of: 0x22, from: 0) != nil
    }
  }

  /// Whether every constant text in it passes a look; false also where one is written in a way that
  /// only the parser reads: with an escape, a prefix, three quotes.
  func holdsOnlyTexts(where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
    guard case .piece(let scalar, let piece) = position else { return false }
    return scalar.withUTF8 { bytes in
      let source = UnsafeBufferPointer(rebasing: bytes[piece.range])
      var scanner = TokenScanner(source)
      while let token = scanner.next() {
        guard token.kind == .text else { continue }
        guard let inside = source.plainText(at: token.range), isWanted(inside) else { return false }
      }
      return true
    }
  }

  package var file: SourceFile {
    switch position {
    case .whole(let file, _, _): file
    case .piece(let scalar, _): scalar.file
    }
  }

  package let type: CELType
  /// Whether the value, or a part of it, may be absent.
  var mayLackPart: Bool {
    if case .optional = type { true } else { type.hasOptional }
  }
  /// Whether the value depends on anything sensitive.
  package let isSensitive: Bool
  /// The names it reads, with their constant field paths.
  package let references: [NameReference]
  private let form: Form
  private let position: Position

  /// Where it stands; the exact place in a scalar is looked for only when somebody asks.
  private enum Position {
    indirect case whole(SourceFile, SourceSpan, source: String)
    case piece(Scalar, Piece)
  }

  /// A range of a scalar's text, in half the space.
  private struct Piece {
    private let start: UInt32
    private let end: UInt32

    init(_ range: Range<Int>) {
      start = UInt32(range.lowerBound)
      end = UInt32(range.upperBound)
    }

    var range: Range<Int> { Int(start)..<Int(end) }
  }

  /// A YAML list, something that CEL evaluates, or something that will be compiled when it is first
  /// needed: it was looked through, and compiles.
  private enum Form: Sendable {
    indirect case constant(Value)
    case compiled(CheckedExpression)
    case deferred(ScopeEnvironment)
  }

  /// What was made of a deferred one so far: it is compiled in full only where the tree is looked at, or
  /// where it is not plain enough to be evaluated without.
  private enum Ready: Sendable {
    case nothing
    case quick(QuickExpression)
    case compiled(CheckedExpression)
  }

  private let ready = Mutex(Ready.nothing)

  init(
    in scalar: Scalar, at range: Range<Int>, checked: CheckedExpression,
    references: [NameReference], isSensitive: Bool
  ) {
    position = .piece(scalar, Piece(range))
    self.references = references
    self.isSensitive = isSensitive
    type = checked.type
    form = .compiled(checked)
  }

  /// An expression that ``QuickCheck`` has looked through.
  init(
    in scalar: Scalar, at range: Range<Int>, quick: QuickCheck.Result,
    environment: ScopeEnvironment, isSensitive: Bool
  ) {
    position = .piece(scalar, Piece(range))
    references = quick.reads
    self.isSensitive = isSensitive
    type = quick.type
    form = .deferred(environment)
  }

  init(constant: Value, source: String, file: SourceFile, span: SourceSpan) {
    position = .whole(file, span, source: source)
    references = []
    isSensitive = false
    type = CELType(of: constant)
    form = .constant(constant)
  }

  /// Where it stands in the file.
  ///
  /// - Complexity: O(length of the scalar it stands in).
  package var span: SourceSpan {
    switch position {
    case .whole(_, let span, _): span
    case .piece(let scalar, let piece): scalar.fileSpan(piece.range)
    }
  }

  /// Where a piece of it stands in the file; of a constant, the whole.
  func span(of range: Range<Int>) -> SourceSpan {
    switch position {
    case .whole(_, let span, _): return span
    case .piece(let scalar, let piece):
      let start = piece.range.lowerBound
      return scalar.fileSpan(range.lowerBound + start..<range.upperBound + start)
    }
  }

  /// Whether it gives the value at one path as it is, `${{ inputs.day }}`, and nothing more.
  package var isPlainRead: Bool {
    guard references.count == 1, let path = references.first?.path,
      references[0].certainCount == path.count
    else { return false }
    return source.filter { !$0.isWhitespace } == path.joined(separator: ".")
  }

  /// The list that it is, written out in YAML; nil for what CEL evaluates.
  package var constantValue: Value? { if case .constant(let value) = form { value } else { nil } }

  /// What CEL made of it; nil for a constant.
  package var checked: CheckedExpression? {
    switch form {
    case .constant: return nil
    case .compiled(let checked): return checked
    case .deferred(let environment):
      return ready.withLock { ready in
        if case .compiled(let checked) = ready { return checked }
        guard let checked = try? environment.value.compile(source).get() else { return nil }
        ready = .compiled(checked)
        return checked
      }
    }
  }

  /// Whether it was compiled when it was read, as one with a macro always is.
  var isCompiled: Bool { if case .compiled = form { true } else { false } }

  /// A deferred one that can be evaluated without being compiled.
  private var quick: QuickExpression? {
    guard case .deferred = form, case .piece(let scalar, let piece) = position else { return nil }
    return ready.withLock { ready in
      switch ready {
      case .compiled: return nil
      case .quick(let quick): return quick
      case .nothing:
        let quick = scalar.withUTF8 {
          QuickExpression(UnsafeBufferPointer(rebasing: $0[piece.range]))
        }
        if let quick { ready = .quick(quick) }
        return quick
      }
    }
  }

  /// The value in a context.
  ///
  /// - Throws: where the evaluation fails: a key that is not there, a division by zero.
  package func evaluate(_ activation: some Activation) throws(ExpressionFailure) -> Value {
    if case .constant(let value) = form { return value }
    do {
      if let value = try current(activation) { return value }
    } catch {
      throw ExpressionFailure(error, of: self, isHidden: isSensitive(in: activation))
    }
    throw ExpressionFailure(message: "it cannot be read", place: place, source: source)
  }

  /// Whether what it gives is sensitive: because the file says so, or because of what has come about in
  /// the run.
  package func isSensitive(in activation: some Activation) -> Bool {
    isSensitive || (activation as? any SensitiveActivation)?.isSensitive(self) ?? false
  }

  /// - Returns: nil where there is nothing to evaluate.
  private func current(_ activation: some Activation) throws(EvaluationError) -> Value? {
    if let quick { return try quick.evaluate(activation) }
    return try checked?.evaluate(activation)
  }

  /// The truth value in a context.
  ///
  /// - Throws: as ``evaluate(_:)``, and where the value is no truth value.
  package func test(_ activation: some Activation) throws(ExpressionFailure) -> Bool {
    let value = try evaluate(activation)
    guard case .bool(let flag) = value else {
      throw ExpressionFailure(
        message: "the condition gives \(value.nounForMessages), not true or false", place: place,
        source: source)
    }
    return flag
  }

  /// `path:line:column`.
  package var place: String {
    let (line, column) = file.location(of: span.start)
    return "\(file.path):\(line):\(column)"
  }
}

/// Variables of which more may be sensitive than the file says.
package protocol SensitiveActivation: Activation {
  /// Whether an expression reads anything of the kind.
  func isSensitive(_ expression: Expression) -> Bool
}

/// Why an expression has no value: a sentence, and where the expression stands.
package struct ExpressionFailure: Error, Sendable {
  package let message: String
  /// `path:line:column`.
  package let place: String
  /// The expression.
  package let source: String
  /// Whether it depends on a value that is there and cannot be known.
  package let isUnknown: Bool
  /// Whether the calendar of the workflow ends too early for it.
  package let isBeyondCalendar: Bool
  /// Whether the message says already under which key it stands.
  package let namesKey: Bool

  package init(
    message: String, place: String, source: String, isUnknown: Bool = false,
    isBeyondCalendar: Bool = false, namesKey: Bool = false
  ) {
    self.isBeyondCalendar = isBeyondCalendar
    self.namesKey = namesKey
    self.message = message
    self.place = place
    self.source = source
    self.isUnknown = isUnknown
  }

  /// What went wrong with an expression.
  ///
  /// - Parameter isHidden: Whether no value is named, since the expression reads something sensitive.
  package init(_ error: EvaluationError, of expression: Expression, isHidden: Bool) {
    let namesValue = error.code != .unknown && error.code != .beyondHorizon
    self.init(
      message: isHidden && namesValue ? error.code.sentenceWithoutValues : error.message,
      place: expression.place, source: expression.source, isUnknown: error.code == .unknown,
      isBeyondCalendar: error.code == .beyondHorizon)
  }

  /// The message, with the key and the expression before it: "`set.rate: 1 / inputs.n`: division by zero".
  ///
  /// - Parameter key: under which the step has it; nil where nobody knows.
  package func sentence(under key: String?) -> String {
    guard !namesKey else { return message }
    let written = [key, source.isEmpty ? nil : onOneLine].compactMap(\.self)
    return written.isEmpty ? message : "`\(written.joined(separator: ": "))`: \(message)"
  }

  /// The beginning of a long one is enough to know it by.
  private var onOneLine: String {
    let line = source.split(whereSeparator: \.isNewline).map { String($0).trimmed }
      .joined(separator: " ")
    return line.count > Self.longest ? line.prefix(Self.longest) + "…" : line
  }

  private static let longest = 160
}

extension EvaluationError.Code {
  /// What went wrong, without the values, which the messages name.
  fileprivate var sentenceWithoutValues: String {
    let sentence =
      switch self {
      case .noSuchVariable, .noSuchField, .noSuchKey: "it reads something that is not there"
      case .indexOutOfRange: "there is nothing at an index that it reads"
      case .noSuchOverload: "something in it takes no such value"
      case .divisionByZero: "division by zero"
      case .overflow: "a number or a moment in it is out of range"
      case .invalidArgument: "a function in it takes no such value"
      case .invalidConversion: "a value in it cannot be converted"
      case .limitReached: "it takes too long, or gives too much"
      case .unknown, .beyondHorizon: "it cannot be known"
      }
    return "\(sentence) (the value is sensitive)"
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// What stands between the quotes of a text; nil where that is not all there is to it.
  fileprivate func plainText(at range: Range<Int>) -> UnsafeBufferPointer<UInt8>? {
    guard range.count >= 2, self[range.lowerBound] == self[range.upperBound - 1],
      self[range.lowerBound] == 0x22 || self[range.lowerBound] == 0x27
    else { return nil }
    let inside = UnsafeBufferPointer(
      rebasing: self[range.lowerBound + 1..<range.upperBound - 1])
    return inside.contains { $0 == 0x5C || $0 == self[range.lowerBound] } ? nil : inside
  }
}

/// A name that an expression reads, with the constant fields selected from it:
/// `["steps", "user", "outputs", "id"]`.
package typealias NameReference = PathRead

extension Value {
  /// For a message: "text", "a number".
  package var nounForMessages: String {
    switch self {
    case .null: "nothing"
    case .bool: "a truth value"
    case .int, .uint, .double: "a number"
    case .string: "text"
    case .bytes: "bytes"
    case .list: "a list"
    case .map: "a map"
    case .timestamp: "a moment"
    case .duration: "a length of time"
    case .object(let object): object.typeName
    }
  }
}
