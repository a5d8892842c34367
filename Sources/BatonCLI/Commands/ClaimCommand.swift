import CommandLineKit
import Engine

/// `baton claim RUN STEP`.
enum ClaimCommand: BatonCommand {
  static let name = "claim"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "says that you are on a step", arguments: [SharedOptions.run, SharedOptions.step],
      examples: [.init("baton claim k7f3q9 verify_payment", "others see it in `tasks`")])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        try await door.submit(.claim(step: step), to: run)
      }
    }
  }
}

/// `baton release RUN STEP`.
enum ReleaseCommand: BatonCommand {
  static let name = "release"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "says that nobody is on a step any more",
      arguments: [SharedOptions.run, SharedOptions.step],
      examples: [.init("baton release k7f3q9 verify_payment", "somebody else can claim it")])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let step = call.required(SharedOptions.step)
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        try await door.submit(.release(step: step), to: run)
      }
    }
  }
}
