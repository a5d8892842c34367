import CEL
import Values

private let environment = CELEnvironment(variables: [
  "x": .dyn, "name": .string, "count": .int, "list": .list(.dyn), "map": .map(.string, .dyn),
])

private let variables = Variables([
  "x": ["y": [1, 2.5, "a"]], "name": "prö", "count": 3, "list": [1, "a", ["k": 2]],
  "map": ["a": 1, "b": [true]],
])

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager names an executable's entry so; it replaces libFuzzer's own.
@_cdecl("Fuzz_main")
public func start(
  _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, fuzz)
}

/// Everything that can be done with an expression: compile, evaluate whole and in part, ask for
/// its references, print it and parse what was printed.
private func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let source = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  for compiled in [environment.compile(source), environment.compileUnchecked(source)] {
    guard case .success(let expression) = compiled else { continue }
    _ = try? expression.evaluate(variables, costLimit: 100_000)
    _ = expression.evaluatePartially(
      variables, unknowns: [Unknown(["x", "y"]), Unknown(["count"])], costLimit: 100_000)
    _ = expression.references
    let printed = expression.tree.sourceText
    precondition(printed.utf8.count > 10_000 || reparses(printed), "printed as \(printed)")
  }
  return 0
}

private func reparses(_ printed: String) -> Bool {
  guard let tree = try? Parser.parse(printed) else { return false }
  return tree.sourceText == printed
}
