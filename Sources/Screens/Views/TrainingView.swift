import Frames
import Reports

/// The training that runs, or the last one: where it stands, its loss and the accuracy of its epochs.
///
/// Where there is little room the charts go first, then the lines of figures from below.
package struct TrainingView: PaneView {
    package static var place: Place { .training }

    package init() {}

    package func title(_ explorer: Explorer) -> String {
        guard let run = explorer.training else { return "Training" }
        return "Training \(explorer.glyphs.dot) "
            + (run.hasTeacher ? "teacher \(run.recipe.teachers.map(\.shortName).joined(separator: ", "))" : "labels only")
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let run = explorer.training else {
            return ViewText.hint("nothing was trained yet; r begins", explorer, in: area, on: &frame)
        }
        let text = TrainingText(explorer, run)
        let below = Self.drawProgress(text, explorer, in: area, on: &frame)
        let lines = ViewText.flow(text.parts, width: below.width)
        // Charts take at least five rows with their headings, or none.
        let shown = below.height >= 8 ? min(lines.count, below.height - 5) : lines.count
        let charts = ViewText.draw(Array(lines.prefix(shown)), explorer, in: below, on: &frame)
        if charts.height >= 3 { Self.drawCharts(run, text, explorer, in: charts, on: &frame) }
    }

    package var rowWord: String { "layer" }

    package func move(by offset: Int, _ explorer: inout Explorer) { explorer.moveSelection(by: offset) }

    package func wheel(up: Bool, _ explorer: inout Explorer, time: Int64) {}

    /// Cells of a bar beside the words, at least.
    private static let barWidth = 8

    /// `2/4 share: epoch 3/5 ▓▓▓▓░░░░ batch 412/844`, the stage on a line of its own where that is too long; returns the area below.
    private static func drawProgress(_ text: TrainingText, _ explorer: Explorer, in area: Rect, on frame: inout Frame) -> Rect {
        let stage = text.stage.isEmpty ? "" : text.stage + StyledText(": ", .title)
        let words = [text.phase, text.shortPhase].map { stage + $0 }
        let fitting = words.first { $0.cellWidth + 1 + barWidth <= area.width }
        let isOne = fitting != nil || text.stage.isEmpty || area.height < 3
        let rest = isOne ? area : ViewText.draw([text.stage], explorer, in: area, on: &frame)
        let (row, below) = rest.splitTop(1)
        drawBar(fitting ?? (isOne ? words[1] : text.shortPhase), text, explorer, in: row, on: &frame)
        return below
    }

    private static func drawBar(_ words: StyledText, _ text: TrainingText, _ explorer: Explorer, in row: Rect, on frame: inout Frame) {
        ViewText.draw([words], explorer, in: row, on: &frame)
        guard let fraction = text.fraction else { return }
        var rest = row.splitLeft(words.cellWidth + 1).rest
        let batch = text.batch
        if rest.width >= batch.cellWidth + 7 {
            frame.drawRight(batch, endingAt: rest.maxX, row: row.y, clip: rest)
            rest = rest.splitLeft(rest.width - batch.cellWidth - 1).left
        }
        if rest.width >= 4 { ProgressBar(fraction).draw(in: rest, on: &frame, glyphs: explorer.glyphs) }
    }

    /// Side by side where both are wide enough, else one over the other, else the accuracy alone.
    private static func drawCharts(_ run: RetrainingRun, _ text: TrainingText, _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        if area.width >= 26, area.height < 12 {
            let (left, right) = area.splitLeft(area.width / 2)
            drawLoss(run, text, explorer, in: left.splitLeft(left.width - 1).left, on: &frame)
            drawAccuracy(run, explorer, in: right, on: &frame)
        } else if area.height >= 8 {
            let (upper, lower) = area.splitTop(area.height / 2)
            drawLoss(run, text, explorer, in: upper, on: &frame)
            drawAccuracy(run, explorer, in: lower, on: &frame)
        } else {
            drawAccuracy(run, explorer, in: area, on: &frame)
        }
    }

    private static func heading(_ text: StyledText, _ explorer: Explorer, in area: Rect, on frame: inout Frame) -> Rect {
        ViewText.draw([text], explorer, in: area, on: &frame)
    }

    private static func drawLoss(
        _ run: RetrainingRun, _ text: TrainingText, _ explorer: Explorer, in area: Rect, on frame: inout Frame
    ) {
        let formula = StyledText("loss ", .title) + StyledText("by batch, log; optimized: \(text.formula)", .muted)
        let title = [formula, StyledText("optimized loss", .title) + StyledText(" by batch, log", .muted), StyledText("loss", .title)].first
        { $0.cellWidth <= area.width }
        let rest = heading(title ?? "", explorer, in: area, on: &frame)
        let curve = run.progress.lossCurve.filter(\.isFinite)
        guard !curve.isEmpty else { return ViewText.hint("after some batches", explorer, in: rest, on: &frame) }
        let series = LineChart.Series(curve, role: .series)
        LineChart(series: [series], stepCount: steps(of: curve.count, run), isLogarithmic: true).draw(
            in: rest, on: &frame, glyphs: explorer.glyphs)
    }

    /// Room on the right for what is still to come.
    private static func steps(of count: Int, _ run: RetrainingRun) -> Int {
        let progress = run.progress
        guard !run.isEnded, progress.batches > 0, progress.epochs > 0 else { return count }
        let done = (Double(progress.epoch - 1) + Double(progress.batch) / Double(progress.batches)) / Double(progress.epochs)
        guard done > 0.001, done < 1 else { return count }
        return max(count, Int(Double(count) / done))
    }

    private static func drawAccuracy(_ run: RetrainingRun, _ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let isShare = run.progress.measure != .r2
        let (name, unit) = (run.progress.figureName, isShare ? "% " : "")
        let long = StyledText(name + " ", .title) + StyledText(unit + "by epoch", .muted)
        let rest = heading(
            long.cellWidth <= area.width ? long : StyledText(name + (isShare ? " %" : ""), .title), explorer, in: area, on: &frame)
        let epochs = run.progress.history
        guard !epochs.isEmpty else { return ViewText.hint("after the first epoch", explorer, in: rest, on: &frame) }
        let count = max(run.progress.epochs + 1, (epochs.last?.number ?? 0) + 1)
        var values = [Double?](repeating: nil, count: min(count, 100_000))
        for epoch in epochs where values.indices.contains(epoch.number) { values[epoch.number] = epoch.accuracy }
        if values[0] == nil { values[0] = run.initialAccuracy }
        var series = [LineChart.Series(values, role: .series)]
        if let original = explorer.accuracy?.value.original {
            series.insert(LineChart.Series(Array(repeating: original, count: values.count), role: .seriesOriginal), at: 0)
        }
        LineChart(series: series, labelFactor: isShare ? 100 : 1, stepCount: values.count).draw(
            in: rest, on: &frame, glyphs: explorer.glyphs)
    }
}

extension Place {
    public static let training = Place("training", .pane(number: 6))
}
