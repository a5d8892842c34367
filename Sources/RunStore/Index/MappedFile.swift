internal import Glibc

/// The content of a file as it was when it was opened, without reading it.
///
/// Unchecked: the memory is only read, and lives as long as the object.
final class MappedFile: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  /// The content up to its present end.
  init(_ file: OpenFile) throws(StoreError) {
    let size = try file.size()
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let memory = mmap(nil, size, PROT_READ, MAP_SHARED, file.descriptor, 0),
      memory != UnsafeMutableRawPointer(bitPattern: -1)
    else { throw StoreError.system(file.path, "read") }
    bytes = UnsafeRawBufferPointer(start: memory, count: size)
  }

  /// Gives back the memory of what was read from a place on; it is read again where it is wanted.
  func giveBack(from offset: Int) {
    let page = 4096
    let start = (offset + page - 1) / page * page
    guard start < bytes.count, let base = bytes.baseAddress else { return }
    madvise(UnsafeMutableRawPointer(mutating: base + start), bytes.count - start, MADV_DONTNEED)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }
}
