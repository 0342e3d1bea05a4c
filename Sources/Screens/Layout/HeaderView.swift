import Frames

/// The first line: what is open, on which data, and where the session stands.
enum HeaderView {
    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let lines = lines(explorer)
        let (left, right) = lines.first { $0.left.cellWidth + 2 + $0.right.cellWidth <= area.width } ?? (lines[lines.count - 1].left, "")
        ViewText.draw([left], explorer, in: area, on: &frame)
        frame.drawRight(right, endingAt: area.maxX, row: area.y, clip: area)
    }

    /// Both ends of the line, the longest first. What is said elsewhere gives way before the session's name: the word before it, the split, that the
    /// network is as it was opened; of a trained one the data, whose name is known.
    private static func lines(_ explorer: Explorer) -> [(left: StyledText, right: StyledText)] {
        let dot = " \(explorer.glyphs.dot) "
        let network = StyledText(" pare", .title, .bold) + StyledText("  \(explorer.network.name)", .value)
        let state = StyledText(dot, .muted) + stateText(explorer)
        let isOpened = explorer.base == nil && !explorer.isTraining
        let data = [true, false].map { StyledText(dot, .muted) + dataText(explorer, hasSplit: $0) }
        let word = StyledText("\(explorer.session.word) ", role(of: explorer.session))
        let ellipsis = String(explorer.glyphs.ellipsis)
        let names = [explorer.session.name, explorer.session.name.truncated(to: shortestName, ellipsis: ellipsis)]
        let named = names.map { StyledText($0 + dot, .text) + word }
        let whole = data.map { network + $0 + state }
        let shorter = isOpened ? data.map { network + $0 } : [network + state]
        return [(whole[0], StyledText("session ", .muted) + named[0])]
            + (named + [word]).flatMap { right in (whole + shorter).map { ($0, right) } }
    }

    /// Cells to which a session's name is cut before it is left out.
    private static let shortestName = 16

    private static func dataText(_ explorer: Explorer, hasSplit: Bool) -> StyledText {
        guard let dataset = explorer.dataset else {
            return explorer.isDataExpected ? StyledText("loading data\(explorer.glyphs.ellipsis)", .muted) : StyledText("no data", .warning)
        }
        let split = hasSplit && !dataset.isGenerated ? " \(dataset.split.rawValue)" : ""
        let count = explorer.numbers.integer(dataset.count)
        return StyledText("\(dataset.name)\(split) \(count)", dataset.isGenerated ? .warning : .text)
    }

    /// Which weights the numbers belong to: `as opened`, `trained 5 epochs`, `training 2/5`.
    private static func stateText(_ explorer: Explorer) -> StyledText {
        guard let run = explorer.training, explorer.isTraining else {
            return StyledText(explorer.stateText, explorer.base == nil ? .muted : .value)
        }
        let word = explorer.isTrainingPaused ? "paused" : "training"
        return StyledText("\(word) \(run.progress.epoch)/\(run.progress.epochs)", explorer.isTrainingPaused ? .warning : .value)
    }

    private static func role(of session: SessionStatus) -> Role {
        switch session.word {
        case "saved": .good
        case "not saved": .error
        case "read-only": .warning
        default: .muted
        }
    }
}
