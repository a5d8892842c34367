/// Names with labels that run from right to left (RFC 5893, section 2).
enum BidirectionalRule {
  private enum Direction {
    case left, right, arabicNumber, europeanNumber, mark, neutral
  }

  /// Whether the labels of a name keep the rule, which binds all of them once one of them runs from
  /// right to left.
  static func holds(_ labels: [[Unicode.Scalar]]) -> Bool {
    guard labels.contains(where: { $0.contains { runsFromRight($0) } }) else { return true }
    return labels.allSatisfy { holds($0.map(direction(of:))) }
  }

  private static func runsFromRight(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x590 else { return false }
    let direction = direction(of: scalar)
    return direction == .right || direction == .arabicNumber
  }

  private static func holds(_ label: [Direction]) -> Bool {
    guard let last = label.last(where: { $0 != .mark }) else { return false }
    switch label.first {
    case .right:
      let isMixed = label.contains(.arabicNumber) && label.contains(.europeanNumber)
      return !isMixed && !label.contains(.left) && last != .neutral
    case .left:
      return !label.contains(.right) && !label.contains(.arabicNumber) && last != .neutral
    default: return false
    }
  }

  /// The class of a character that a label may hold (Unicode's property Bidi_Class).
  private static func direction(of scalar: Unicode.Scalar) -> Direction {
    switch scalar.value {
    case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
    case 0x660...0x669, 0x10D30...0x10D39: return .arabicNumber
    case 0x2D, 0xB7, 0x375, 0x200C, 0x200D, 0x30FB: return .neutral
    default: break
    }
    if JoiningType.isTransparent(scalar) { return .mark }
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
      return .right
    default: return .left
    }
  }
}
