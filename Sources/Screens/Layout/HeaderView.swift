import Frames

/// The first line: what is open, on which data, and where the session stands.
enum HeaderView {
    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let numbers = NumberFormat(glyphs: explorer.glyphs)
        let dot = " \(explorer.glyphs.dot) "
        let name = StyledText(" pare", .title, .bold) + StyledText("  \(explorer.network.name)", .value)
        var left = name
        if let dataset = explorer.dataset {
            left += StyledText(dot, .muted)
            let place = dataset.isGenerated ? dataset.name : "\(dataset.name) \(dataset.split.rawValue)"
            left += StyledText("\(place) \(numbers.integer(dataset.count))", dataset.isGenerated ? .warning : .text)
        } else {
            let isExpected = explorer.isDataExpected
            left += StyledText(dot, .muted)
            left += StyledText(isExpected ? "loading data\(explorer.glyphs.ellipsis)" : "no data", isExpected ? .muted : .warning)
        }
        let state = StyledText(dot, .muted) + stateText(explorer)
        let isOpened = explorer.base == nil && !explorer.isTraining
        if area.width - left.cellWidth - state.cellWidth >= explorer.session.word.cellWidth + 4 {
            left += state
        } else if !isOpened {
            // The name of the data is known; which weights these are is not.
            left = name + state
        }
        let right = sessionText(explorer, dot: dot)
        let room = area.width - left.cellWidth - 2
        let shown = room >= right.cellWidth ? right : StyledText("\(explorer.session.word) ", role(of: explorer.session))
        frame.draw(left, at: Point(x: area.x, y: area.y), width: area.width, alignment: .left, glyphs: explorer.glyphs, clip: area)
        if room >= shown.cellWidth { frame.drawRight(shown, endingAt: area.maxX, row: area.y, clip: area) }
    }

    /// Which weights the numbers belong to: `as opened`, `trained 5 epochs`, `training 2/5`.
    private static func stateText(_ explorer: Explorer) -> StyledText {
        guard let run = explorer.training, explorer.isTraining else {
            return StyledText(explorer.stateText, explorer.base == nil ? .muted : .value)
        }
        let word = explorer.isTrainingPaused ? "paused" : "training"
        return StyledText("\(word) \(run.progress.epoch)/\(run.progress.epochs)", explorer.isTrainingPaused ? .warning : .value)
    }

    private static func sessionText(_ explorer: Explorer, dot: String) -> StyledText {
        let session = explorer.session
        return StyledText("session ", .muted) + StyledText(session.name, .text) + StyledText(dot, .muted)
            + StyledText(session.word + " ", role(of: session))
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
