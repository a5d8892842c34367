import Documents
import Foundation
import TestSupport
import Testing
import Values

@testable import Fields

/// The JSON Schema test suite of draft 2020-12.
@Suite struct SchemaConformanceTests {
  private static let folder = Repository.conformance.appending(path: "json-schema")

  /// What is not met, and why.
  private static let skipped = [
    "refs to historic drafts are processed as historic drafts": "one draft is supported",
    "schema that uses custom metaschema with with no validation vocabulary":
      "vocabularies cannot be switched off",
  ]

  private func json(_ path: String) throws -> Value {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(path))
    return try JSONReader.value(from: Array(data), depthLimit: 1_000, largeIntegers: .double)
  }

  private func remotes() throws -> [String: Value] {
    let folder = Self.folder.appendingPathComponent("remotes")
    var documents: [String: Value] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
    where name.hasSuffix(".json") {
      documents["http://localhost:1234/\(name)"] = try json("remotes/\(name)")
    }
    return documents
  }

  // Skipped where the conformance data is not at hand.
  @Test(.enabled(if: Repository.hasConformance))
  func `says of values what the test suite says`() throws {
    let index = try #require(try json("index.json")["index"]?.asList)
    let remotes = try remotes()
    var passed = 0
    var wanted = 0
    var failed: [String] = []
    var files: [String: [Value]] = [:]
    for row in index {
      let file = try #require(row["file"]?.asString)
      let name = try #require(row["case"]?.asString)
      // The draft's own meta-schema is no document of the suite.
      if row["needs_metaschema"] == true || Self.skipped[name] != nil { continue }
      wanted += Int(try #require(row["tests"]?.asInt))
      if files[file] == nil { files[file] = try json("draft2020-12/\(file)").asList }
      let test = try #require(files[file]?.first { $0["description"]?.asString == name })
      let source = try #require(test["schema"])
      let schema: Schema
      do {
        schema = try Schema.decode(
          source, documents: remotes, assertsFormat: row["format"]?.asString != "annotation")
      } catch {
        failed.append("\(file): \(name): \(error)")
        continue
      }
      for data in test["tests"]?.asList ?? [] {
        let isValid = schema.validate(data["data"] ?? .null).isEmpty
        if isValid == data["valid"]?.asBool {
          passed += 1
        } else {
          let practical = row["practical"] == true ? "practical" : "other"
          failed.append(
            "\(practical) \(file): \(name): \(data["description"]?.asString ?? "") \(JSONText.compact(data["data"] ?? .null).prefix(80))"
          )
        }
      }
    }
    #expect(failed == [])
    #expect(passed == wanted && passed > 0)
  }
}
