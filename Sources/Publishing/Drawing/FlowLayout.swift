/// Lays blocks out: one below the other, ways side by side, frames around what belongs together,
/// ways after a failure to the right.
struct FlowLayout {
  func figure(_ block: FlowBlock) -> Figure {
    let main: Figure =
      switch block.look {
      case .section, .loop: frame(block, stack(block.lists.first ?? FlowList(blocks: [])))
      case .parallel: frame(block, columns(block.lists))
      case .choice: choice(block)
      default: CardFigure(block).figure
      }
    return block.failures.isEmpty ? main : withFailures(main, block.failures)
  }

  // MARK: one below the other

  /// Blocks one below the other, on one axis.
  func stack(_ list: FlowList) -> Figure {
    let figures = list.blocks.map(figure)
    guard !figures.isEmpty else { return .empty(width: 40, height: 20) }
    let jumps = self.jumps(list.blocks)
    let lanes = Double(jumps.count) * Measure.lane + (jumps.isEmpty ? 0 : 6)
    let axis = (figures.map(\.axis).max() ?? 0) + lanes
    let width = axis + (figures.map(\.right).max() ?? 0)
    var tops: [Double] = []
    var y = 0.0
    for figure in figures {
      tops.append(y)
      y += figure.height + Measure.gap
    }
    let gaps = tops.dropFirst().map { $0 - Measure.gap / 2 }
    return Figure(width: width, height: y - Measure.gap, axis: axis, gaps: gaps) {
      canvas, x, top in
      for (index, figure) in figures.enumerated() {
        let place = top + tops[index]
        if index > 0, list.blocks[index - 1].leadsOn {
          canvas.line(
            "edge", [(x + axis, place - Measure.gap), (x + axis, place - 2)], arrow: "arrow")
        }
        figure.draw(&canvas, x + axis - figure.axis, place)
      }
      for (lane, jump) in jumps.enumerated() {
        let from = figures[jump.from]
        let to = figures[jump.to]
        let laneX = x + Double(jumps.count - 1 - lane) * Measure.lane + 4
        let start = top + tops[jump.from] + 20
        let end = top + tops[jump.to] + 20
        canvas.line(
          "edge skip",
          [
            (x + axis - from.axis, start), (laneX, start), (laneX, end),
            (x + axis - to.axis - 2, end),
          ], arrow: "arrow")
      }
    }
  }

  /// Which blocks of a list lead to which; shorter ways first, so that they cross nothing.
  private func jumps(_ blocks: [FlowBlock]) -> [(from: Int, to: Int)] {
    var jumps: [(from: Int, to: Int)] = []
    for (index, block) in blocks.enumerated() {
      guard let target = block.target, let to = blocks.firstIndex(where: { $0.id == target })
      else { continue }
      jumps.append((index, to))
    }
    return jumps.sorted { ($0.to - $0.from, $0.from) < ($1.to - $1.from, $1.from) }
  }

  // MARK: side by side

  /// Lists side by side, from one line to one line.
  private func columns(_ lists: [FlowList]) -> Figure {
    let figures = lists.map(column)
    guard let first = figures.first, let last = figures.last, figures.count > 1 else {
      return figures.first ?? .empty(width: 40, height: 20)
    }
    let gaps = Double(figures.count - 1) * Measure.columnGap
    let width = figures.reduce(0) { $0 + $1.width } + gaps
    let inner = figures.map(\.height).max() ?? 0
    let rail = 22.0
    // In the middle between the outer columns' axes.
    let axis = (first.axis + width - last.right) / 2
    return Figure(width: width, height: inner + 2 * rail, axis: axis) { canvas, x, y in
      var left = x
      var axes: [(x: Double, bottom: Double, leadsOn: Bool)] = []
      for (list, figure) in zip(lists, figures) {
        let center = left + figure.axis
        canvas.line("edge", [(center, y), (center, y + rail - 2)], arrow: "arrow")
        figure.draw(&canvas, left, y + rail)
        axes.append((center, y + rail + figure.height, list.leadsOn))
        left += figure.width + Measure.columnGap
      }
      canvas.line("edge", [(x + first.axis, y), (x + width - last.right, y)])
      rails(&canvas, axes.filter(\.leadsOn), axis: x + axis, bottom: y + inner + 2 * rail)
    }
  }

  /// The lines that lead from the ends of columns to the axis.
  private func rails(
    _ canvas: inout SVGCanvas, _ ends: [(x: Double, bottom: Double, leadsOn: Bool)], axis: Double,
    bottom: Double
  ) {
    for end in ends { canvas.line("edge", [(end.x, end.bottom), (end.x, bottom)]) }
    let places = ends.map(\.x) + [axis]
    guard let left = places.min(), let right = places.max(), right > left, !ends.isEmpty else {
      return
    }
    canvas.line("edge", [(left, bottom), (right, bottom)])
  }

  /// A list under the condition that leads to it.
  private func column(_ list: FlowList) -> Figure {
    let body = list.blocks.isEmpty ? nil : stack(list)
    guard let label = list.label else { return body ?? .empty(width: 40, height: 20) }
    let pill = self.label(label, width: min(Measure.box, max(body?.width ?? 0, 170)), "way")
    guard let body else { return pill }
    let axis = max(pill.axis, body.axis)
    let width = axis + max(pill.right, body.right)
    let height = pill.height + 22 + body.height
    return Figure(width: width, height: height, axis: axis) { canvas, x, y in
      pill.draw(&canvas, x + axis - pill.axis, y)
      let bottom = y + pill.height
      canvas.line("edge", [(x + axis, bottom), (x + axis, bottom + 20)], arrow: "arrow")
      body.draw(&canvas, x + axis - body.axis, bottom + 22)
    }
  }

  /// Words in a small box of their own.
  private func label(_ text: String, width limit: Double, _ className: String) -> Figure {
    let lines = TextMeasure.lines(text, width: limit - 20, size: Measure.noteSize)
    let widest = lines.map { TextMeasure.width($0, size: Measure.noteSize, .regular) }.max() ?? 0
    let width = widest + 20
    let height = Double(lines.count) * Measure.noteLine + 10
    return Figure(width: width, height: height, axis: width / 2) { canvas, x, y in
      canvas.rectangle("\(className)-label", x, y, width, height, radius: 11)
      for (index, line) in lines.enumerated() {
        canvas.text(
          "\(className)-text", line, x + width / 2, y + 17 + Double(index) * Measure.noteLine)
      }
    }
  }

  private func choice(_ block: FlowBlock) -> Figure {
    let head = CardFigure(block).figure
    let ways = columns(block.lists)
    let axis = max(head.axis, ways.axis)
    let width = axis + max(head.right, ways.right)
    let gap = 18.0
    return Figure(width: width, height: head.height + gap + ways.height, axis: axis) {
      canvas, x, y in
      head.draw(&canvas, x + axis - head.axis, y)
      canvas.line("edge", [(x + axis, y + head.height), (x + axis, y + head.height + gap)])
      ways.draw(&canvas, x + axis - ways.axis, y + head.height + gap)
    }
  }

  // MARK: frames

  private func frame(_ block: FlowBlock, _ inner: Figure) -> Figure {
    let isLoop = block.look == .loop
    let back = isLoop ? 26.0 : 0
    let padding = Measure.framePadding
    let width = max(inner.width + 2 * padding + back, Measure.box + 2 * padding)
    let head = CardFigure(block, width: width)
    let innerX = (width - back - inner.width) / 2
    let top = head.height + 8
    let bottom = isLoop ? 26.0 : padding
    return Figure(
      width: width, height: top + inner.height + bottom, axis: innerX + inner.axis
    ) { canvas, x, y in
      canvas.open(
        "frame \(block.look.rawValue)",
        tooltip: ([block.title] + block.notes.map(\.text)).joined(separator: "\n"))
      canvas.rectangle("panel", x, y, width, top + inner.height + bottom, radius: 10)
      head.content(&canvas, x, y)
      canvas.close()
      inner.draw(&canvas, x + innerX, y + top)
      guard isLoop else { return }
      let axis = x + innerX + inner.axis
      let end = y + top + inner.height
      let side = x + width - 16
      canvas.line(
        "edge back",
        [
          (axis, end), (axis, end + 13), (side, end + 13), (side, y + top - 10),
          (axis, y + top - 10),
          (axis, y + top - 2),
        ], arrow: "arrow")
    }
  }

  /// A figure with what is done after a failure at its right.
  private func withFailures(_ main: Figure, _ failures: [FlowList]) -> Figure {
    let panels = failures.map(failurePanel)
    let offset = main.width + Measure.failureGap
    let width = offset + (panels.map(\.width).max() ?? 0)
    let panelsHeight = panels.reduce(0) { $0 + $1.height + 16 } - 16
    return Figure(width: width, height: max(main.height, panelsHeight), axis: main.axis) {
      canvas, x, y in
      main.draw(&canvas, x, y)
      if panelsHeight > main.height {
        let bottom = y + max(main.height, panelsHeight)
        canvas.line("edge", [(x + main.axis, y + main.height), (x + main.axis, bottom)])
      }
      var top = y
      let middle = x + main.width + Measure.failureGap / 2
      for (index, panel) in panels.enumerated() {
        let points =
          index == 0
          ? [(x + main.width, top + 20), (x + offset - 2, top + 20)]
          : [
            (x + main.width, y + 20), (middle, y + 20), (middle, top + 20),
            (x + offset - 2, top + 20),
          ]
        canvas.line("edge failure", points, arrow: "failure-arrow")
        panel.draw(&canvas, x + offset, top)
        top += panel.height + 16
      }
    }
  }

  private func failurePanel(_ list: FlowList) -> Figure {
    let body = list.blocks.isEmpty ? nil : stack(list)
    let padding = 16.0
    let inner = max(body?.width ?? 0, 200)
    let width = inner + 2 * padding
    let label = TextMeasure.lines(list.label ?? "", width: inner, size: Measure.noteSize, .bold)
    let ending = TextMeasure.lines(list.ending ?? "", width: inner, size: Measure.noteSize)
    let top = Double(label.count) * Measure.noteLine + 18
    let bodyHeight = body.map { $0.height + 10 } ?? 0
    let height = top + bodyHeight + Double(ending.count) * Measure.noteLine + 12
    return Figure(width: width, height: height, axis: width / 2) { canvas, x, y in
      canvas.rectangle("failure-panel", x, y, width, height, radius: 10)
      for (index, line) in label.enumerated() {
        canvas.text(
          "failure-title", line, x + padding, y + 23 + Double(index) * Measure.noteLine)
      }
      if let body { body.draw(&canvas, x + (width - body.width) / 2, y + top) }
      for (index, line) in ending.enumerated() {
        canvas.text(
          "trouble", line, x + padding,
          y + top + bodyHeight + 14 + Double(index) * Measure.noteLine)
      }
    }
  }
}
