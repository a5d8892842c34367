/// Dates, times and durations (RFC 3339 and its appendix A).
enum TimeFormat {
  static func isDateTime(_ text: String) -> Bool {
    guard text.utf8.count > 10 else { return false }
    let bytes = Array(text.utf8)
    guard bytes[10] | 0x20 == 0x74, bytes.allSatisfy({ $0 < 0x80 }) else { return false }
    return isDate(text.prefix(10)) && isTime(text.dropFirst(11))
  }

  static func isDate(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D,
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), (1...12).contains(month), day >= 1
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1]
  }

  static func isTime(_ text: Substring) -> Bool {
    var rest = Array(text.utf8)[...]
    guard let hour = take(&rest, limit: 24), rest.popFirst() == 0x3A,
      let minute = take(&rest, limit: 60), rest.popFirst() == 0x3A,
      let second = take(&rest, limit: 61)
    else { return false }
    if rest.first == 0x2E {
      rest = rest.dropFirst()
      let fraction = rest.prefix(while: \.isDigit)
      guard !fraction.isEmpty else { return false }
      rest = rest.dropFirst(fraction.count)
    }
    guard let offset = offset(rest) else { return false }
    // A leap second comes at the end of a day of UTC.
    let minuteOfDay = (hour * 60 + minute - offset + 2 * 1440) % 1440
    return second < 60 || minuteOfDay == 1439
  }

  /// The minutes of `Z` or `+hh:mm`.
  private static func offset(_ text: ArraySlice<UInt8>) -> Int? {
    var rest = text
    guard let sign = rest.popFirst() else { return nil }
    if sign | 0x20 == 0x7A { return rest.isEmpty ? 0 : nil }
    guard sign == 0x2B || sign == 0x2D, let hour = take(&rest, limit: 24),
      rest.popFirst() == 0x3A, let minute = take(&rest, limit: 60), rest.isEmpty
    else { return nil }
    return (sign == 0x2D ? -1 : 1) * (hour * 60 + minute)
  }

  /// Two digits below a limit.
  private static func take(_ rest: inout ArraySlice<UInt8>, limit: Int) -> Int? {
    guard rest.count >= 2, let value = number(rest.prefix(2)), value < limit else { return nil }
    rest = rest.dropFirst(2)
    return value
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy(\.isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// `P3W`, `P1Y2M3DT4H5M6S`: units in order, none left out between two.
  static func isDuration(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    guard rest.popFirst() == 0x50 else { return false }
    let time = rest.firstIndex(of: 0x54)
    let date = units(rest[..<(time ?? rest.endIndex)])
    guard let time else {
      return date == [0x57] || isRun(date, of: [0x59, 0x4D, 0x44])
    }
    let clock = units(rest[(time + 1)...])
    return (date?.isEmpty == true || isRun(date, of: [0x59, 0x4D, 0x44]))
      && isRun(clock, of: [0x48, 0x4D, 0x53])
  }

  /// The letters of `1Y2M`; nil where a part is not a number and a letter.
  private static func units(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = text
    var units: [UInt8] = []
    while !rest.isEmpty {
      let digits = rest.prefix(while: \.isDigit)
      rest = rest.dropFirst(digits.count)
      guard !digits.isEmpty, let unit = rest.popFirst() else { return nil }
      units.append(unit)
    }
    return units
  }

  private static func isRun(_ units: [UInt8]?, of order: [UInt8]) -> Bool {
    guard let units, let first = units.first, let start = order.firstIndex(of: first) else {
      return false
    }
    return order[start...].starts(with: units)
  }
}
