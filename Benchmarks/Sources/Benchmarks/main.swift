import CEL
import Values

/// The expression of the comparison, over ten items of which one matches.
let expression =
  #"payment.status == "COMPLETE" && amount >= 100.0 && items.exists(i, i.sku.startsWith("pro"))"#

func items(matchAt position: Int) -> Value {
  .list(
    (0..<10).map { index in
      [
        "sku": .string(index == position ? "pro-1" : "std-\(index)"),
        "quantity": .int(Int64(index)),
      ]
    })
}

func variables(matchAt position: Int) -> Variables {
  Variables([
    "payment": ["status": "COMPLETE"], "amount": 150.0, "items": items(matchAt: position),
  ])
}

let environment = CELEnvironment(variables: [
  "payment": .map(.string, .dyn), "amount": .double, "items": .list(.map(.string, .dyn)),
])

func report(_ name: String, _ nanoseconds: Double) {
  let shown = (nanoseconds / 10).rounded() / 100
  print("| \(name) | \(shown) µs |")
}

let clock = ContinuousClock()
var compiled: CheckedExpression?
let first = clock.measure { compiled = try? environment.compile(expression).get() }
guard let compiled else { preconditionFailure("the benchmark's expression does not compile") }

print("| CEL | a call |")
print("| --- | --- |")
report("compile, the first of a process", Double(first.components.attoseconds) / 1e9)
report("compile", Timing.nanoseconds { _ = environment.compile(expression) })
let parsed = try Parser.parse(expression)
report("parse only", Timing.nanoseconds { _ = try? Parser.parse(expression) })
report(
  "parsed: check and plan", Timing.nanoseconds { _ = environment.check(parsed, source: expression) }
)
for (name, position) in [("first", 0), ("last", 9)] {
  let variables = variables(matchAt: position)
  precondition((try? compiled.evaluate(variables))?.asBool == true, "it does not match")
  report(
    "evaluate, match at the \(name)", Timing.nanoseconds { _ = try? compiled.evaluate(variables) })
}
