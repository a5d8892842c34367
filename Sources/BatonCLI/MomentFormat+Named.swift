import TimeZones
import Transcripts

extension MomentFormat {
  /// The format for a time zone of the system's database.
  ///
  /// - Throws: ``CommandFailure`` for a name that the database does not have.
  static func named(_ name: String) throws(CommandFailure) -> MomentFormat {
    guard let zone = TimeZone(name) else {
      throw .usage("unknown time zone `\(name)`", help: "write it as Africa/Johannesburg or UTC")
    }
    return MomentFormat(zone: zone.name) { zone.offset(at: $0) }
  }
}
