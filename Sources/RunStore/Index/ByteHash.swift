/// A number for bytes that others hardly have: for finding runs in tables, and for seeing that
/// something was not written whole. It protects against nothing that somebody does on purpose.
enum ByteHash {
  private static let keys: (UInt64, UInt64, UInt64) = (
    0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3
  )

  /// Complexity: two products for 32 bytes, which do not wait for one another.
  static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var one = mix(UInt64(bytes.count) ^ keys.0, seed ^ keys.1)
    var other = keys.2
    // Nothing at all has an address at times.
    guard !bytes.isEmpty, let base = bytes.baseAddress else { return one }
    var offset = 0
    while offset &+ 32 <= bytes.count {
      one = mix(word(base, offset) ^ keys.1, word(base, offset &+ 8) ^ one)
      other = mix(word(base, offset &+ 16) ^ keys.2, word(base, offset &+ 24) ^ other)
      offset &+= 32
    }
    while offset &+ 8 <= bytes.count {
      one = mix(word(base, offset) ^ keys.1, one ^ keys.2)
      offset &+= 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
      offset &+= 1
    }
    return mix(mix(rest ^ keys.0, one ^ keys.2), other ^ keys.1)
  }

  /// The same in four bytes.
  static func short(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt32 {
    UInt32(truncatingIfNeeded: of(bytes, seed: seed))
  }

  @inline(__always)
  private static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func mix(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let product = one.multipliedFullWidth(by: other)
    return product.high ^ product.low
  }
}

/// Positions of runs by the hash of their ids.
///
/// A table with open places, at most half full.
struct RunTable {
  private var places: [Int32]
  private(set) var count = 0

  init(minimumCapacity: Int = 0) {
    var capacity = 64
    while capacity < minimumCapacity * 2 { capacity *= 2 }
    places = Array(repeating: 0, count: capacity)
  }

  /// The position that was put in under a hash for which the question is answered with yes.
  @inline(__always)
  func find(_ hash: UInt64, _ isIt: (Int) -> Bool) -> Int? {
    places.withUnsafeBufferPointer { places in
      let mask = places.count &- 1
      var place = Int(truncatingIfNeeded: hash) & mask
      while places[place] != 0 {
        let position = Int(places[place]) &- 1
        if isIt(position) { return position }
        place = (place &+ 1) & mask
      }
      return nil
    }
  }

  /// Puts in a position that is not there.
  ///
  /// - Parameter hash: the hash that a position was put in under.
  mutating func insert(_ position: Int, hash: (Int) -> UInt64) {
    if (count + 1) * 2 > places.count {
      let old = places
      places = Array(repeating: 0, count: old.count * 2)
      for entry in old where entry != 0 { put(entry, hash(Int(entry) - 1)) }
    }
    put(Int32(position + 1), hash(position))
    count += 1
  }

  private mutating func put(_ entry: Int32, _ hash: UInt64) {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while places[place] != 0 { place = (place + 1) & mask }
    places[place] = entry
  }
}
