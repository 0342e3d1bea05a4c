import Compression
import Frames
import Reports

/// The two lines below the layers: accuracy and size of the network.
enum FiguresView {
    static func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard area.height >= 1 else { return }
        drawAccuracy(explorer, in: area, on: &frame)
        ViewText.draw([sizeLine(explorer, width: area.width)], explorer, in: area.splitTop(1).rest, on: &frame)
    }

    private static func drawAccuracy(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let line = accuracyLine(explorer, width: area.width)
        ViewText.draw([line], explorer, in: area, on: &frame)
        guard let report = explorer.accuracy?.value, !report.isExact || !explorer.isAccuracyFresh else { return }
        let bar = Rect(x: area.x + line.cellWidth + 1, y: area.y, width: min(10, area.maxX - area.x - line.cellWidth - 2), height: 1)
        let done = explorer.isAccuracyFresh ? Double(report.evaluated) / Double(max(1, report.count)) : 0
        if bar.width >= 4 { ProgressBar(done).draw(in: bar, on: &frame, glyphs: explorer.glyphs) }
    }

    /// `accuracy 91.02 → 90.71 %  −0.31 pt (−0.48…−0.14)  ✓ within 0.5  surely worse  +12 −43  of 10,000`, shorter where there is no room.
    static func accuracyLine(_ explorer: Explorer, width: Int) -> StyledText {
        guard let report = explorer.accuracy?.value, report.originalEvaluated > 0 || report.evaluated > 0 else {
            return StyledText(" \(figureName(explorer)) " + unmeasured(explorer), .muted)
        }
        let role = explorer.isAccuracyFresh ? Role.value : .muted
        if let found = report.fidelity, report.figure == nil { return fidelityLine(found, report, role, explorer.numbers, width: width) }
        if report.namesOneClass { return similarityLine(report, role, explorer.numbers, width: width) }
        return VerdictLine(explorer, report).fitting(width)
    }

    private static func figureName(_ explorer: Explorer) -> String {
        explorer.accuracy?.value.headlineName ?? (isAgreement(explorer) ? "agreement" : "accuracy")
    }

    /// ` cosine 0.998731  KL 0.0123 nat  the original names one class for all inputs`, where agreement says nothing.
    private static func similarityLine(_ report: AccuracyReport, _ role: Role, _ numbers: NumberFormat, width: Int) -> StyledText {
        let figures =
            StyledText(" cosine ", .muted) + StyledText(numbers.decimal(report.cosine, digits: 6), role) + StyledText("  KL ", .muted)
            + StyledText(numbers.significant(report.divergence) + " nat", role)
        let reasons = ["  the original names one class for all inputs", "  one class for all", ""]
        return reasons.map { figures + StyledText($0, .warning) }.first { $0.cellWidth <= width } ?? figures
    }

    /// ` fidelity  cosine 0.998731  error −31.2 dB  of 1,000 generated inputs`.
    private static func fidelityLine(
        _ found: Fidelity, _ report: AccuracyReport, _ role: Role, _ numbers: NumberFormat, width: Int
    ) -> StyledText {
        let error = found.decibels.map { $0.isFinite ? numbers.signed($0, digits: 1) + " dB" : "none" } ?? numbers.missing
        let figures =
            StyledText(" fidelity  cosine ", .muted) + StyledText(numbers.decimal(report.cosine, digits: 6), role)
            + StyledText("  error ", .muted) + StyledText(error, role)
        let count =
            report.isExact ? "of \(numbers.integer(report.count))" : "\(numbers.integer(report.evaluated))/\(numbers.integer(report.count))"
        let extents = ["  \(count) \(report.exampleName)\(report.count == 1 ? "" : "s")", "  \(count)", ""]
        return extents.map { figures + StyledText($0, .muted) }.first { $0.cellWidth <= width } ?? figures
    }

    /// Whether there are no labels, so that agreement with the original stands where accuracy would.
    private static func isAgreement(_ explorer: Explorer) -> Bool {
        explorer.accuracy?.value.isAgreement ?? (explorer.dataset.map { $0.kind != .labelled } ?? false)
    }

    /// The size of the file: exact where it was encoded for the plan as it stands, else by the layers' estimates.
    private static func fileParts(_ explorer: Explorer, _ size: ByteFigure, _ numbers: NumberFormat, room: Int) -> StyledText {
        let ratio = size.count > 0 ? Double(explorer.desk.opened.storedByteCount) / Double(size.count) : nil
        let role = size.isExact ? Role.value : .muted
        let line = StyledText(numbers.bytes(size), role) + StyledText("  " + numbers.ratio(ratio), role) + explorer.changeSincePin(size)
        let zeros =
            StyledText("  zeros ", .muted)
            + StyledText(numbers.percent(explorer.layers.isEmpty ? nil : explorer.findings.sparsity?.value, isSpaced: true), role)
        let badge = StyledText(size.isExact ? "  exact, file" : "  estimated, file", .badge)
        return [line + zeros + badge, line + zeros, line].first { $0.cellWidth <= room } ?? line
    }

    private static func unmeasured(_ explorer: Explorer) -> String {
        if AccuracyObstacle(explorer) != nil { return "can't be measured" }
        if let words = gathering(explorer) { return words }
        if explorer.isDataExpected { return "loading data\(explorer.glyphs.ellipsis)" }
        return "measuring\(explorer.glyphs.ellipsis)"
    }

    /// `gathering outputs: 2 of 4 layers`, while the plan waits for them.
    static func gathering(_ explorer: Explorer) -> String? {
        guard let found = explorer.findings.gathering, found.generation == explorer.generation,
            explorer.findings.settled < found.generation
        else { return nil }
        return "gathering outputs: \(explorer.numbers.integer(found.value[0])) of \(explorer.numbers.count(found.value[1], "layer"))"
    }

    /// `  12.3 ms a batch of 16`: of the whole network where it was timed, else of its layers; nothing before.
    private static func time(_ explorer: Explorer) -> StyledText {
        guard let timing = explorer.timing, let time = timing.whole.map({ Latency($0) }) ?? timing.sum else { return "" }
        let words =
            (time.isEstimate ? "~" : "") + explorer.numbers.significant(time.milliseconds) + (timing.whole == nil ? " ms of layers" : " ms")
        return StyledText("  ", .muted) + StyledText(words, time.isEstimate ? .muted : .value)
            + StyledText(" a batch of \(timing.device.batch)", .muted)
    }

    /// What size and ratio take behind the size that came.
    private static let sizeRoom = 30

    /// `size 1,724,320 → ~44,120 B  39.1×  zeros 90.0 %  estimated`, shorter where there is no room.
    static func sizeLine(_ explorer: Explorer, width: Int) -> StyledText {
        let (stored, float32) = (explorer.desk.opened.storedByteCount, explorer.desk.opened.denseByteCount)
        var line = StyledText(" size ", .muted) + StyledText(explorer.numbers.integer(stored), .text)
        let words = StyledText(" of \(explorer.numbers.integer(float32)) as float32", .muted)
        if stored < float32, line.cellWidth + words.cellWidth + Self.sizeRoom <= width { line += words }
        line += StyledText(" \(explorer.glyphs.arrow) ", .muted)
        if let words = gathering(explorer) { return line + StyledText(words, .badge) }
        let unknown = explorer.layers.isEmpty ? "not known: no layer was found" : "computing\(explorer.glyphs.ellipsis)"
        guard explorer.findings.bytes != nil, let size = explorer.fileSize else { return line + StyledText(unknown, .muted) }
        let time = time(explorer)
        let room = width - line.cellWidth
        let short = fileParts(explorer, size, explorer.numbers, room: room - time.cellWidth)
        line += short.cellWidth + time.cellWidth <= room ? short + time : fileParts(explorer, size, explorer.numbers, room: room)
        return line
    }
}
