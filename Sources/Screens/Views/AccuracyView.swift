import Frames
import Networks
import Reports

/// Accuracy under the plan beside the original's: the figures, their trend over the last plans, and each class.
///
/// Where there is little room, the confusion matrix goes first, then the classes, the trend, and the lines of figures from below;
/// the accuracy itself stays.
package struct AccuracyView: PaneView {
    package static var place: Place { .accuracy }

    /// The first row of the list of classes.
    var scroll = 0

    package init() {}

    package func title(_ explorer: Explorer) -> String {
        if let report = explorer.accuracy?.value, report.isAgreement {
            let count = explorer.numbers.count(report.count, report.exampleName)
            return "\(report.fidelity != nil ? "Fidelity" : "Agreement") \(explorer.glyphs.dot) \(count)"
        }
        if let report = explorer.accuracy?.value, let measure = report.figure?.reading.measure {
            if measure == .iou || measure == .r2 { return "\(measure.name) \(explorer.glyphs.dot) \(report.split.rawValue)" }
            return
                "\(report.figureName.prefix(1).uppercased() + report.figureName.dropFirst()) \(explorer.glyphs.dot) \(report.split.rawValue)"
        }
        guard let split = explorer.accuracy?.value.split ?? explorer.dataset?.split else { return "Accuracy" }
        return "Accuracy \(explorer.glyphs.dot) \(split.rawValue)"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty else { return }
        guard let accuracy = explorer.accuracy?.value else {
            let text = AccuracyObstacle(explorer)?.text ?? "accuracy is being measured"
            return ViewText.hint(text, explorer, in: area, on: &frame)
        }
        let text = AccuracyText(explorer, accuracy)
        let lines = ViewText.flow(text.parts, width: area.width)
        let room = AccuracyRoom(height: area.height, lines: lines.count, classes: accuracy.confusion.classCount)
        let rest = ViewText.draw(Array(lines.prefix(room.lines)), explorer, in: area, on: &frame)
        let (trend, below) = rest.splitTop(room.trend)
        Self.drawTrend(explorer, accuracy, in: trend, on: &frame)
        ClassesChart(explorer, accuracy, scroll: scroll).draw(in: below, on: &frame)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        let rows = explorer.accuracy?.value.confusion.classCount ?? 0
        scroll = min(max(0, scroll + offset), max(0, rows - 1))
    }

    private static func drawTrend(_ explorer: Explorer, _ accuracy: AccuracyReport, in area: Rect, on frame: inout Frame) {
        guard area.height >= 2 else { return }
        let points = explorer.findings.trend.suffix(max(2, 2 * area.width))
        guard points.count > 1 else {
            return ViewText.hint("the trend begins with the next plan", explorer, in: area, on: &frame)
        }
        let original = LineChart.Series(Array(repeating: accuracy.original, count: points.count), role: .seriesOriginal)
        let current = LineChart.Series(
            points.map(\.accuracy), role: .series,
            band: points.map { point in
                point.interval.low <= point.interval.high ? point.interval.low...point.interval.high : nil
            })
        // From the worst that is shown to the original, so that small differences can be seen; bands may reach further and are cut.
        let shown = points.map(\.accuracy) + [accuracy.original]
        let range = shown.min().flatMap { low in shown.max().flatMap { high in high - low > 1e-4 ? low...high : nil } }
        let rest =
            area.height < 6 ? area : ViewText.draw([StyledText("by plan, the newest at the right", .muted)], explorer, in: area, on: &frame)
        LineChart(series: [original, current], range: range, labelFactor: accuracy.hasShare ? 100 : 1).draw(
            in: rest, on: &frame, glyphs: explorer.glyphs)
    }
}

/// How the rows of the accuracy pane are shared out.
struct AccuracyRoom {
    /// Rows of figures, of the trend and of the classes with their heading.
    let lines: Int
    let trend: Int
    let classes: Int

    /// Classes are shown where at least five of them fit below all figures and a trend of five rows.
    init(height: Int, lines wanted: Int, classes count: Int) {
        let wishedClasses = min(count, 5) + 1
        if count > 0, height >= wanted + 5 + wishedClasses {
            lines = wanted
            classes = min(count + 1, height - wanted - 5)
            trend = height - lines - classes
        } else {
            classes = 0
            lines = height < 5 ? min(wanted, height) : min(wanted, height - 3)
            trend = height - lines
        }
    }
}

extension Place {
    public static let accuracy = Place("accuracy", .pane(number: 4))
}
