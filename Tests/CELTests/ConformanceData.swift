import Foundation
import TestSupport
import Testing
import Values

@testable import CEL

/// The conformance suite of the CEL specification.
enum ConformanceData {
  static let folder = Repository.conformance.appending(path: "cel-spec")
  static var isPresent: Bool { Repository.hasConformance }

  static var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }

  /// The tests of a file that can be met without protobuf messages.
  static func tests(in file: String) throws -> [ConformanceTest] {
    let data = try Data(contentsOf: folder.appendingPathComponent(file))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let tests = try #require(root["tests"] as? [[String: Any]])
    return tests.filter { $0["needs_proto"] as? Bool != true }.map(ConformanceTest.init)
  }
}

/// One test of the suite.
struct ConformanceTest {
  let fields: [String: Any]

  init(_ fields: [String: Any]) { self.fields = fields }

  var id: String { fields["id"] as? String ?? "?" }
  var expression: String { fields["expr"] as? String ?? "" }

  private func flag(_ name: String) -> Bool { fields[name] as? Bool ?? false }

  /// What is wrong, or nil where the test passes.
  func failure() -> String? {
    switch compile() {
    case .failure(let failure):
      fields["eval_error"] != nil
        ? nil : "does not compile: \(failure.issues.map(\.message).joined(separator: "; "))"
    case .success(let expression): typeFailure(expression) ?? evaluationFailure(expression)
    }
  }

  func compile() -> Result<CheckedExpression, CompileFailure> {
    let environment = self.environment
    if flag("disable_check") || flag("disable_macros") {
      return environment.compileUnchecked(expression, expandsMacros: !flag("disable_macros"))
    }
    return environment.compile(expression)
  }

  private var environment: CELEnvironment {
    var variables: [String: CELType] = [:]
    var functions: [FunctionDeclaration] = []
    for declaration in fields["type_env"] as? [[String: Any]] ?? [] {
      let name = declaration["name"] as? String ?? ""
      if let type = declaration["type"] as? String {
        variables[name] = TypeText.parse(type)
      } else {
        let overloads = (declaration["overloads"] as? [[String: Any]] ?? []).map(Self.overload)
        functions.append(FunctionDeclaration(name, "Declared by a test.", overloads: overloads))
      }
    }
    return CELEnvironment(
      container: fields["container"] as? String ?? "", variables: variables, functions: functions)
  }

  private static func overload(_ fields: [String: Any]) -> Overload {
    Overload(
      fields["overload_id"] as? String ?? "",
      isMember: fields["is_instance_function"] as? Bool ?? false,
      (fields["params"] as? [String] ?? []).map(TypeText.parse),
      TypeText.parse(fields["result_type"] as? String ?? ""),
      .many { (_) throws(EvaluationError) in .null })
  }

  private func typeFailure(_ expression: CheckedExpression) -> String? {
    guard let typed = fields["typed_result"] as? [String: Any],
      let expected = typed["deduced_type"] as? String,
      expression.type != TypeText.parse(expected)
    else { return nil }
    return "deduced \(expression.type), expected \(expected)"
  }

  private func evaluationFailure(_ expression: CheckedExpression) -> String? {
    if flag("check_only") { return nil }
    var expected: Any? = fields["value"] ?? (fields["typed_result"] as? [String: Any])?["result"]
    if expected == nil, fields["eval_error"] == nil { expected = ["bool_value": true] }
    do throws(EvaluationError) {
      let value = try expression.evaluate(Variables(bindings))
      guard let expected else { return "gave \(value), expected an error" }
      return value == ValueText.value(expected) ? nil : "gave \(value), expected \(expected)"
    } catch {
      return expected == nil ? nil : "failed: \(error.message)"
    }
  }

  private var bindings: [String: Value] {
    (fields["bindings"] as? [String: [String: Any]] ?? [:]).compactMapValues { binding in
      binding["value"].map(ValueText.value)
    }
  }
}

/// Types as the suite writes them.
enum TypeText {
  static func parse(_ text: String) -> CELType {
    var rest = Substring(text)
    return type(&rest)
  }

  private static func type(_ rest: inout Substring) -> CELType {
    let name = rest.prefix { $0 != "(" && $0 != "," && $0 != ")" }
    rest = rest.dropFirst(name.count)
    var parameters: [CELType] = []
    while rest.first == "(" || (rest.first == "," && !parameters.isEmpty) {
      rest = rest.dropFirst().drop { $0 == " " }
      parameters.append(type(&rest))
      if rest.first == ")" {
        rest = rest.dropFirst()
        break
      }
    }
    return named(String(name), parameters)
  }

  private static func named(_ name: String, _ parameters: [CELType]) -> CELType {
    let simple: [String: CELType] = [
      "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
      "bytes": .bytes, "null": .null, "dyn": .dyn, "timestamp": .timestamp, "duration": .duration,
      "any": .dyn, "error": .error, "google.protobuf.Timestamp": .timestamp,
      "google.protobuf.Duration": .duration,
    ]
    if let type = simple[name] { return type }
    switch (name, parameters.count) {
    case ("list", 1): return .list(parameters[0])
    case ("map", 2): return .map(parameters[0], parameters[1])
    case ("type", _): return .type(parameters.first ?? .dyn)
    case ("wrapper", 1): return .wrapper(parameters[0])
    case ("optional_type", 1): return .optional(parameters[0])
    default:
      let isParameter = parameters.isEmpty && name.allSatisfy { $0.isUppercase }
      return isParameter ? .parameter(name) : .opaque(name, parameters)
    }
  }
}

/// Values as the suite writes them.
enum ValueText {
  static func value(_ json: Any) -> Value {
    guard let (key, content) = (json as? [String: Any])?.first else { return .null }
    let text = content as? String ?? ""
    switch key {
    case "bool_value": return .bool(content as? Bool ?? false)
    case "int64_value": return .int(Int64(text) ?? 0)
    case "uint64_value": return .uint(UInt64(text) ?? 0)
    case "double_value": return .double(Double(text) ?? .nan)
    case "string_value": return .string(text)
    case "bytes_value": return .bytes(Array(Data(base64Encoded: text) ?? Data()))
    case "type_value": return .object(TypeValue(text))
    case "list_value": return .list((content as? [Any] ?? []).map(value))
    case "map_value": return map(content as? [[Any]] ?? [])
    case "duration_value":
      let (seconds, nanos) = time(content)
      return .duration(TimeSpan(seconds: seconds, nanoseconds: nanos))
    case "timestamp_value":
      let (seconds, nanos) = time(content)
      return .timestamp(Timestamp(seconds: seconds, nanoseconds: nanos))
    default: return .null
    }
  }

  private static func map(_ pairs: [[Any]]) -> Value {
    var map = ValueMap()
    for pair in pairs where pair.count == 2 { map.set(value(pair[0]), value(pair[1])) }
    return .map(map)
  }

  private static func time(_ json: Any) -> (Int64, Int32) {
    let fields = json as? [String: Any] ?? [:]
    return (
      Int64(fields["seconds"] as? String ?? "") ?? 0, Int32(fields["nanos"] as? Int ?? 0)
    )
  }
}
