// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "baton", path: "..")],
  targets: [
    .executableTarget(
      name: "Fuzz", dependencies: [.product(name: "CEL", package: "baton")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]
)
