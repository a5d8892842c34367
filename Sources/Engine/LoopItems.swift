package import Values

/// What has become of the items of a `for_each`: counts, and by name what needs somebody.
package struct LoopItems: Sendable, Hashable {
  /// One item; what is sensitive has no value to show.
  package struct Item: Sendable, Hashable {
    /// From 0, as in the addresses of its steps.
    package let index: Int
    package let value: Value?

    package init(index: Int, value: Value?) {
      self.index = index
      self.value = value
    }
  }

  /// How many there are.
  package let all: Int
  /// How many are over.
  package var done = 0
  /// Those in which something failed and was passed over.
  package var passedOver: [Item] = []
  /// Those in which a person did something in place of the machine.
  package var byHand: [Item] = []
  /// Those in which a person passed over something.
  package var overridden: [Item] = []
  /// In how many something was taken back, and nothing is left that can be.
  package var takenBack = 0
  /// Those in which something failed, is blocked or in doubt.
  package var stuck: [Item] = []
  package var waiting = 0
  package var underWay = 0
  /// Those that were ended before they were over.
  package var brokenOff: [Item] = []
  package var notBegun = 0
  /// Whether the loop is still at it.
  package var isOpen = false

  package init(all: Int) { self.all = all }
}
