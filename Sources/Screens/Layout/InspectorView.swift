import Compression
import Frames
import Networks

/// The line of knobs: all that apply to the selected layer, the active one marked.
enum InspectorView {
    /// A knob's place on the line.
    struct Item {
        var knob: Knob
        var text: StyledText
        var x: Int
        var isActive: Bool
    }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard let layer = explorer.selectedLayer, !area.isEmpty else { return }
        let heading = heading(explorer, layer, width: area.width)
        ViewText.draw([heading], explorer, in: area, on: &frame)
        let room = area.splitLeft(heading.cellWidth).rest
        let knobs = explorer.knobs(of: layer)
        let items = items(knobs, explorer, from: room.x, to: area.maxX)
        for item in items { frame.draw(item.text, at: Point(x: item.x, y: room.y), clip: room) }
        if let first = items.first, first.knob != knobs.first {
            frame.draw(mark(explorer), at: Point(x: room.x, y: room.y), clip: room)
        }
        let isCut = items.last.map {
            $0.x + $0.text.cellWidth > area.maxX || $0.knob != knobs.last
        }
        guard isCut == true, room.width > 2 else { return }
        frame.draw(mark(explorer), at: Point(x: area.maxX - 2, y: room.y), clip: room)
    }

    /// Stands where knobs are left out, at either end.
    private static func mark(_ explorer: Explorer) -> StyledText { StyledText(" \(explorer.glyphs.ellipsis)", .muted) }

    /// The knob under a point.
    static func knob(at point: Point, _ explorer: Explorer, in area: Rect) -> Knob? {
        guard area.contains(point) else { return nil }
        return items(explorer, in: area).first { point.x >= $0.x && point.x < $0.x + $0.text.cellWidth }?.knob
    }

    /// Whose knobs these are: a layer, or all layers of a folded group.
    private static func heading(_ explorer: Explorer, _ layer: Layer, width: Int) -> StyledText {
        let isFolded = layer.isFolded && explorer.selectedGroup == nil
        let isBypassed = explorer.targets.allSatisfy { explorer.plan(of: $0).bypass }
        return StyledText(" \(explorer.targetName(width: max(12, width / 3))) ", .title, .bold) + StyledText(isFolded ? "+bn " : "", .muted)
            + StyledText(isBypassed ? "bypassed " : "", .warning) + StyledText("\(explorer.glyphs.mark) ", .muted)
    }

    /// The knobs from left to right; so many are left out at the left that the active one is in sight.
    static func items(_ explorer: Explorer, in area: Rect) -> [Item] {
        guard let layer = explorer.selectedLayer else { return [] }
        let start = area.x + heading(explorer, layer, width: area.width).cellWidth
        return items(explorer.knobs(of: layer), explorer, from: start, to: area.maxX)
    }

    private static func items(_ knobs: [Knob], _ explorer: Explorer, from start: Int, to end: Int) -> [Item] {
        guard let layer = explorer.selectedLayer else { return [] }
        let plan = explorer.plan(of: layer)
        let active = explorer.activeKnob
        var items: [Item] = []
        var x = start
        for knob in knobs {
            let isActive = knob == active
            let text = text(knob, plan, explorer, isActive: isActive)
            items.append(Item(knob: knob, text: text, x: x, isActive: isActive))
            x += text.cellWidth + 1
        }
        return scrolled(items, from: start, to: end)
    }

    /// Leaves out so many items at the left that the active one is seen whole, behind the mark that says so and before the one at the right.
    private static func scrolled(_ items: [Item], from start: Int, to end: Int) -> [Item] {
        guard let active = items.firstIndex(where: \.isActive), let last = items.last else { return items }
        let right = items[active].x + items[active].text.cellWidth
        let markWidth = 2
        if last.x + last.text.cellWidth <= end || right + markWidth <= end { return items.filter { $0.x < end } }
        let isLast = active == items.count - 1
        let room = end - start - markWidth - (isLast ? 0 : markWidth)
        let first = items.first { right - $0.x <= room && $0.x <= items[active].x } ?? items[active]
        let shift = first.x - start - markWidth
        return items.filter { $0.x >= first.x && $0.x - shift < end }.map {
            var item = $0
            item.x -= shift
            return item
        }
    }

    private static func text(_ knob: Knob, _ plan: LayerPlan, _ explorer: Explorer, isActive: Bool) -> StyledText {
        let name = knob.name(in: plan)
        let value = explorer.text(of: knob) + (explorer.inForce(of: knob).map { " = \($0)" } ?? "")
        guard isActive else { return StyledText(" \(name) ", .muted) + StyledText("\(value) ", .text) }
        // Brackets say it where there is no colour.
        return StyledText("[\(name) ", .knob) + StyledText(value, .knob, .bold) + StyledText("]", .knob)
    }
}
