package import Engine
import RunStore
import Workflows

extension RunService {
  /// What going back to a checkpoint would do; reads only.
  ///
  /// - Throws: kind `refused` where the run would refuse to.
  package func rewindPreview(
    _ part: String, to checkpoint: String, again: [String]
  ) throws(RunnerError) -> RewindPreview {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let engine = try look(at: run).engine
    do throws(Refusal) {
      return try engine.rewindPreview(to: checkpoint, again: again)
    } catch {
      throw RunnerError(.refused, error.message, hint: error.hint)
    }
  }
}
