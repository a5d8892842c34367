import SourceText
import TimeZones

extension TimeZone {
  /// The zone whose name is most like a word: nearly spelt so, or of a place of that name.
  ///
  /// - Returns: nil where no zone of the database is like it.
  static func nearestName(to word: String) -> String? {
    let names = TimeZoneDatabase.system.names
    let small = word.lowercased()
    let near =
      nearest(word, among: names)
      ?? names.first { $0.split(separator: "/").last?.lowercased() == small }
    return near.flatMap { TimeZone($0) == nil ? nil : $0 }
  }
}
