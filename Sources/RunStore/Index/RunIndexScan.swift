internal import Glibc

/// What the records of an index come to: the last one about each run.
struct RunIndexScan {
  /// A run's last record.
  struct Slot {
    /// Where its body is.
    var body: Int
    var count: Int
    var kind: RunIndexFormat.Kind
  }

  let bytes: UnsafeRawBufferPointer
  private(set) var slots: [Slot] = []
  private(set) var listing: RunIndexListing?
  /// Where the intact records end.
  private(set) var end: Int
  /// Whether all of the file is intact.
  var isWhole: Bool { end == bytes.count || bytes.isEmpty }
  /// One more than the position of a slot, by the hash of its run; 0 is free.
  private var table: [Int32]

  /// - Parameter start: where the first record is.
  init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
    self.bytes = bytes
    end = start
    var capacity = 1024
    while capacity < bytes.count / 100 { capacity *= 2 }
    table = Array(repeating: 0, count: capacity)
    slots.reserveCapacity(bytes.count / 400)
    while let body = next() { take(body) }
  }

  /// The position of a run's slot; nil where there is none.
  func position(of run: UnsafeRawBufferPointer) -> Int? {
    let entry = table[place(of: run)]
    return entry == 0 ? nil : Int(entry) - 1
  }

  func run(_ slot: Slot) -> UnsafeRawBufferPointer {
    let start = slot.body + RunIndexFormat.fixedSize
    return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + Int(bytes[slot.body + 1]))])
  }

  func stamp(_ slot: Slot) -> JournalStamp {
    JournalStamp(inode: bytes.number(at: slot.body + 8), size: bytes.number(at: slot.body + 16))
  }

  func due(_ slot: Slot) -> Int64 { bytes.number(at: slot.body + 24) }

  func details(_ slot: Slot) -> (offset: UInt64, count: UInt32) {
    (bytes.number(at: slot.body + 32), bytes.number(at: slot.body + 4))
  }

  func summary(_ slot: Slot) -> UnsafeRawBufferPointer {
    let start = slot.body + RunIndexFormat.fixedSize + Int(bytes[slot.body + 1])
    return UnsafeRawBufferPointer(rebasing: bytes[start..<(slot.body + slot.count)])
  }

  /// The body of the next record, where it is whole.
  private mutating func next() -> Range<Int>? {
    guard end + 8 + RunIndexFormat.fixedSize <= bytes.count else { return nil }
    let count = Int(bytes.number(at: end) as UInt32)
    let body = (end + 8)..<(end + 8 + count)
    guard count >= RunIndexFormat.fixedSize, body.upperBound <= bytes.count,
      count >= RunIndexFormat.fixedSize + Int(bytes[body.lowerBound + 1]),
      RunIndexFormat.check(UnsafeRawBufferPointer(rebasing: bytes[body]))
        == bytes.number(at: end + 4)
    else { return nil }
    end = body.upperBound
    return body
  }

  private mutating func take(_ body: Range<Int>) {
    guard let kind = RunIndexFormat.Kind(rawValue: bytes[body.lowerBound]) else { return }
    if kind == .listed {
      listing = RunIndexListing(
        boot: bytes.number(at: body.lowerBound + 8), changed: bytes.number(at: body.lowerBound + 16)
      )
      return
    }
    let slot = Slot(body: body.lowerBound, count: body.count, kind: kind)
    let place = place(of: run(slot))
    if table[place] > 0 {
      slots[Int(table[place]) - 1] = slot
      return
    }
    slots.append(slot)
    table[place] = Int32(slots.count)
    if slots.count * 2 > table.count { grow() }
  }

  private mutating func grow() {
    table = Array(repeating: 0, count: table.count * 2)
    for (position, slot) in slots.enumerated() { table[place(of: run(slot))] = Int32(position + 1) }
  }

  /// Where a run is in the table, or would be.
  private func place(of run: UnsafeRawBufferPointer) -> Int {
    let mask = table.count - 1
    var place = Int(RunIndexFormat.check(run)) & mask
    while table[place] != 0, !isSame(slots[Int(table[place]) - 1], run) {
      place = (place + 1) & mask
    }
    return place
  }

  private func isSame(_ slot: Slot, _ run: UnsafeRawBufferPointer) -> Bool {
    let known = self.run(slot)
    guard known.count == run.count, let left = known.baseAddress, let right = run.baseAddress else {
      return false
    }
    return memcmp(left, right, run.count) == 0
  }
}
