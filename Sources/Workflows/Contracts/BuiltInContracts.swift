import SourceText

/// The contracts of what needs no plugin. Each is read when it is first asked for.
enum BuiltInContracts {
  static let names = ["command", "files", "log", "mail", "password"]

  static func plugin(named name: String) -> PluginContract? {
    switch name {
    case "command": command
    case "files": files
    case "log": log
    case "mail": mail
    case "password": password
    default: nil
    }
  }

  private static func read(_ name: String, _ text: String) -> PluginContract? {
    PluginContract.decode(
      SourceFile(path: "built in: \(name)", text: text), into: Diagnostics())
  }

  private static let command = read(
    "command",
    """
    plugin: command
    summary: Programs on this machine
    operations:
      run:
        summary: Run a program; no shell is involved
        effects: once
        inputs:
          command: { type: array, items: { type: string }, minItems: 1, label: Program and arguments }
          stdin: { type: string, optional: true, label: Standard input }
          env: { type: object, additionalProperties: { type: string }, optional: true }
          folder: { type: string, default: "." }
          exit_codes: { type: array, items: { type: integer }, default: [0], label: Accepted exit codes }
          output_limit: { type: integer, minimum: 1, optional: true, label: Bytes of output kept }
          sensitive: { type: boolean, default: false, help: The output is a secret }
        outputs:
          exit_code: { type: integer, default: 0 }
          stdout: string
          stderr: { type: string, default: "" }
          truncated: { type: boolean, default: false }
          secret: { type: string, sensitive: true, optional: true }
        examples:
          - inputs: { command: [echo, hello] }
            outputs: { exit_code: 0, stdout: "hello\\n", stderr: "", truncated: false }
    """)

  private static let files = read(
    "files",
    """
    plugin: files
    summary: Files of the project
    operations:
      read:
        summary: Read a file
        effects: none
        inputs:
          path: { type: string, minLength: 1 }
          encoding: { type: string, enum: [text, base64], default: text }
        outputs:
          content: string
          size: integer
          sha256: string
        errors:
          file_not_found: There is no such file
          file_too_large: The file is too large
          not_a_file: The path leads to a folder or to something else that is no file
          not_text: The file is not UTF-8 text
          outside_project: { message: The path leads out of the project, retry: false }
        examples:
          - inputs: { path: notes.txt }
            outputs: { content: "hello", size: 5, sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 }
      write:
        summary: Write a file whole, in place of what was there
        effects: repeatable
        inputs:
          path: { type: string, minLength: 1 }
          content: string
          encoding: { type: string, enum: [text, base64], default: text }
        outputs:
          path: string
          size: integer
          sha256: string
        errors:
          file_not_found: There is no such folder
          file_too_large: The content is too large
          not_a_file: The path leads to a folder or to something else that is no file
          outside_project: { message: The path leads out of the project, retry: false }
        manual: Save the text as `${{ inputs.path }}` in the folder of the project.
        examples:
          - inputs: { path: notes.txt, content: "hello" }
            outputs: { path: notes.txt, size: 5, sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 }
    """)

  private static let log = read(
    "log",
    """
    plugin: log
    summary: Lines for whoever watches the run
    operations:
      write:
        summary: Show a line
        effects: repeatable
        inputs:
          message: string
          level: { type: string, enum: [debug, info, warning, error], default: info }
        outputs: {}
        manual: Tell whoever watches the run.
        examples:
          - inputs: { message: hello }
            outputs: {}
    """)

  private static let mail = read(
    "mail",
    """
    plugin: mail
    summary: Messages to customers and colleagues
    operations:
      send:
        summary: Send a message
        effects: keyed
        inputs:
          to: { type: string, format: email, label: To }
          to_name: { type: string, optional: true, label: Recipient's name }
          cc: { type: array, items: { type: string, format: email }, optional: true }
          reply_to: { type: string, format: email, optional: true }
          template: { type: string, optional: true, label: Template }
          subject: { type: string, minLength: 1 }
          text: string
          html: { type: string, optional: true }
          attachments: { type: array, items: { type: object }, optional: true }
        outputs:
          message_id: string
        errors:
          invalid_message: The message cannot be written as an email
        manual: Send the message to ${{ inputs.to }} by hand.
        examples:
          - inputs: { to: a@example.com, subject: Hello, text: Hello }
            outputs: { message_id: "<k5xw3b0q@example.com>" }
    """)

  private static let password = read(
    "password",
    """
    plugin: password
    summary: Passwords that nobody chose
    operations:
      generate:
        summary: Make a password with the system's random numbers
        effects: none
        inputs:
          length: { type: integer, minimum: 8, maximum: 256, default: 20 }
          alphabet: { type: string, minLength: 10, optional: true }
        outputs:
          password: { type: string, sensitive: true }
        examples:
          - inputs: {}
            outputs: { password: Tmp-9Yk4-Xw2q-7Rvs }
    """)
}
