// swift-tools-version: 6.2
import PackageDescription

// The modules under test are links to the sources of the project: what is internal to its package can
// be called from here.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let modules: [(name: String, imports: [String])] = [
  ("SourceText", []),
  ("Values", []),
  ("Documents", ["SourceText", "Values", "CYAML"]),
  ("TimeZones", ["Values"]),
  ("CEL", ["Values", "TimeZones", "CRE2"]),
  ("Fields", ["SourceText", "Values", "Documents", "CEL", "CRE2"]),
  ("Workflows", ["SourceText", "Values", "Documents", "TimeZones", "CEL", "Fields", "CCrypto"]),
]

let package = Package(
  name: "Fuzz",
  targets: [
    .target(name: "CYAML", linkerSettings: [.linkedLibrary(":libyaml.a")]),
    .target(name: "CCrypto", linkerSettings: [.linkedLibrary(":libcrypto.a")]),
    .target(
      name: "CRE2", linkerSettings: [.linkedLibrary(":libre2.a"), .linkedLibrary("stdc++")]),
  ]
    + modules.map { module in
      .target(
        name: module.name, dependencies: module.imports.map { .byName(name: $0) },
        swiftSettings: strict)
    }
    + [
      .executableTarget(
        name: "Fuzz", dependencies: ["CEL", "Values"],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
      .executableTarget(
        name: "FuzzDocuments",
        dependencies: ["SourceText", "Values", "Documents", "Workflows", "TimeZones"],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
    ],
  cxxLanguageStandard: .cxx17
)
