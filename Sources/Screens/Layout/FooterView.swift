import Frames

/// The last line: a prompt, a message where there is no line for it, or the keys that mean something now.
enum FooterView {
    /// A key's place in the footer.
    struct Item {
        var command: Command
        var text: StyledText
        var x: Int
    }

    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        if explorer.place.form == .line { return explorer.stack.top.draw(explorer, in: area, on: &frame) }
        if let message = explorer.message, explorer.layout(for: frame.size).status.isEmpty {
            return StatusView.draw(StatusView.text(of: message), isMessage: true, explorer, in: area, on: &frame)
        }
        for item in items(explorer, in: area) { frame.draw(item.text, at: Point(x: item.x, y: area.y), clip: area) }
        let crumb = crumb(explorer, width: area.width)
        frame.drawRight(crumb, endingAt: area.maxX, row: area.y, clip: area)
    }

    /// The command whose key stands under a point.
    static func command(at point: Point, _ explorer: Explorer, in area: Rect) -> Command? {
        guard area.contains(point) else { return nil }
        return items(explorer, in: area).first { point.x >= $0.x && point.x < $0.x + $0.text.cellWidth }?.command
    }

    /// The most useful keys first, as many as fit whole; what nobody should have to look for always, and last.
    static func items(_ explorer: Explorer, in area: Rect) -> [Item] {
        let place = explorer.place
        let last = lastCommands(width: area.width).compactMap(CommandTable.command).filter { $0.places.contains(place) }
            .map { (command: $0, text: text($0, explorer)) }
        let hints = CommandTable.all
            .filter { $0.places.contains(place) && $0.hint?.isShown(explorer) == true && !Self.fixed.contains($0.name) }
            .sorted { ($0.hint?.rank ?? 0) < ($1.hint?.rank ?? 0) }
        let room = last.reduce(-2) { $0 + $1.text.cellWidth + 2 }
        let end = area.maxX - crumb(explorer, width: area.width).cellWidth
        var items: [Item] = []
        var x = area.x + 1
        for command in hints {
            let text = text(command, explorer)
            guard x + text.cellWidth + 2 + room <= end else { continue }
            items.append(Item(command: command, text: text, x: x))
            x += text.cellWidth + 2
        }
        for (command, text) in last {
            items.append(Item(command: command, text: text, x: x))
            x += text.cellWidth + 2
        }
        return items
    }

    /// How every footer ends.
    private static let fixed = ["export-plan", "open-help", "quit"]

    /// The help stays on the narrowest screen.
    private static func lastCommands(width: Int) -> [String] {
        switch width {
        case ..<50: ["open-help"]
        case ..<60: ["open-help", "quit"]
        default: fixed
        }
    }

    private static func text(_ command: Command, _ explorer: Explorer) -> StyledText {
        let isRebound = explorer.bindings[command.name] != nil
        let keys = (isRebound ? nil : command.hint?.keys) ?? explorer.keys(of: command).first?.label ?? ""
        let isPossible = command.obstacle(explorer) == nil
        return StyledText(keys, isPossible ? .key : .muted, isPossible ? .bold : .dim)
            + StyledText(" " + (command.hint?.label(explorer) ?? ""), isPossible ? .keyLabel : .muted, isPossible ? [] : .dim)
    }

    /// Where the keys go: `conv2 ▸ ratio`; the line of knobs says it as well where there is no room.
    private static func crumb(_ explorer: Explorer, width: Int) -> StyledText {
        guard width >= 100 else { return "" }
        guard explorer.stack.isEmpty, explorer.selectedLayer != nil else {
            return StyledText("  " + explorer.place.title + " ", .muted)
        }
        return StyledText("  \(explorer.targetName(width: width / 5)) \(explorer.glyphs.mark) ", .muted)
            + StyledText(explorer.activeKnob.name(in: explorer.selectedPlan) + " ", .knob)
    }
}
