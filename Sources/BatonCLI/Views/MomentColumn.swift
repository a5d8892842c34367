import CommandLineKit
import Transcripts
import Values

/// Moments to the minute in a column of a long list, where the same days come again and again.
struct MomentColumn {
  private static let secondsADay: Int64 = 86_400
  private static let empty: [UInt8] = Array("0000-00-00 00:00 +00:00".utf8)

  private let format: MomentFormat
  /// The dates of days since 1970, each at a place that its number gives.
  private var dates: [(day: Int64, text: [UInt8])] = Array(
    repeating: (Int64.min, []), count: 64)
  private var text = Self.empty
  private var offset = 0

  init(_ format: MomentFormat) { self.format = format }

  /// Adds a cell with a moment as ``MomentFormat/minutes(_:)`` writes it.
  mutating func add(_ moment: Timestamp, to row: inout TableRow) {
    // All are of one width.
    if !row.isMeasuring { write(moment) }
    text.withUnsafeBytes { row.add($0) }
  }

  private mutating func write(_ moment: Timestamp) {
    let offset = format.offset(at: moment)
    if offset != self.offset {
      self.offset = offset
      text.replaceSubrange(10..., with: Array(format.minutes(moment).utf8)[10...])
    }
    let local = moment.seconds + Int64(offset)
    let day = (local >= 0 ? local : local - Self.secondsADay + 1) / Self.secondsADay
    let slot = Int(truncatingIfNeeded: day & 63)
    if dates[slot].day != day {
      let date = Timestamp(seconds: day * Self.secondsADay, nanoseconds: 0).journalText.utf8
      dates[slot] = (day, Array(date.prefix(10)))
    }
    let minutes = Int(local - day * Self.secondsADay) / 60
    let date = dates[slot].text
    text.withUnsafeMutableBytes { text in
      for (place, digit) in date.enumerated() { text[place] = digit }
      Self.put(minutes / 60, at: 11, text)
      Self.put(minutes % 60, at: 14, text)
    }
  }

  private static func put(_ number: Int, at place: Int, _ text: UnsafeMutableRawBufferPointer) {
    text[place] = UInt8(0x30 + number / 10)
    text[place + 1] = UInt8(0x30 + number % 10)
  }
}
