import Actions
import CSQLite
import Glibc

/// Functions that statements of drivers have besides SQLite's own.
///
/// - `uuid()`: a random UUID (RFC 9562, version 4)
/// - `utc_now()`: the moment as RFC 3339 has it, in milliseconds
/// - `sha256(text)`: in lower-case hexadecimal
enum SQLiteFunctions {
  static func register(on database: OpaquePointer) {
    let directOnly = SQLITE_UTF8 | SQLITE_INNOCUOUS
    sqlite3_create_function_v2(
      database, "uuid", 0, directOnly, nil,
      { context, _, _ in SQLiteFunctions.answer(context, SQLiteFunctions.randomUUID()) },
      nil, nil, nil)
    sqlite3_create_function_v2(
      database, "utc_now", 0, directOnly, nil,
      { context, _, _ in SQLiteFunctions.answer(context, SQLiteFunctions.utcNow()) },
      nil, nil, nil)
    sqlite3_create_function_v2(
      database, "sha256", 1, directOnly | SQLITE_DETERMINISTIC, nil,
      { context, _, arguments in
        guard let argument = arguments?[0], let text = sqlite3_value_blob(argument) else {
          sqlite3_result_null(context)
          return
        }
        let count = Int(sqlite3_value_bytes(argument))
        SQLiteFunctions.answer(
          context, hexSHA256(Array(UnsafeRawBufferPointer(start: text, count: count))))
      }, nil, nil, nil)
  }

  fileprivate static func answer(_ context: OpaquePointer?, _ text: String) {
    csqlite_result_text(context, text, Int32(clamping: text.utf8.count))
  }

  fileprivate static func randomUUID() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef")
    var text = ""
    for (position, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(position) { text += "-" }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  fileprivate static func utcNow() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    return "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))-"
      + "\(padded(Int(parts.tm_mday), 2))T\(padded(Int(parts.tm_hour), 2)):"
      + "\(padded(Int(parts.tm_min), 2)):\(padded(Int(parts.tm_sec), 2))."
      + "\(padded(time.tv_nsec / 1_000_000, 3))Z"
  }
}
