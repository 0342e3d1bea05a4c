/// How much of something is done: `▓▓▓▓░░░░`.
public struct ProgressBar: Widget, Hashable {
    /// 0…1; outside it is clamped, NaN is 0.
    public var fraction: Double

    public init(_ fraction: Double) { self.fraction = fraction }

    public func draw(in rect: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard !rect.isEmpty else { return }
        let part = fraction.isNaN ? 0 : min(1, max(0, fraction))
        // Rounded down, so that only what is finished looks finished.
        let done = Int(part * Double(rect.width))
        for x in 0..<rect.width {
            let isDone = x < done
            frame[rect.x + x, rect.y] = Cell(
                isDone ? glyphs.progressDone : glyphs.progressRest, style: Style(isDone ? .progress : .progressRest))
        }
    }
}
