import Frames
import Reports

/// What a plan came to when the user pinned it, so that the lines below the layers tell what changed since.
struct PinnedFigures: Hashable, Sendable {
    /// A figure of all examples.
    struct Figure: Hashable, Sendable {
        var name: String
        var value: Double
        var count: Int
    }

    /// Nil where none was measured.
    let figure: Figure?
    let bytes: ByteFigure?

    init(_ report: AccuracyReport?, _ bytes: ByteFigure?) {
        figure = report.map { Figure(name: $0.figureName, value: $0.current, count: $0.count) }
        self.bytes = bytes
    }

    /// What the figure changed by; nil while it is an estimate, and where it is another one.
    func change(in report: AccuracyReport) -> Double? {
        guard let figure, report.isExact, report.figureName == figure.name, report.count == figure.count else { return nil }
        return report.current - figure.value
    }
}

extension Explorer {
    /// Why the plan's figures can't be pinned, or nil.
    var pinObstacle: String? {
        if pinned != nil { return nil }
        let isOpen = isAccuracyWanted && !(isAccuracyFresh && accuracy?.value.isExact == true)
        return isOpen || fileSize == nil ? "the figures of this plan are still being found; pin them in a moment" : nil
    }

    /// Whether a figure is on its way or there.
    private var isAccuracyWanted: Bool { accuracy != nil || isDataExpected }

    /// Pins the figures of the plan, or lets them go.
    mutating func togglePin() {
        guard pinned == nil else {
            pinned = nil
            return say("nothing is pinned")
        }
        pinned = PinnedFigures(isAccuracyFresh ? accuracy?.value : nil, fileSize)
        say("pinned: changes since then stand behind the figures; @ lets go", .success)
    }

    /// `  • −0.12 pt`, since the pin.
    func changeSincePin(_ report: AccuracyReport) -> StyledText {
        guard isAccuracyFresh, let change = pinned?.change(in: report) else { return "" }
        let isShare = report.hasShare
        let words = numbers.signed(isShare ? 100 * change : change, digits: isShare ? 2 : 4) + (isShare ? " pt" : "")
        return StyledText("  \(glyphs.tag) ", .muted) + StyledText(words, change < 0 ? .bad : change > 0 ? .good : .value)
    }

    /// `  • −3,120 B`, since the pin; with ~ where one of both is an estimate.
    func changeSincePin(_ size: ByteFigure) -> StyledText {
        guard let before = pinned?.bytes else { return "" }
        let change = size.count - before.count
        let isExact = size.isExact && before.isExact
        let words = (isExact ? "" : "~") + (change > 0 ? "+" : change < 0 ? numbers.minus : "") + numbers.integer(abs(change)) + " B"
        return StyledText("  \(glyphs.tag) ", .muted) + StyledText(words, change > 0 ? .bad : change < 0 ? .good : .value)
    }
}
