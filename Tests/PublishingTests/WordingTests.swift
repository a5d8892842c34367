import Testing

@testable import Publishing
@testable import Workflows

@Suite struct WordingTests {
  @Test(arguments: [
    ("steps.payment.outputs.amount", "the amount from “Confirm the payment”"),
    ("inputs.seats", "the seats"),
    (
      "steps.payment.outputs.status == 'COMPLETE'",
      "the status from “Confirm the payment” is COMPLETE"
    ),
    ("steps.payment.outputs.amount >= 5.0", "the amount from “Confirm the payment” is at least 5"),
    ("size(inputs.names) == 0", "there are no names"),
    ("size(inputs.names) > 0 || inputs.seats < 3", "there are names or the seats is less than 3"),
    ("steps.work.status == 'succeeded'", "“The work” succeeded"),
    ("inputs.seats in [1, 2]", "the seats is one of 1, 2"),
    ("!inputs.names.exists(n, n == 'x')", "there is none among the names for which it is x"),
    (
      "steps.decide.finished_at - run.started_at < duration('24h')",
      "the time from the start of the run to the end of “Release it” is less than 1 day"
    ),
    ("has(inputs.code)", "the code is known"),
    (
      "inputs.?code.orValue(steps.payment.outputs.status) == 'x'",
      "the code (if there is none: the status from “Confirm the payment”) is x"
    ),
    ("inputs.?code.orValue('') != 'x'", "the code (if there is one) is not x"),
    ("inputs.?code.orValue('x') == 'a'", "the code (if there is none: x) is “a”"),
  ])
  func `a condition in words`(_ source: String, _ words: String) throws {
    let yaml =
      SampleWorkflow.text
      + "\n  - { name: Asked, measure: \"\(source)\", at_least: 0.5 }\n"
    let workflow = try SampleWorkflow.load(yaml)
    let measure = try #require(workflow.targets.last?.measure)
    let wording = Wording(workflow, .plain)
    let isTruth = source.contains(where: "=<>!".contains) || source.contains(" in ")
    #expect(
      (isTruth || source.hasPrefix("has")
        ? wording.condition(measure) : wording.expression(measure)) == words)
  }

  @Test(arguments: [
    ("30s", "30 seconds"), ("90m", "1 hour 30 minutes"), ("1d", "1 day"), ("8w", "8 weeks"),
    ("8d", "8 days"), ("250ms", "0.25 seconds"), ("61001ms", "1 minute 1.001 seconds"),
    ("2 business days", "2 business days"),
  ])
  func `a length of time in words`(_ source: String, _ words: String) throws {
    #expect(Wording.length(try #require(Length(source))) == words)
  }

  @Test func `a name in words`() {
    #expect(Wording.humanized("transaction_id") == "transaction ID")
    #expect(Wording.inSentence("PayFast transaction ID") == "PayFast transaction ID")
    #expect(Wording.inSentence("Customer email") == "customer email")
  }
}
