import Glibc
import Transcripts
import Values

/// The clock of the commands.
enum Moment {
  /// The present moment.
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }
}
