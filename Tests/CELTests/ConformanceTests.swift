import Documents
import Foundation
import Testing
import Values

@testable import CEL

/// The conformance suite of the CEL specification (google/cel-spec), as data.
@Suite(.enabled(if: ConformanceSuite.exists, "the conformance data is not here: set CONFORMANCE_DIR"))
struct ConformanceTests {
  @Test(arguments: ConformanceSuite.files)
  func `evaluates as the specification says`(file: String) throws {
    let cases = try ConformanceSuite.cases(in: file)
    var failures: [String] = []
    for test in cases where !test.needsProto {
      let problem = test.problem
      if let reason = ConformanceSuite.skipped[test.id] {
        if problem == nil { failures.append("\(test.id) passes now; it is skipped because \(reason)") }
      } else if let problem {
        failures.append("\(test.id): `\(test.expression)` \(problem)")
      }
    }
    #expect(failures.isEmpty, "\(failures.count) of \(cases.count):\n\(failures.joined(separator: "\n"))")
  }
}

enum ConformanceSuite {
  static let folder: String = {
    let environment = ProcessInfo.processInfo.environment
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let given = environment["CONFORMANCE_DIR"]
    return (given ?? root.appending(path: "../shared/conformance").path()) + "/cel-spec"
  }()

  static var exists: Bool { FileManager.default.fileExists(atPath: folder) }

  static var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }

  /// Tests that do not pass, each with the reason.
  static let skipped: [String: String] = [:]

  static func cases(in file: String) throws -> [ConformanceCase] {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(file)")))
    let value = try JSONReader.value(from: bytes, depthLimit: 200)
    return (value["tests"]?.asList ?? []).map(ConformanceCase.init)
  }
}

struct ConformanceCase {
  let data: Value

  init(_ data: Value) { self.data = data }

  var id: String { data["id"]?.asString ?? "" }
  var expression: String { data["expr"]?.asString ?? "" }
  var needsProto: Bool { data["needs_proto"]?.asBool ?? false }

  /// What went wrong, or nil.
  var problem: String? {
    let environment = ConformanceEnvironment(data).environment
    let compiled: Result<CheckedExpression, CompileFailure>
    if data["disable_check"]?.asBool == true {
      compiled = environment.compileUnchecked(
        expression, expandsMacros: data["disable_macros"]?.asBool != true)
    } else {
      compiled = environment.compile(expression)
    }
    switch compiled {
    case .failure(let failure):
      if data["eval_error"] != nil { return nil }
      return "does not compile: \(failure.issues.map(\.message).joined(separator: "; "))"
    case .success(let checked): return problem(with: checked)
    }
  }

  private func problem(with checked: CheckedExpression) -> String? {
    if let deduced = data["typed_result"]?["deduced_type"]?.asString {
      let expected = deduced.replacing("google.protobuf.Timestamp", with: "timestamp")
        .replacing("google.protobuf.Duration", with: "duration")
      guard checked.type.description == expected else {
        return "has the type \(checked.type), not \(expected)"
      }
    }
    if data["check_only"]?.asBool == true { return nil }
    do throws(EvaluationError) {
      let value = try checked.evaluate(bindings)
      guard let expected = data["value"] ?? data["typed_result"]?["result"] else {
        return data["eval_error"] == nil ? nil : "gives \(value), but must fail"
      }
      let wanted = ConformanceValue.decode(expected)
      return value == wanted ? nil : "gives \(value), not \(wanted)"
    } catch {
      return data["eval_error"] == nil ? "fails: \(error.message)" : nil
    }
  }

  private var bindings: Variables {
    var values: [String: Value] = [:]
    for member in data["bindings"]?.asMap ?? ValueMap() {
      if let name = member.key.asString, let value = member.value["value"] {
        values[name] = ConformanceValue.decode(value)
      }
    }
    return Variables(values)
  }
}

/// Values as the suite writes them.
enum ConformanceValue {
  static func decode(_ value: Value) -> Value {
    guard let member = value.asMap?.first, let kind = member.key.asString else { return .null }
    let text = member.value.asString ?? ""
    switch kind {
    case "bool_value": return member.value
    case "int64_value": return .int(Int64(text) ?? 0)
    case "uint64_value": return .uint(UInt64(text) ?? 0)
    case "double_value": return .double(double(text))
    case "string_value": return .string(text)
    case "bytes_value": return .bytes([UInt8](Data(base64Encoded: text) ?? Data()))
    case "list_value": return .list((member.value.asList ?? []).map(decode))
    case "map_value":
      var map = ValueMap()
      for pair in member.value.asList ?? [] {
        let parts = pair.asList ?? []
        map.set(decode(parts[0]), decode(parts[1]))
      }
      return .map(map)
    case "type_value": return .object(TypeValue(text))
    case "duration_value":
      return .duration(TimeSpan(seconds: seconds(member.value), nanoseconds: nanos(member.value)))
    case "timestamp_value":
      return .timestamp(
        Timestamp(seconds: seconds(member.value), nanoseconds: nanos(member.value)))
    default: return .null
    }
  }

  private static func double(_ text: String) -> Double {
    switch text {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: Double(text) ?? .nan
    }
  }

  private static func seconds(_ value: Value) -> Int64 {
    Int64(value["seconds"]?.asString ?? "") ?? 0
  }

  private static func nanos(_ value: Value) -> Int32 { Int32(value["nanos"]?.asInt ?? 0) }
}

/// The declarations of a test.
struct ConformanceEnvironment {
  let environment: CELEnvironment

  init(_ data: Value) {
    var variables: [String: CELType] = [:]
    var functions: [FunctionDeclaration] = []
    for declaration in data["type_env"]?.asList ?? [] {
      guard let name = declaration["name"]?.asString else { continue }
      if let type = declaration["type"]?.asString {
        variables[name] = TypeReader.read(type)
      } else {
        functions.append(
          FunctionDeclaration(
            name, "", overloads: (declaration["overloads"]?.asList ?? []).map(Self.overload)))
      }
    }
    for member in data["bindings"]?.asMap ?? ValueMap() {
      if let name = member.key.asString, variables[name] == nil { variables[name] = .dyn }
    }
    environment = CELEnvironment(
      container: data["container"]?.asString ?? "", variables: variables, functions: functions)
  }

  private static func overload(_ value: Value) -> Overload {
    Overload(
      value["overload_id"]?.asString ?? "", isMember: value["is_instance_function"]?.asBool ?? false,
      (value["params"]?.asList ?? []).map { TypeReader.read($0.asString ?? "dyn") },
      TypeReader.read(value["result_type"]?.asString ?? "dyn"),
      .many { (_) throws(EvaluationError) in
        throw EvaluationError(.noSuchOverload, "declared only")
      })
  }
}

/// Reads `map(string, list(int))`.
struct TypeReader {
  static func read(_ text: String) -> CELType {
    guard let open = text.firstIndex(of: "(") else { return named(text) }
    let inner = parts(text[text.index(after: open)...].dropLast())
    switch text[..<open] {
    case "list": return .list(inner[0])
    case "map": return .map(inner[0], inner[1])
    case "type": return .type(inner[0])
    case "wrapper": return .wrapper(inner[0])
    case "optional_type": return .optional(inner[0])
    case let name: return .opaque(String(name), inner)
    }
  }

  private static func parts(_ text: Substring) -> [CELType] {
    var parts: [CELType] = []
    var depth = 0
    var current = ""
    for character in text {
      if character == ",", depth == 0 {
        parts.append(read(current.trimmingCharacters(in: .whitespaces)))
        current = ""
        continue
      }
      depth += character == "(" ? 1 : character == ")" ? -1 : 0
      current.append(character)
    }
    return parts + [read(current.trimmingCharacters(in: .whitespaces))]
  }

  private static func named(_ name: String) -> CELType {
    switch name {
    case "bool": .bool
    case "int": .int
    case "uint": .uint
    case "double": .double
    case "string": .string
    case "bytes": .bytes
    case "null": .null
    case "dyn", "any": .dyn
    case "timestamp", "google.protobuf.Timestamp": .timestamp
    case "duration", "google.protobuf.Duration": .duration
    case "error": .error
    case let name where name.count == 1 && name.first?.isUppercase == true: .parameter(name)
    default: .opaque(name, [])
    }
  }
}
