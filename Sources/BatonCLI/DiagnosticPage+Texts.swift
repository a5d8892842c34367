// swift-format-ignore-file
// Recorded from docs/diagnostics by DiagnosticPageTests.

extension DiagnosticPage {
  /// The pages by their codes.
  static let texts: [String: String] = [
    "B0001": ##"""
      # B0001: the file is not UTF-8

      A byte in the file is not part of UTF-8 text, or the file is UTF-16. Save it as UTF-8.

      ## Wrong

      In this example `\xE9`, `\u0007` and the like stand for the byte or character itself.

      ```text
      name: caf\xE9
      ```

      ## Right

      ```yaml
      name: café
      ```

      """##,
    "B0002": ##"""
      # B0002: the file is too large

      A file may be 16 MiB. Keep data that a workflow works on outside of its file.

      ## Wrong

      ```text
      name: … (more than 16 MiB)
      ```

      ## Right

      ```yaml
      name: Example
      ```

      """##,
    "B0003": ##"""
      # B0003: a control character stands in the file

      Control characters and the invisible line separators U+0085, U+2028 and U+2029 cannot stand in a file; write them as an escape in double quotes.

      ## Wrong

      In this example `\xE9`, `\u0007` and the like stand for the byte or character itself.

      ```text
      name: a\u0007b
      ```

      ## Right

      ```yaml
      name: "a\u0007b"
      ```

      """##,
    "B0101": ##"""
      # B0101: the text is not YAML

      The file breaks the rules of YAML: a `: ` inside a text without quotes, a quote or bracket that is not closed, a line whose indentation fits nothing above it, a text that starts with `@`, `*`, `&`, `%` or a back-tick, an expression inside of `{ … }` with `: ` or `[` in it. Where quotes help, the message shows the line with them. A quote that nobody
      closed is closed by the next one, lines below: the message names both places.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      description: Note: call the customer first
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      description: "Note: call the customer first"
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0102": ##"""
      # B0102: the text is not JSON

      The file breaks the rules of JSON (RFC 8259): a comma too many or too few, single quotes, a comment, a number with a leading zero, half of a surrogate pair.

      ## Wrong

      ```json
      { "baton": 1, "id": "example", }
      ```

      ## Right

      ```json
      { "baton": 1, "id": "example", "name": "Example", "steps": [ { "id": "hello", "action": "log.write", "with": { "message": "hello" } } ] }
      ```

      """##,
    "B0103": ##"""
      # B0103: a key stands twice

      Of two equal keys only one could count, and nobody would know which. Remove one.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      version: 1.0.0
      version: 1.1.0
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      version: 1.1.0
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0104": ##"""
      # B0104: a tab indents a line

      YAML indents with spaces only.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
      	- id: hello
      	  action: log.write
      	  with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0105": ##"""
      # B0105: the file holds a second document

      `---` in the middle of a file starts another document, and a file is one workflow. Put the other one into a file of its own.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ---
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0106": ##"""
      # B0106: nested too deep

      Lists and maps may be nested 100 levels deep. More is a mistake or an attack.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { deep: enough }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0107": ##"""
      # B0107: aliases stand for too much

      An alias (`*name`) stands inside of what it names, or aliases of aliases multiply to more than 20,000 values.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: &all { all: *all }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { all: everything }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0108": ##"""
      # B0108: there is no such anchor

      An alias (`*name`) needs an anchor (`&name`) above it. A text that starts with `*` needs quotes.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      description: *important
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      description: "*important*"
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0109": ##"""
      # B0109: YAML takes the text as a tag

      A text that starts with `!` is a tag in YAML, and tags are not supported. In an expression, put the whole expression in quotes. A blank behind the `!` changes
      nothing: YAML takes `! inputs.quiet` for `inputs.quiet`, the opposite. Only before a number is a lone `!` allowed: `! 12` is the text `12`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs: { quiet: boolean }
      steps:
        - id: hello
          if: !inputs.quiet
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs: { quiet: boolean }
      steps:
        - id: hello
          if: "!inputs.quiet"
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0110": ##"""
      # B0110: merge keys are not supported

      `<<` belongs to an old version of YAML. Write the members out, or use an alias for a whole value.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { <<: { team: support }, area: onboarding }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { team: support, area: onboarding }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0111": ##"""
      # B0111: a key is not text

      A key is missing before `:`, or is a list or a map. A key that starts with `[` or `{` needs quotes.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { [a, b]: c }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      labels: { "[a, b]": c }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0112": ##"""
      # B0112: the file holds nothing

      The file is empty, or holds comments only.

      ## Wrong

      ```yaml
      # to be written
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0201": ##"""
      # B0201: a field is not written as one

      A field is a type (`email: string`) or a map that follows JSON Schema. Here a part of it is wrong: a list in place of a type, a pattern that is none, a limit that is no number, a reference to nothing.

      A pattern is read once, from left to right, so that no text can make it slow: it cannot look ahead or back (`(?=`, `(?!`, `(?<=`, `(?<!`) or refer back (`\1`). What has to be there is
      said by several patterns, `allOf: [{ pattern: "[A-Z]" }, { pattern: "[0-9]" }]`, and what must not be there by `not: { pattern: "^admin" }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        code: { type: string, pattern: "([A-Z]+" }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        code: { type: string, pattern: "[A-Z]+" }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0202": ##"""
      # B0202: a field has an unknown key

      Fields have the keywords of JSON Schema and `label`, `help`, `default`, `optional`, `sensitive`. Parts of a map are optional unless the map's `required` names them.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        email: { type: string, lable: Customer email }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        email: { type: string, label: Customer email }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0203": ##"""
      # B0203: the type does not exist

      A type is `string`, `integer`, `number`, `boolean`, `object` or `array`. Dates, email addresses and the like are a `string` with a `format`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        email: email
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        email: { type: string, format: email }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0204": ##"""
      # B0204: the default does not fit its field

      The value a field takes when nobody gives one must be a value that the field allows.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        plan: { type: string, enum: [professional, enterprise], default: free }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        plan: { type: string, enum: [professional, enterprise], default: professional }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0205": ##"""
      # B0205: the name cannot name a field

      Expressions select fields by name (`inputs.order_id`): the letters a–z and A–Z, digits and `_`, no digit first, and no word of the expression language (`true`, `false`, `null`, `in`).
      A field of a question is not called `items` or `progress`, nor as one of its items: an answer has both side by side.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        order id: string
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        order_id: string
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0206": ##"""
      # B0206: a key of a field has no effect

      JSON Schema passes over a keyword that is about another type: `minimum` limits numbers, `minLength` text, `minItems` lists. The field would take
      what it was meant to refuse. The `default` of a part of a field (under `properties` or `items`) is never put in: only a whole field has one.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B0206: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        phone: { type: string, minimum: 7 }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        phone: { type: string, minLength: 7 }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0207": ##"""
      # B0207: nothing fits a field

      A field has limits between which there is nothing, or an empty `enum`, so that no value could ever be given.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: { type: integer, minimum: 500, maximum: 1 }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: { type: integer, minimum: 1, maximum: 500 }
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0301": ##"""
      # B0301: the expression cannot be read

      CEL cannot read the expression: a bracket is open, an operator has no right side, a text is not closed. Where YAML would read something of its own (`!`, `[`, `{`, `#`, `: `), put the expression in quotes. A moment is written `timestamp('2026-12-24T10:00:00Z')`, and one of two values `condition ? 'a' : 'b'`, in quotes as well.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: total
          set:
            amount: ${{ 1 + }}
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: total
          set:
            amount: ${{ 1 + 2 }}
      ```

      """##,
    "B0302": ##"""
      # B0302: a wrong name or type in an expression

      A variable, a field or a function is misspelled, or an operator is used with types it does not know. Fields of inputs, operations and questions are known, so this is found before a run.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: integer
      steps:
        - id: total
          set:
            amount: ${{ inputs.seat * 2 }}
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: integer
      steps:
        - id: total
          set:
            amount: ${{ inputs.seats * 2 }}
      ```

      """##,
    "B0303": ##"""
      # B0303: the expression gives another type than its key needs

      `if`, `check`, `when`, `until` and `match` need true or false: there is no truthiness. `in` needs a list, `at` a moment.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: integer
      steps:
        - id: hello
          if: inputs.seats
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: integer
      steps:
        - id: hello
          if: inputs.seats > 0
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0304": ##"""
      # B0304: `${{` without `}}`

      An expression in text ends with `}}`. For the characters themselves write `$${{`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: "${{ run.name" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: "${{ run.name }}" }
      ```

      """##,
    "B0305": ##"""
      # B0305: `${{ }}` in a key that is an expression already

      Some keys (`if`, `check`, `match`, `at`, `until`, `in`, `when`, `key`, `by`, `only_if`, `complete_when`, `measure`) take an expression bare. The finding shows the corrected line; what else is wrong with the expression, and what it holds for, is checked as if that stood there. A list
      that is written out (`in: [a, b]`) is taken as it stands: with `${{ }}` in it, it has to be one expression, `in: "[inputs.a, inputs.b]"`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        is_new: boolean
      steps:
        - id: hello
          if: ${{ inputs.is_new }}
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        is_new: boolean
      steps:
        - id: hello
          if: inputs.is_new
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B0306": ##"""
      # B0306: a value that cannot stand in text

      Text, numbers, true and false and moments can be put into text. Lists and maps cannot, because nobody says how they should look there.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: { type: array, items: { type: string } }
      steps:
        - id: hello
          action: log.write
          with: { message: "Seats: ${{ inputs.seats }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: { type: array, items: { type: string } }
      steps:
        - id: hello
          action: log.write
          with: { message: "Seats: ${{ json(inputs.seats) }}" }
      ```

      """##,
    "B0307": ##"""
      # B0307: an expression in a text that is the same in every run

      The name and the description of a workflow or a step are the same in every run: lists, transcripts and the written procedure speak of
      them. So are the version and the `document` of a workflow, the names of roles and targets, checkpoints, the category of an item, and the
      `label`, `help`, `default` and `enum` of a field. `${{ }}` is not evaluated there, and would be shown as it stands. What differs from run to run belongs into `run_name`, into `manual`, or into the message of a
      question. Which item of a loop a step is for says its address.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        email: string
      steps:
        - { id: note, name: "Greet ${{ inputs.email }}", action: log.write, with: { message: Hello } }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      run_name: Greet ${{ inputs.email }}
      inputs:
        email: string
      steps:
        - { id: note, name: Greet the customer, action: log.write, with: { message: "Hello, ${{ inputs.email }}" } }
      ```

      """##,
    "B1001": ##"""
      # B1001: a key is missing

      Something that has to be said is not said. That may be so because of something else: `remind` and `after_due` count from `due`, `on_expiry` follows
      `expires`, `review_every` counts from `effective`.

      ## Wrong

      ```yaml
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1002": ##"""
      # B1002: the language version is not known

      `baton: 1` is the only version there is.

      ## Wrong

      ```yaml
      baton: 2
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1003": ##"""
      # B1003: unknown key

      The language has no such key. Where a spelling is near, the finding names it; that the key which was meant is missing is not said as well. Inside of
      `{ … }` a `,` ends a text without quotes, and what follows is taken for a key. A file of another kind, a file of tests in the place of a workflow, is
      said to be that at the key that tells it.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          acton: log.write
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1004": ##"""
      # B1004: a key in the wrong place

      The key exists, and belongs elsewhere.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          message: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1005": ##"""
      # B1005: a map where a list belongs, and the like

      A list is lines that start with `- `, a map is `key: value` lines, text is neither.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        hello:
          action: log.write
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1006": ##"""
      # B1006: a value that is not allowed

      One of a few words is expected, or a number in a range. A text that a function of expressions never takes is no better, `timestamp('2026-01-18')` or
      `matches('(')`, `now.getHours('Africa/Johanesburg')`, nor is a call that fails in every run because of its constants (`int('abc')`, `inputs.n % 0`,
      `'%d'.format([inputs.name])`), or a schedule for a day that never comes.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
          on_failure: ignore
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
          on_failure: continue
      ```

      """##,
    "B1007": ##"""
      # B1007: not a length of time

      A length of time has a unit: `30s`, `15m`, `2h`, `3d`, `2w`, `4 business hours`, `2 business days`. A bare number is refused, because nobody can tell seconds from minutes.
      A moment is no length of time: where one may stand it is written `due: { at: timestamp('2026-12-24T09:00:00Z') }`.
      The function `duration` of expressions knows no days: `duration('72h')`.
      What is counted by the clock takes no business time: `timeout`, `wait` and `max_wait` of `retry`, `key_lasts` of a contract, and the lengths in tests.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: cooling
          wait: 30
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: cooling
          wait: 30s
      ```

      """##,
    "B1101": ##"""
      # B1101: a step that does nothing

      Each step has exactly one key that says what it does.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          name: Say hello
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          name: Say hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1102": ##"""
      # B1102: a step that does two things

      Each step has exactly one key that says what it does. Make it two steps, or a section.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
          wait: 1h
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
        - id: pause
          wait: 1h
      ```

      """##,
    "B1103": ##"""
      # B1103: not a name

      Ids of steps, roles and items are small letters, digits and `_`, and an item is not called by a word of the expression language (`in`, `true`, `for`), nor as what expressions see beside it (`steps`, `index`; `key` and `with`
      in an `undo`, `person` and `text` in a `notify`, `progress` in `complete_when`): the item would be hidden there. The id of a workflow has `-` instead. A plugin has the name
      of its folder: `plugins/identity/plugin.yaml` says `plugin: identity`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: Say-Hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: say_hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1104": ##"""
      # B1104: a name that is taken

      Ids are unique in the whole file, also in sections and branches: runs, links and people name steps by them. Checkpoints are unique too.

      So is the path of a webhook: it is one trigger's in the project. `if` says which of its calls start a run.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
        - id: hello
          wait: 1h
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
        - id: pause
          wait: 1h
      ```

      """##,
    "B1105": ##"""
      # B1105: something that can never be reached

      A `finish` or a `go_to` without `if` is always taken, and a case without `when` always holds: what stands behind it never runs.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: done
          finish: succeeded
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        stop: boolean
      steps:
        - id: done
          if: inputs.stop
          finish: succeeded
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1106": ##"""
      # B1106: a `repeat` that nothing ends

      Nothing that the steps inside do changes what `until` looks at, and no `at_most` says how often: the steps are repeated without end.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        ready: boolean
      steps:
        - id: poll
          repeat:
            steps:
              - { id: pause, wait: 30s }
            until: inputs.ready
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: poll
          repeat:
            steps:
              - id: look
                action: files.read
                with: { path: report.txt }
            until: steps.look.outputs.size > 0
            every: 30s
            at_most: 20
      ```

      """##,
    "B1201": ##"""
      # B1201: unknown role

      Roles are declared under `roles`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: look
          role: suport
          ask:
            items: { seen: I have seen it }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: look
          role: support
          ask:
            items: { seen: I have seen it }
      ```

      """##,
    "B1202": ##"""
      # B1202: unknown step

      The file has no step with this id.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        a: integer
      steps:
        - id: total
          set: { amount: "${{ inputs.a * 2 }}" }
        - id: hello
          action: log.write
          with: { message: "${{ string(steps.totl.outputs.amount) }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        a: integer
      steps:
        - id: total
          set: { amount: "${{ inputs.a * 2 }}" }
        - id: hello
          action: log.write
          with: { message: "${{ string(steps.total.outputs.amount) }}" }
      ```

      """##,
    "B1203": ##"""
      # B1203: unknown connection or operation

      An operation is `connection.operation`. `baton plugins` lists what there is. Connections stand in `baton.yaml`; the contract of `mail` is built in, and
      `mail.send` needs a connection `mail` all the same, as does `connection` at a trigger's `webhook`, which verifies who calls.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.wirte
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1204": ##"""
      # B1204: unknown event

      An event is `connection.event`, as a contract under `plugins/` declares it.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: login
          wait: { event: site.user_loged_in }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: login
          wait: { event: site.user_logged_in }
      ```

      """##,
    "B1205": ##"""
      # B1205: a missing input

      The operation, or the workflow, needs an input that `with` does not give, or gives with a value that may be absent: `${{ inputs.?note }}` leaves
      its key out where there is no `note`. `.orValue(…)` says what counts then; an `if: has(inputs.note)` makes sure of the value. The same goes for
      a member that the input requires and a map that is given whole may lack.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1206": ##"""
      # B1206: unknown input

      The operation, or the workflow, has no such input; or the `probe` of a step or of a contract gives an output that
      the operation does not have.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello, colour: red }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1207": ##"""
      # B1207: an input that does not fit

      The value has another type than the input, or is not one of its allowed values. In lists and maps each item and member is looked at, also beside
      others that are computed, and in a map that an expression writes out or whose members are known. The outputs that a `probe` gives are held against the operation's in the same way. A text in quotes is a text: `"true"` is not true or false, and `"1.0"` is not a
      number; neither is `yes`, which is a text in YAML 1.2.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: integer
      steps:
        - id: hello
          action: log.write
          with: { message: "${{ inputs.seats }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        seats: integer
      steps:
        - id: hello
          action: log.write
          with: { message: "${{ string(inputs.seats) }}" }
      ```

      """##,
    "B1208": ##"""
      # B1208: effects where only reading is allowed

      A look at the world in `preconditions` and `verify`, and a `probe`, may be repeated at any time. So they may only call operations whose effects are `none`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          preconditions:
            - action: files.write
              with: { path: a.txt, content: hello }
              check: outputs.size > 0
              message: The file is empty.
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          preconditions:
            - action: files.read
              with: { path: a.txt }
              check: outputs.size > 0
              message: The file is empty.
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1209": ##"""
      # B1209: unknown workflow

      `workflow` names another workflow of the project by its id.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: more
          workflow: standard-onbording
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1210": ##"""
      # B1210: workflows that call each other in a circle

      A workflow that calls itself, directly or through others, would never end.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: more
          workflow: example
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1211": ##"""
      # B1211: `go_to` to the wrong place

      `go_to` skips forward, to a later step of the same list. To do steps again, use `repeat`.

      The steps of a `parallel` run side by side: there is nothing to skip among them. Steps that follow upon each other stand in a section
      (`steps`), which may be one of the `parallel`; or the ones that are not always needed have an `if`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
        - id: again
          go_to: hello
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        is_new: boolean
      steps:
        - id: short
          if: inputs.is_new
          go_to: bye
        - id: hello
          action: log.write
          with: { message: hello }
        - id: bye
          action: log.write
          with: { message: bye }
      ```

      """##,
    "B1212": ##"""
      # B1212: an unknown calendar

      The `calendar` that business time is reckoned by is a file in the project's folder `calendars`, and there is none of that name.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      calendar: moon
      steps:
        - { id: pause, wait: 2 business days }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      calendar: za
      steps:
        - { id: pause, wait: 2 business days }
      ```

      """##,
    "B1301": ##"""
      # B1301: outputs of a step that may not have run

      On some path to this place the step is skipped, is passed over, or stands on another branch, and then it has no outputs. Allow for it (`.?` and `orValue`), give both steps the same `if`, or test the step's status.

      A condition is the same only where it reads the same. `now` is another moment at another step, the status of a step is another one as long as
      it is not over, and `item` is another thing in another loop. `steps.ID.status != 'skipped'` is enough only where the step cannot have failed
      and the run gone on; `== 'succeeded'` always is. A case of a `choose` is
      taken only where none before it holds: what is read of it needs a condition that rules those out, too. The outputs of the workflow are also needed where a `finish` ends the run as succeeded.

      The moments of a step, `started_at` and `finished_at`, are there as soon as the run has come to it, also where it failed or was skipped: they need only
      `steps.ID.status != 'pending'`.

      Behind a loop its steps have no outputs any more: `steps.LOOP.outputs` of a `repeat` has those of the last step in the last round (which may
      have been left out of it, if it has an `if`), that of a `for_each` the list that `collect` gives. `since` a step that comes later nothing
      has happened yet, nor since one that stands around, that may be jumped over, or that `finally` may come before; of a step in a loop behind
      `since` names the loop.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        is_new: boolean
      steps:
        - id: password
          if: inputs.is_new
          action: files.read
          with: { path: a.txt }
        - id: hello
          action: log.write
          with: { message: "${{ steps.password.outputs.content }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        is_new: boolean
      steps:
        - id: password
          if: inputs.is_new
          action: files.read
          with: { path: a.txt }
        - id: hello
          action: log.write
          with: { message: "${{ steps.password.outputs.?content.orValue('') }}" }
      ```

      """##,
    "B1302": ##"""
      # B1302: a value that may be absent

      An optional field may have no value. `.?` leaves the key out then, `orValue` says what counts instead, and `has()` tests for it. Where a value
      is needed, as an input that must be given or a length of time, leaving it out is no way.

      A condition shows that the value is there where it would have come out otherwise without it: `inputs.?seats.orValue(0) > 0` does,
      `inputs.?seats.orValue(1) > 0` does not. A `finish` shows it only to what it does not end, and not to what a `go_to` leads to around it.

      The same goes for a member of a map that `required` does not name, for an output whose expression gave nothing (`.?`), for the `event` of a
      `first_of`, which only an event leaves, and the fields that not all of its events have (test `which`), and for the `error` of a step, which only a failure leaves (test its status).

      A macro reads each element: `users.exists(u, u.note == 'x')` fails where one has no `note`; write `u.?note.orValue('') == 'x'`, or
      `has(u.note) && …`. So does `users[0].note` where the first has none. In a `match` an event without a field is no match, and nothing fails; but with `!=` or `!` that is hardly what is
      meant, so there it has to be said.

      A value that may be null (`type: [number, "null"]`) is there, and cannot be counted with: `inputs.n > 3` fails for a null, and so does
      `inputs.text.size()`. Test it before, `inputs.n != null && inputs.n > 3`, or say what counts then, `inputs.n == null ? 0 : inputs.n`.
      Nothing is read of a list or a map that is null, and no loop goes through it: `inputs.users[0]`, `inputs.address.city`.
      Nor is it a condition (`!inputs.flag`), a length of time, an input that must be given, or a member of one that takes no null. An input with
      a default or `optional` takes a null for no value, and in a text a null leaves nothing.

      Of a list that is written out, a member that only some of the items have is read with `.?`, or where something is asked of the item before.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        note: { type: string, optional: true }
      steps:
        - id: hello
          action: log.write
          with: { message: "${{ inputs.note }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        note: { type: string, optional: true }
      steps:
        - id: hello
          action: log.write
          with: { message: "${{ inputs.?note.orValue('none') }}" }
      ```

      """##,
    "B1303": ##"""
      # B1303: a comparison with a word that can never be there

      The status of a step or a run, a field with an `enum`, the `which` of a `first_of`, and the `code` of an error where no driver is concerned have one of a few words. A comparison with any
      other word never holds (with `!=` it always does), so the way behind it is never taken. Mostly it is a slip of the pen. So is a comparison of
      `progress`, a share from 0 to 1, with a greater number: 60 percent is `0.6`. Nor is it ever more than 1: everything is `progress >= 1`.

      `error.step` is the address of the step that has failed: one of those that the recovery is for. It has the loops with their rounds and the calls
      around the step, `users[3]/create` and `standard/payment`. What is so in every round is `error.step.endsWith('/create')`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        plan: { type: string, enum: [professional, enterprise] }
      steps:
        - id: hello
          if: inputs.plan == 'enterprize'
          action: log.write
          with: { message: hello }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        plan: { type: string, enum: [professional, enterprise] }
      steps:
        - id: hello
          if: inputs.plan == 'enterprise'
          action: log.write
          with: { message: hello }
      ```

      """##,
    "B1401": ##"""
      # B1401: an approval that nobody can give

      Whoever starts the run holds the role, and `not_starter` forbids them to approve; or more approvals are asked for than people hold the role, with those that an escalation brings before the step expires;
      or `not_starter`, for which people sign in, is asked of a `person` who is nobody of `baton.yaml`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        author: { person: "${{ run.started_by }}" }
      steps:
        - id: go_live
          role: author
          approve: { message: All good?, not_starter: true }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        manager: { name: Manager }
      steps:
        - id: go_live
          role: manager
          approve: { message: All good?, not_starter: true }
      ```

      """##,
    "B1402": ##"""
      # B1402: what must not happen twice under an automatic retry

      The effects of the operation are `once`. A lost answer is never tried again by itself, only a failure is; but where a program or a service fails after it has acted, a retry does it a second time.

      This is a warning. Leave `retry` out, and a person decides; or call what knows the same request again by its key, and say so with `effects: keyed` (a program finds the key, the same at each try, in `BATON_IDEMPOTENCY_KEY`). Where a failure certainly means that nothing was done, say why at the step, or at the top of the file: `allow: { B1402: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: charge
          action: command.run
          with: { command: [charge] }
          manual: Charge the card on the bank's page.
          retry: { attempts: 3 }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: charge
          action: command.run
          with: { command: [charge] }
          manual: Charge the card on the bank's page.
      ```

      """##,
    "B1403": ##"""
      # B1403: an approval that depends on who started the run

      Only the person who started the run can give the approval, so that nobody else looks at it; or `not_starter` leaves too few who could approve when one of them starts the run.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1403: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        author: { person: "${{ run.started_by }}" }
      steps:
        - id: go_live
          role: author
          approve: All good?
          due: 1d
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: go_live
          role: support
          approve: { message: All good?, not_starter: true }
          due: 1d
      ```

      """##,
    "B1404": ##"""
      # B1404: a role that nobody holds

      `baton.yaml` says who holds which role, and nobody holds the one that is asked here, or that an escalation goes to. Or a reminder or an escalation
      tells nobody: the step has no `role` and the escalation no `to`, or neither the step nor the environment that is used by default has a `notify`, or its own
      `notify` reads `person.email` and somebody who holds the role has none.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1404: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        legal: { name: Legal }
      steps:
        - id: checked
          role: legal
          ask: { items: { contract: The contract is signed } }
          due: 2d
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: checked
          role: support
          ask: { items: { contract: The contract is signed } }
          due: 2d
      ```

      """##,
    "B1405": ##"""
      # B1405: an approval on which nothing hangs

      A rejection is a failure, and what is written here goes on behind it: the `on_failure` of the step, of a section that ends with it, or of `defaults`. So does an
      `on_expiry` that goes on. Nothing that comes later asks whether the approval was given, so that the run does the same, whatever people say.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1405: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: agreed
          approve: May it go live?
          due: 1d
          on_failure: continue
        - id: go_live
          ask: { items: { switched: The switch is set } }
          due: 1d
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: live
          steps:
            - id: agreed
              approve: May it go live?
              due: 1d
            - id: go_live
              ask: { items: { switched: The switch is set } }
              due: 1d
          on_failure: continue
        - id: told
          ask: { items: { told: The customer knows how it stands } }
          due: 1d
      ```

      """##,
    "B1406": ##"""
      # B1406: a value in the script of a shell

      What stands behind `-c` is a script, which the shell reads as commands: an input such as `x; rm -r data` would be carried out. The same holds in the `run` of a `command` driver.

      Hand the value over as an argument of its own, behind the script: the first is the name that the script goes by, and `"$1"` the one after it. So it is only ever a value.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs: { customer: string }
      steps:
        - id: greet
          action: command.run
          with: { command: [sh, -c, "echo hello ${{ inputs.customer }} >> greeted"] }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs: { customer: string }
      steps:
        - id: greet
          action: command.run
          with: { command: [sh, -c, 'echo "hello $1" >> greeted', sh, "${{ inputs.customer }}"] }
      ```

      """##,
    "B1501": ##"""
      # B1501: an effect without a way back

      The step does something to the world. When it fails, or has to be taken back, a person stands there with nothing: neither `manual` (how it is done by hand) nor `undo` (how it is taken back) is said, by the step, by a section around it or by the operation's contract.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1501: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: build
          action: command.run
          with: { command: [make, site] }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: build
          action: command.run
          with: { command: [make, site] }
          manual: Log into the build machine and run `make site`.
      ```

      """##,
    "B1502": ##"""
      # B1502: something is waited for without a deadline

      The run waits for people or for an event. Without `due` or `expires` nobody notices when it never comes. (A `wait` for a time, or a `first_of` with one, ends by itself.)

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1502: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: checked
          role: support
          ask: { items: { paid: The payment has arrived } }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: checked
          role: support
          ask: { items: { paid: The payment has arrived } }
          due: 2 business days
      ```

      """##,
    "B1503": ##"""
      # B1503: answers that nothing uses

      People fill in fields, and nothing in the workflow reads what they filled in. What is only to be confirmed is better an item to tick.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1503: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: call
          role: support
          ask: { fields: { date: { type: string, format: date } } }
          due: 2d
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: call
          role: support
          ask: { fields: { date: { type: string, format: date } } }
          due: 2d
      outputs:
        date: ${{ steps.call.outputs.date }}
      ```

      """##,
    "B1504": ##"""
      # B1504: the review of the procedure is overdue

      More time than `review_every` has passed since the procedure came into effect.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1504: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      document: { effective: 2020-01-18, review_every: 13w }
      steps:
        - { id: pause, wait: 1h }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      document: { effective: 2026-11-01, review_every: 13w }
      steps:
        - { id: pause, wait: 1h }
      ```

      """##,
    "B1505": ##"""
      # B1505: a sensitive value where it would be shown

      Sensitive values are never shown: in the text that a person reads, in the name and the labels of the run and in a line of the log there is `(sensitive)` in their place. Who holds a role by a sensitive value is named in no list and in no record: reminders and escalations go there all the same.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1505: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: password
          action: password.generate
        - id: tell
          action: log.write
          with: { message: "The password is ${{ steps.password.outputs.password }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: password
          action: password.generate
        - id: tell
          action: mail.send
          with:
            to: a@example.com
            subject: Your password
            text: "The password is ${{ steps.password.outputs.password }}"
      ```

      """##,
    "B1506": ##"""
      # B1506: a condition or a moment that depends on a sensitive value

      Which way a run takes, and when, stands in its record for everyone to see. A condition on a sensitive value tells something of it; a moment, or a length of time, that is reckoned from one tells all of it: `wait`, `due`, `expires`, `remind`, `escalate`, `every`, `retry`.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1506: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        pin: { type: string, sensitive: true }
      steps:
        - id: pause
          if: inputs.pin == '0000'
          wait: 1h
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        pin: { type: string, sensitive: true }
        is_first: boolean
      steps:
        - id: pause
          if: inputs.is_first
          wait: 1h
      ```

      """##,
    "B1507": ##"""
      # B1507: a scalar that means something else elsewhere

      YAML is read as version 1.2, and a key that expects text takes it as it stands. Other readers of the same file, those of YAML 1.1 above all, make `no` a truth value, `3.10` the number 3.1, `012` the number 10 and `12:30` the number 750. Quotes make it mean the same to everybody. Where the field takes no text, an error says what to write instead.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1507: … }`.

      `baton validate` says it of workflows, contracts, calendars and `baton.yaml`, `baton test` of files of tests, `baton doctor` of drivers. Only a workflow has `allow`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      version: 3.10
      steps:
        - id: texts
          set: { country: no, opens: 12:30, code: 012 }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      version: "3.10"
      steps:
        - id: texts
          set: { country: "no", opens: "12:30", code: "012" }
      ```

      """##,
    "B1508": ##"""
      # B1508: a `repeat` without a limit

      Where its condition never comes true, the steps are repeated for ever, and nobody waits for them. A `repeat` in which a person or an event is waited for is not meant.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1508: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: poll
          repeat:
            steps:
              - { id: look, action: files.read, with: { path: report.txt } }
            until: steps.look.outputs.size > 0
            every: 30s
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: poll
          repeat:
            steps:
              - { id: look, action: files.read, with: { path: report.txt } }
            until: steps.look.outputs.size > 0
            every: 30s
            at_most: 20
      ```

      """##,
    "B1509": ##"""
      # B1509: an `allow` that is not one

      `allow` names warnings by their codes and says for each why it is meant so. Errors cannot be allowed.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: build
          action: command.run
          with: { command: [make, site] }
          allow: { B1501: }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: build
          action: command.run
          with: { command: [make, site] }
          allow: { B1501: The build can be repeated at any time }
      ```

      """##,
    "B1510": ##"""
      # B1510: an `allow` that allows nothing

      The warning that is allowed here is not there: it may have been mended since. Left standing, it would hide the next one.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: pause
          wait: 1h
          allow: { B1501: The build can be repeated at any time }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: pause
          wait: 1h
      ```

      """##,
    "B1511": ##"""
      # B1511: deadlines that pass each other

      A reminder is sent before `due`, an escalation fires before the question expires, and a question is due before it expires. A reminder
      that is as long as the time itself is sent when the question is asked; an escalation after `expires` never fires; a question that
      expires before it is due is never late. Lengths of time are compared with each other, business time with business time of the same kind.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1511: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: payment
          role: support
          ask:
            items: { found: The payment is there }
          due: 1d
          remind: [ 2d before ]
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      roles:
        support: { name: Support }
      steps:
        - id: payment
          role: support
          ask:
            items: { found: The payment is there }
          due: 1d
          remind: [ 2h before ]
      ```

      """##,
    "B1512": ##"""
      # B1512: a text that looks like an expression

      Other tools write `{{ inputs.name }}` or `${inputs.name}`. Here an expression in a text is `${{ inputs.name }}`; anything else is shown as it
      stands, to a customer as well. So is a bare `inputs.name` where a value is written, under `set`, `with`, `collect` or `outputs`: bare are only the
      expressions of `if`, `in`, `match` and their like. It is noticed where the whole text is an expression that reads what is there.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1512: … }`.

      `baton validate` says it of workflows, contracts and `baton.yaml`, `baton doctor` of drivers, where a bare `rows[0].id` or `stdout` in `outputs` is
      one, too. Only a workflow has `allow`; elsewhere `${{ 'stdout' }}` is the text.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        name: string
      steps:
        - id: hello
          action: log.write
          with: { message: "Hello, {{ inputs.name }}" }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        name: string
      steps:
        - id: hello
          action: log.write
          with: { message: "Hello, ${{ inputs.name }}" }
      ```

      """##,
    "B1513": ##"""
      # B1513: `on_failure: undo` in `finally`

      The steps of `finally` run when it is decided how the run ends. A step that fails there cannot have the run taken back any more: with
      `on_failure: undo` it parks, as with `park`, and a person decides.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1513: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      finally:
        - id: goodbye
          action: log.write
          with: { message: goodbye }
          on_failure: undo
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      finally:
        - id: goodbye
          action: log.write
          with: { message: goodbye }
          on_failure: continue
      ```

      """##,
    "B1514": ##"""
      # B1514: a code that is nearly one that is known

      `error.code` has one of the codes that the operation's contract declares under `errors`, or one of Baton's own: `timeout`, `rejected`,
      `expired`, `verify` and so on. A driver may give others, so that one which nobody has declared need not be wrong; but one that is
      a slip of the pen away from a declared one most likely is.

      This is a warning. Declare the code under `errors` in the contract where the driver gives it; or say why at the step, or at the top of
      the file: `allow: { B1514: … }`. Where no driver is concerned (an approval, a question, a wait, what is built in), a code that cannot
      be there is an error ([B1303](B1303.md)).

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: payment
          name: Confirm the payment
          action: payments.confirm
          with: { order_id: A-1 }
          on_failure:
            - when: error.code == 'payment_not_fuond'
              then: continue
            - then: park
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: payment
          name: Confirm the payment
          action: payments.confirm
          with: { order_id: A-1 }
          on_failure:
            - when: error.code == 'payment_not_found'
              then: continue
            - then: park
      ```

      """##,
    "B1515": ##"""
      # B1515: a schedule that is there twice

      Two triggers of the workflow have the same schedule (`0 9 * * MON` and `0 9 * * 1` are the same) with the same time zone, condition, key and
      inputs. Each of them starts a run, so that everything is done twice.

      This is a warning. Where it is meant so, say why at the top of the file: `allow: { B1515: … }`. Schedules that start different runs at
      the same moment differ in their `inputs`, and are not warned of.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      triggers:
        - schedule: 0 9 * * MON
        - schedule: 0 9 * * 1
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
      triggers:
        - schedule: 0 9 * * MON
        - schedule: 0 15 * * MON
      ```

      """##,
    "B1516": ##"""
      # B1516: a key without a value

      Inside of `{ … }` a `,` ends a text that has no quotes. What stands behind it is another key, here `please`, which has no value: the
      message is `Deploy now` alone, and there is a `please` that is `null`.

      This is a warning. Put the text in quotes. Where there is to be a key without a value, say so, `please: null`; or say why at the step,
      or at the top of the file: `allow: { B1516: … }`. A map in which no key has a value, `{ red, green }`, is not warned of. A key in quotes is a key, too.
      `{ x:1 }`, without a blank behind the `:`, is a key without a value as well.

      `baton validate` says it of workflows, contracts, calendars and `baton.yaml`, `baton test` of files of tests, `baton doctor` of drivers. Only a workflow has `allow`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: words
          set: { message: Deploy now, please }
      outputs:
        message: ${{ steps.words.outputs.message }}
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      steps:
        - id: words
          set: { message: "Deploy now, please" }
      outputs:
        message: ${{ steps.words.outputs.message }}
      ```

      """##,
    "B1517": ##"""
      # B1517: a comparison of something with itself

      Both sides of a comparison are the same, so it gives the same in every run: a `match` takes every event, a condition
      always holds, or never does. Where `match` looks at what has come, that is `event`.

      `baton validate` says it of workflows, contracts and `notify`, `baton doctor` of drivers.

      This is a warning. Where it is meant so, say why at the step, or at the top of the file: `allow: { B1517: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        amount: number
      steps:
        - id: check
          if: inputs.amount == inputs.amount
          action: log.write
          with: { message: the amounts are the same }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      inputs:
        amount: number
        invoiced: number
      steps:
        - id: check
          if: inputs.amount == inputs.invoiced
          action: log.write
          with: { message: the amounts are the same }
      ```

      """##,
    "B1601": ##"""
      # B1601: a calendar that cannot be used

      A calendar, `calendars/NAME.yaml`, says when a team works: the `hours` of each day (`weekdays` stands for Monday to Friday), the
      `time_zone` they are in, and the `holidays`. Something in it is missing, or is not written as it has to be.

      ## Wrong

      ```yaml calendar
      name: South Africa
      time_zone: Africa/Johannesburg
      hours:
        weekdays: 8 to 17
      ```

      ## Right

      ```yaml calendar
      name: South Africa
      time_zone: Africa/Johannesburg
      hours:
        weekdays: 08:00-17:00
        saturday: [08:00-10:00, 10:30-12:00]
      holidays:
        2026-12-25: Christmas Day
        2026-12-26: Day of Goodwill
      holidays_until: 2026-12-31
      ```

      """##,
    "B1602": ##"""
      # B1602: a calendar that ends too early

      The holidays of a calendar are known up to `holidays_until` (or the end of the year of the last one). Business time beyond that day cannot be
      reckoned: a run that started today and took all the time that its steps allow would park there. That is found in `due`, `expires`, `escalate` and waits, also where a moment is given: `at: "after(now, '60 business days')"`.

      A run that has parked so keeps its calendar: add the holidays of the next years to the file, `baton migrate RUN --to` the workflow's file, then `baton retry RUN STEP`, as the
      run's card says.

      This is a warning. Where it is meant so, say why at the top of the file: `allow: { B1602: … }`.

      ## Wrong

      ```yaml
      baton: 1
      id: example
      name: Example
      calendar: short
      steps:
        - { id: pause, wait: 60 business days }
      ```

      ## Right

      ```yaml
      baton: 1
      id: example
      name: Example
      calendar: short
      steps:
        - { id: pause, wait: 2 business days }
      ```

      """##,
    "B1701": ##"""
      # B1701: an answer that nothing asks for

      A test gives an answer for an operation that no step of the workflow calls: a step was removed, or the operation is another one. The test would pass
      without it. The same is said of `calls` under `expect`, of an operation that no step calls.

      ## Wrong

      ```yaml
      workflow: sample
      tests:
        - name: it works
          actions:
            files.read: { outputs: { content: hello, size: 5, sha256: x } }
            log.write: {}
          expect: { status: succeeded }
      ```

      where `sample` only writes to the log.

      ## Right

      ```yaml
      workflow: sample
      tests:
        - name: it works
          actions: { log.write: {} }
          expect: { status: succeeded }
      ```

      """##,
    "B2001": ##"""
      # B2001: an example that does not fit

      Examples are the documentation and the answers of a rehearsal, so they have to fit the fields.

      ## Wrong

      ```yaml contract
      plugin: shop
      version: 1.0.0
      summary: The shop
      operations:
        find:
          summary: Find an order
          effects: none
          inputs:
            order_id: string
          outputs:
            amount: number
          examples:
            - inputs: { order_id: A-1 }
              outputs: { amount: much }
      ```

      ## Right

      ```yaml contract
      plugin: shop
      version: 1.0.0
      summary: The shop
      operations:
        find:
          summary: Find an order
          effects: none
          inputs:
            order_id: string
          outputs:
            amount: number
          examples:
            - inputs: { order_id: A-1 }
              outputs: { amount: 99.0 }
      ```

      """##,
    "B2101": ##"""
      # B2101: a part of a driver has the wrong shape

      Something in a driver file is not what it has to be, or is missing: a list where text is expected, an operation without its statements, a driver that does not say which file or folder.

      ## Wrong

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements: SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      ## Right

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      """##,
    "B2102": ##"""
      # B2102: a key that drivers do not have

      Which keys there are depends on the `kind` of the driver; the message lists them.

      ## Wrong

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statement:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      ## Right

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      """##,
    "B2103": ##"""
      # B2103: a kind of driver that does not exist

      `kind` is `sql`, `mail` or `command`. `http` and `mcp` come later.

      ## Wrong

      ```yaml driver
      driver: sqlite
      kind: sqlite
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      ## Right

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      """##,
    "B2104": ##"""
      # B2104: an expression that cannot be used

      CEL cannot read the expression, or it uses a name that is not there: expressions of a driver see `inputs`, `settings` and `key`, and what the kind adds (`rows` and `changes`, `message`, `stdout` and `json`).
      What stands at the top of the file, for all operations, sees `settings` alone; `env` also `key`.

      In the statements of a `sql` driver a value is a parameter, `:name`: an input, one of `parameters`, or `:key`. A `${{ … }}` there would be taken as it
      stands. `:key` is the idempotency key; where an input is called `key` both get other names under `parameters`:
      `{ idempotency: "${{ key }}", name: "${{ inputs.key }}" }`.

      ## Wrong

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ row.amount }}" }
      ```

      ## Right

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      """##,
    "B2105": ##"""
      # B2105: something that the contract does not have

      A driver carries out what the plugin's contract declares: its operations, with its outputs.

      ## Wrong

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amuont: "${{ rows[0].amount }}" }
      ```

      ## Right

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      """##,
    "B2106": ##"""
      # B2106: a code that the contract does not declare

      A driver maps what goes wrong to the codes of the plugin's contract: those are what `on_failure` of a workflow goes by, what `document` lists, and
      what tests can have happen. A failure with another code is recorded as the driver gives it, with a note that the contract does not declare it, and nobody
      is prepared for it.

      This is a warning of `baton doctor`. Declare the code under `errors` of the operation in `plugin.yaml`, with a sentence that says what it means; or use one
      that is there.

      ## Wrong

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          errors:
            - { when: size(rows) == 0, code: no_such_order }
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      ## Right

      ```yaml driver
      driver: sqlite
      kind: sql
      settings: { file: string }
      file: ${{ settings.file }}
      operations:
        find:
          statements:
            - SELECT amount FROM orders WHERE order_id = :order_id
          errors:
            - { when: size(rows) == 0, code: order_not_found }
          outputs: { amount: "${{ rows[0].amount }}" }
      ```

      """##,
    "B2201": ##"""
      # B2201: a part of the project file has the wrong shape

      Something in `baton.yaml` is not what it has to be, or is missing: its version, a connection's driver, an environment that is named but not there.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { file: data/shop.db }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      """##,
    "B2202": ##"""
      # B2202: a key that the project file does not have

      The message lists the keys that are allowed at the place.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connection:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      """##,
    "B2203": ##"""
      # B2203: a plugin that is not there

      A connection has the name of its plugin, or says `plugin: NAME`. The plugin's contract is `plugins/NAME/plugin.yaml`;
      that of `mail` is built in, and needs none.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shopp: { driver: sqlite, file: data/shop.db }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      """##,
    "B2204": ##"""
      # B2204: a driver that is not there

      The driver of a connection is the file `plugins/PLUGIN/DRIVER.yaml`.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqllite, file: data/shop.db }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      """##,
    "B2205": ##"""
      # B2205: a setting that does not fit the driver

      What a connection gives besides `plugin` and `driver` are settings, and the driver's `settings` say which there are, which must be given, and what they can be.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, fil: data/shop.db }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      """##,
    "B2206": ##"""
      # B2206: somebody whom nobody can tell anything

      The `notify` of the environment reads `person.email`, and somebody who has a role has no `email`: reminders and escalations do not reach them.
      Give them one, or let `notify` allow for it: `${{ person.?email.orValue('office@shop.example') }}`.

      This is a warning. People without roles are never told, and need none. `baton validate` looks at every environment of the project,
      `baton doctor` at the one that is chosen.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      people:
        ann: { name: Ann, roles: [support] }
      environments:
        local:
          notify: { action: command.run, with: { command: [send-note, "${{ person.email }}", "${{ text }}"] } }
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      people:
        ann: { name: Ann, email: ann@shop.example, roles: [support] }
      environments:
        local:
          notify: { action: command.run, with: { command: [send-note, "${{ person.email }}", "${{ text }}"] } }
          connections:
            shop: { driver: sqlite, file: data/shop.db }
      ```

      """##,
    "B2207": ##"""
      # B2207: a setting that has no value here

      A setting reads `secret('NAME')`, and there is no environment variable NAME and no file NAME in `$CREDENTIALS_DIRECTORY`, or what is there
      cannot be used. A step that needs the connection is blocked then.

      This is a warning: the account that carries out the runs may have the secret where the one that looks has not. What the environment's
      `secrets: { command }` gives is not asked for.

      ## Wrong

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          connections:
            shop: { driver: sqlite, file: "${{ secret('SHOP_DATABASE') }}" }
      ```

      ## Right

      ```yaml project
      baton: 1
      project: shop
      environments:
        local:
          secrets: { command: [pass, show, "baton/{name}"] }
          connections:
            shop: { driver: sqlite, file: "${{ secret('SHOP_DATABASE') }}" }
      ```

      """##,
  ]
}
