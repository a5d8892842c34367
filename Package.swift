// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// The modules in the order in which they may import each other: only upwards.
let modules: [(name: String, imports: [String])] = [
  ("SourceText", []),
  ("Values", []),
  ("Documents", ["SourceText", "Values", "CYAML"]),
  ("TimeZones", ["Values"]),
  ("CEL", ["Values", "TimeZones", "CRE2"]),
  ("Fields", ["SourceText", "Values", "Documents", "CEL", "CRE2"]),
  ("Workflows", ["SourceText", "Values", "Documents", "TimeZones", "CEL", "Fields", "CCrypto"]),
  (
    "Publishing",
    ["SourceText", "Values", "Documents", "TimeZones", "CEL", "Fields", "Workflows"]
  ),
  (
    "Engine",
    ["Values", "Documents", "TimeZones", "CEL", "Fields", "Workflows", "SourceText", "CCrypto"]
  ),
  ("Plans", ["SourceText", "Values", "TimeZones", "CEL", "Fields", "Workflows"]),
  (
    "Simulation",
    ["SourceText", "Values", "Documents", "TimeZones", "CEL", "Fields", "Workflows", "Engine"]
  ),
  ("RunStore", ["Values", "Documents", "CCrypto", "CLinux"]),
  (
    "Actions",
    [
      "Values", "Documents", "Fields", "Workflows", "SourceText", "CEL", "CCrypto", "CLinux",
      "CProcess",
    ]
  ),
  (
    "Plugins",
    [
      "SourceText", "Values", "Documents", "CEL", "Fields", "Workflows", "Actions", "CSQLite",
      "CCrypto",
      "TimeZones",
    ]
  ),
  (
    "Runner",
    [
      "SourceText", "Values", "Documents", "CEL", "Fields", "Workflows", "Engine", "RunStore",
      "Actions",
      "Plugins", "TimeZones", "CCrypto",
    ]
  ),
  (
    "Transcripts",
    ["SourceText", "Values", "Documents", "Fields", "Workflows", "Engine", "RunStore", "TimeZones"]
  ),
  ("CommandLineKit", ["SourceText"]),
  (
    "BatonCLI",
    [
      "SourceText", "Values", "Documents", "CEL", "Fields", "Workflows", "Engine", "RunStore",
      "Actions",
      "Plugins", "Runner", "Transcripts", "CommandLineKit", "TimeZones", "CCrypto", "CLinux",
      "Plans", "Publishing", "Simulation",
    ]
  ),
]

/// What tests read their data with, beyond what their module may import.
let readByTests = ["CEL": ["Documents"], "Engine": ["Plans", "Simulation"]]

/// Recorded files beside the tests.
let recorded = ["Publishing": ["Golden"]]

/// Modules whose tests exist; a test target may import what its module may import.
let tested = modules

let package = Package(
  name: "baton",
  products: [
    .executable(name: "baton", targets: ["baton"]),
    .library(name: "CEL", targets: ["CEL", "Values"]),
  ],
  targets: [
    .target(name: "CYAML", linkerSettings: [.linkedLibrary(":libyaml.a")]),
    .target(
      name: "CSQLite",
      linkerSettings: [.linkedLibrary(":libsqlite3.a"), .linkedLibrary("m")]),
    .target(name: "CProcess"),
    .target(name: "CLinux"),
    .target(name: "CCrypto", linkerSettings: [.linkedLibrary(":libcrypto.a")]),
    .target(
      name: "CRE2",
      linkerSettings: [.linkedLibrary(":libre2.a"), .linkedLibrary("stdc++")]),
  ]
    + modules.map { module in
      .target(
        name: module.name, dependencies: module.imports.map { .byName(name: $0) },
        swiftSettings: strict)
    }
    + [
      .executableTarget(name: "baton", dependencies: ["BatonCLI"], swiftSettings: strict),
      .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    ]
    + tested.map { module in
      .testTarget(
        name: "\(module.name)Tests",
        dependencies: ([module.name, "TestSupport"] + module.imports
          + (readByTests[module.name] ?? []))
          .map { .byName(name: $0) },
        exclude: recorded[module.name] ?? [], swiftSettings: strict)
    }
    + [
      // Runs the built binary: it imports nothing of it.
      .testTarget(
        name: "EndToEndTests", dependencies: ["TestSupport"], exclude: ["Fixtures"],
        swiftSettings: strict)
    ],
  cxxLanguageStandard: .cxx17
)
