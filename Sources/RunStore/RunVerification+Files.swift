import Values

extension RunVerification {
  /// Looks at the files that a record names, and notes its evidence.
  mutating func checkFiles(_ record: JournalRecord) {
    checkDefinition(record)
    checkRepair(record)
    for hash in Self.evidence(in: record) where evidence[hash] == nil {
      evidence[hash] = record.seq
    }
  }

  private mutating func checkDefinition(_ record: JournalRecord) {
    for file in PinnedFile.all(in: record) {
      do throws(StoreError) {
        _ = try reader.definitionFile(file)
      } catch {
        report.add(.definition, record: record.seq, error)
      }
    }
  }

  /// Looks at the bytes that were moved aside before a record.
  private mutating func checkRepair(_ record: JournalRecord) {
    guard record.type == "journal.repaired" else { return }
    let name = record.data["file"]?.asString ?? ""
    guard RunNames.isItemID(name) else {
      return report.add(.repair, record: record.seq, .unfitName(name))
    }
    do throws(StoreError) {
      let bytes = try Folders.read("\(reader.folder)/\(name)")
      guard .string(Digest.hex(bytes)) != record.data["sha256"] else { return }
      report.add(.repair, record: record.seq, "`\(name)` is not what was moved aside")
    } catch {
      guard error.saysMissing else { return report.add(.repair, record: record.seq, error) }
      report.add(.repair, record: record.seq, "`\(name)`, which was moved aside, is missing")
    }
  }

  /// Looks at the evidence that records name and at what else is kept.
  mutating func checkEvidence() {
    var kept: [String] = []
    do throws(StoreError) {
      kept = try Folders.names(in: reader.folder + "/evidence")
    } catch {
      report.add(.evidence, error)
    }
    for hash in Set(evidence.keys).union(kept.filter { !$0.hasSuffix(".tmp") }).sorted() {
      do throws(StoreError) {
        _ = try reader.evidence(sha256: hash)
      } catch {
        report.add(.evidence, record: evidence[hash], error)
      }
    }
  }

  private static func evidence(in record: JournalRecord) -> [String] {
    switch record.data["evidence"] {
    case .string(let hash): [hash]
    case .map(let map): map["sha256"]?.asString.map { [$0] } ?? []
    case .list(let values):
      values.compactMap { $0.asString ?? $0["sha256"]?.asString }
    default: []
    }
  }
}
