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
    case .piece(let scalar, let range):
      scalar.withUTF8 { String(decoding: $0[range], as: UTF8.self) }
    }
  }

  /// Whether a piece stands in the text; nothing is copied for it.
  func mentions(_ piece: StaticString) -> Bool {
    guard case .piece(let scalar, let range) = position else { return false }
    let piece = UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount)
    return scalar.withUTF8 { bytes in
      range.contains { index in
        bytes[index] == piece[0] && bytes[index..<range.upperBound].starts(with: piece)
      }
    }
  }

  package var file: SourceFile {
    switch position {
    case .whole(let file, _, _): file
    case .piece(let scalar, _): scalar.file
    }
  }

  package let type: CELType
  /// Whether the value depends on anything sensitive.
  package let isSensitive: Bool
  /// The names it reads, with their constant field paths.
  package let references: [NameReference]
  private let form: Form
  private let position: Position

  /// Where it stands; the exact place in a scalar is looked for only when somebody asks.
  private enum Position {
    case whole(SourceFile, SourceSpan, source: String)
    case piece(Scalar, Range<Int>)
  }

  /// A YAML list, something that CEL evaluates, or something that will be compiled when it is first
  /// needed: it was looked through, and compiles.
  private enum Form: Sendable {
    case constant(Value)
    case compiled(CheckedExpression)
    case deferred(EnvironmentTable, names: [Scope.Name])
  }

  private let compiled = Mutex<CheckedExpression?>(nil)

  init(
    in scalar: Scalar, at range: Range<Int>, checked: CheckedExpression,
    references: [NameReference], isSensitive: Bool
  ) {
    position = .piece(scalar, range)
    self.references = references
    self.isSensitive = isSensitive
    type = checked.type
    form = .compiled(checked)
  }

  /// An expression that ``QuickCheck`` has looked through.
  init(
    in scalar: Scalar, at range: Range<Int>, quick: QuickCheck.Result,
    environments: EnvironmentTable, names: [Scope.Name], isSensitive: Bool
  ) {
    position = .piece(scalar, range)
    references = quick.reads
    self.isSensitive = isSensitive
    type = quick.type
    form = .deferred(environments, names: names)
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
    case .piece(let scalar, let range): scalar.fileSpan(range)
    }
  }

  /// Where a piece of it stands in the file; of a constant, the whole.
  func span(of range: Range<Int>) -> SourceSpan {
    switch position {
    case .whole(_, let span, _): span
    case .piece(let scalar, let whole):
      scalar.fileSpan(
        range.lowerBound + whole.lowerBound..<range.upperBound + whole.lowerBound)
    }
  }

  /// What CEL made of it; nil for a constant.
  package var checked: CheckedExpression? {
    switch form {
    case .constant: return nil
    case .compiled(let checked): return checked
    case .deferred(let environments, let names):
      return compiled.withLock { compiled in
        if let compiled { return compiled }
        compiled = try? environments.environment(with: names).compile(source).get()
        return compiled
      }
    }
  }

  /// The value in a context.
  ///
  /// - Throws: where the evaluation fails: a key that is not there, a division by zero.
  package func evaluate(_ activation: some Activation) throws(ExpressionFailure) -> Value {
    if case .constant(let value) = form { return value }
    guard let checked else {
      throw ExpressionFailure(message: "it cannot be read", place: place, source: source)
    }
    do {
      return try checked.evaluate(activation)
    } catch {
      throw ExpressionFailure(
        message: error.message, place: place, source: source, isUnknown: error.code == .unknown)
    }
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

/// Why an expression has no value: a sentence, and where the expression stands.
package struct ExpressionFailure: Error, Sendable {
  package let message: String
  /// `path:line:column`.
  package let place: String
  /// The expression.
  package let source: String
  /// Whether it depends on a value that is there and cannot be known.
  package let isUnknown: Bool

  package init(message: String, place: String, source: String, isUnknown: Bool = false) {
    self.message = message
    self.place = place
    self.source = source
    self.isUnknown = isUnknown
  }
}

/// A name that an expression reads, with the constant fields selected from it:
/// `["steps", "user", "outputs", "id"]`.
package typealias NameReference = PathRead

extension Value {
  /// For a message: "text", "a number".
  var nounForMessages: String {
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
