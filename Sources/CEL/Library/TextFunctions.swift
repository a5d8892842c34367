import CRE2
import Synchronization
import Values

/// Searching in texts (CEL specification, "Standard definitions").
enum TextFunctions {
  static let table: [FunctionDeclaration] = [
    test("contains", "Whether a text occurs in another.", ("'abc'.contains('b')", "true")) {
      (text, part) throws(EvaluationError) in
      TextSearch.first(Array(part.utf8), in: Array(text.utf8)) != nil
    },
    test("startsWith", "Whether a text starts with another.", ("'abc'.startsWith('a')", "true")) {
      (text, part) throws(EvaluationError) in text.utf8.starts(with: part.utf8)
    },
    test("endsWith", "Whether a text ends with another.", ("'abc'.endsWith('c')", "true")) {
      (text, part) throws(EvaluationError) in
      text.utf8.reversed().starts(with: part.utf8.reversed())
    },
    FunctionDeclaration(
      "matches",
      "Whether a pattern (RE2) occurs in a text; linear in the text whatever the pattern.",
      overloads: [
        Overload("matches", [.string, .string], .bool, .binary(matches)),
        Overload("matches_string", isMember: true, [.string, .string], .bool, .binary(matches)),
      ], examples: [("'abc'.matches('^a.c$')", "true")]),
  ]

  private static func test(
    _ name: String, _ summary: String, _ example: FunctionDeclaration.Example,
    _ holds: @escaping @Sendable (String, String) throws(EvaluationError) -> Bool
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name, summary,
      overloads: [
        Overload(
          "\(name)_string", isMember: true, [.string, .string], .bool,
          .binary { (text, part) throws(EvaluationError) in
            guard case .string(let text) = text, case .string(let part) = part else {
              throw TypeFunctions.unfit(name, text)
            }
            return .bool(try holds(text, part))
          })
      ], examples: [example])
  }

  private static func matches(_ text: Value, _ pattern: Value) throws(EvaluationError) -> Value {
    guard case .string(var text) = text, case .string(let pattern) = pattern else {
      throw TypeFunctions.unfit("matches", text)
    }
    let compiled = try Pattern.compiled(pattern)
    return .bool(text.withUTF8 { compiled.occurs(in: $0) })
  }
}

/// A compiled pattern; the ones used last are kept.
final class Pattern: @unchecked Sendable {
  // Unchecked: RE2's matching is thread-safe and the pointer never changes.
  private let handle: OpaquePointer

  /// By the bytes of the source: as texts, canonically equivalent patterns would be the same key.
  private static let cache = Mutex<[[UInt8]: Pattern]>([:])
  private static let cacheLimit = 64
  /// Patterns may come from data, so that what the cache can hold at most has to be bounded too.
  private static let memoryLimit: Int64 = 2 << 20

  /// - Throws: `invalidArgument` where the pattern is none.
  static func compiled(_ source: String) throws(EvaluationError) -> Pattern {
    let key = Array(source.utf8)
    if let known = cache.withLock({ $0[key] }) { return known }
    let pattern = try Pattern(source)
    cache.withLock { cache in
      if cache.count >= cacheLimit { cache.removeAll() }
      cache[key] = pattern
    }
    return pattern
  }

  private init(_ source: String) throws(EvaluationError) {
    do throws(PatternProblem) {
      handle = try Self.handle(source)
    } catch {
      throw EvaluationError(.invalidArgument, "the pattern is not valid: \(error.message)")
    }
  }

  fileprivate static func handle(_ source: String) throws(PatternProblem) -> OpaquePointer {
    var source = source
    var message = [CChar](repeating: 0, count: 200)
    let compiled = source.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cre2_compile($0.baseAddress, $0.count, memoryLimit, &message, message.count)
      }
    }
    if let compiled { return compiled }
    let reason = String(
      decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw PatternProblem(reason, in: source)
  }

  deinit { cre2_delete(handle) }

  func occurs(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.withMemoryRebound(to: CChar.self) { cre2_contains(handle, $0.baseAddress, $0.count) }
  }
}

extension PatternProblem {
  /// What is wrong with the pattern of `matches`; nil where nothing is.
  package init?(of source: String) {
    do throws(PatternProblem) {
      cre2_delete(try Pattern.handle(source))
      return nil
    } catch {
      self = error
    }
  }
}
