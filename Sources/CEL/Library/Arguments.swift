import Values

/// The arguments of a call, read by type.
struct Arguments {
  let function: String
  let values: [Value]

  init(_ function: String, _ values: [Value]) {
    self.function = function
    self.values = values
  }

  var count: Int { values.count }

  func string(_ index: Int) throws(EvaluationError) -> String {
    guard case .string(let text) = values[index] else { throw unfit(index) }
    return text
  }

  func bytes(_ index: Int) throws(EvaluationError) -> [UInt8] { Array(try string(index).utf8) }

  func int(_ index: Int) throws(EvaluationError) -> Int64 {
    guard case .int(let number) = values[index] else { throw unfit(index) }
    return number
  }

  func list(_ index: Int) throws(EvaluationError) -> [Value] {
    guard case .list(let list) = values[index] else { throw unfit(index) }
    return list
  }

  func unfit(_ index: Int) -> EvaluationError {
    TypeFunctions.unfit(function, values[index])
  }

  func outOfRange(_ index: Int64) -> EvaluationError {
    EvaluationError(.indexOutOfRange, "index out of range: \(index)")
  }
}

extension FunctionDeclaration {
  /// A function whose overloads all do the same.
  init(
    _ name: String, _ summary: String,
    _ signatures: [(id: String, isMember: Bool, parameters: [CELType], result: CELType)],
    _ examples: [Example],
    _ body: @escaping @Sendable (Arguments) throws(EvaluationError) -> Value
  ) {
    self.init(
      name, summary,
      overloads: signatures.map { signature in
        let count = signature.parameters.count
        return Overload(
          signature.id, isMember: signature.isMember, signature.parameters, signature.result,
          .many { (values) throws(EvaluationError) in
            guard values.count == count else {
              throw EvaluationError(.noSuchOverload, "`\(name)` does not take \(values.count)")
            }
            return try body(Arguments(name, values))
          })
      }, examples: examples)
  }

  /// A function with one signature.
  init(
    _ name: String, _ summary: String, id: String, isMember: Bool = false,
    _ parameters: [CELType], _ result: CELType, _ examples: [Example],
    _ body: @escaping @Sendable (Arguments) throws(EvaluationError) -> Value
  ) {
    self.init(name, summary, [(id, isMember, parameters, result)], examples, body)
  }
}
