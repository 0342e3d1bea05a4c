import Foundation

/// log(1 + x), exact for small x.
func logOnePlus(_ x: Double) -> Double { log1p(x) }

extension HistogramChart {
    func drawBars(in plot: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard !plot.isEmpty else { return }
        let kept = columns(kept, width: plot.width)
        let pruned = columns(pruned, width: plot.width)
        let outline = overlay.isEmpty ? [] : columns(overlay, width: plot.width)
        let totals = zip(kept, pruned).map { $0 + $1 }
        let highest = max(totals.max() ?? 0, outline.max() ?? 0)
        guard highest > 0 else { return }
        let bar = Bar(unit: Double(8 * plot.height) / height(highest), limit: 8 * plot.height)
        for column in 0..<plot.width {
            let place = plot.x + column
            let total = bar.eighths(height(totals[column]))
            let share = totals[column] > 0 ? kept[column] / totals[column] : 0
            let solid = kept[column] > 0 ? min(total, max(1, Int((share * Double(total)).rounded()))) : 0
            drawPruned(total, above: solid, x: place, in: plot, on: &frame, glyphs: glyphs)
            drawSolid(solid, x: place, in: plot, on: &frame, glyphs: glyphs)
            if !outline.isEmpty {
                drawOutline(bar.eighths(height(outline[column])), x: place, in: plot, on: &frame, glyphs: glyphs)
            }
        }
    }

    /// Heights in eighths of a row; what is not 0 has at least one.
    private struct Bar {
        let unit: Double
        let limit: Int

        func eighths(_ height: Double) -> Int {
            height > 0 ? min(limit, max(1, Int((height * unit).rounded()))) : 0
        }
    }

    private func drawSolid(_ eighths: Int, x: Int, in plot: Rect, on frame: inout Frame, glyphs: Glyphs) {
        for row in 0..<((eighths + 7) / 8) {
            let part = min(8, eighths - 8 * row)
            frame[x, plot.maxY - 1 - row] = Cell(glyphs.eighths[part - 1], style: Style(.kept))
        }
    }

    /// Shade has no eighths: the topmost row is shaded from one half on, else a dim partial block keeps the outline true.
    private func drawPruned(_ total: Int, above solid: Int, x: Int, in plot: Rect, on frame: inout Frame, glyphs: Glyphs) {
        for row in (solid / 8)..<max(solid / 8, (total + 7) / 8) {
            let part = min(8, total - 8 * row)
            let glyph = part >= 4 ? glyphs.shade : glyphs.eighths[max(0, part - 1)]
            frame[x, plot.maxY - 1 - row] = Cell(glyph, style: Style(.pruned, part >= 4 ? [] : .dim))
        }
    }

    private func drawOutline(_ eighths: Int, x: Int, in plot: Rect, on frame: inout Frame, glyphs: Glyphs) {
        guard eighths > 0 else { return }
        let row = (eighths - 1) / 8
        let part = (eighths - 1) % 8
        let glyph = part < 3 ? glyphs.outlineLow : part < 6 ? glyphs.outlineMiddle : glyphs.outlineHigh
        frame[x, plot.maxY - 1 - row] = Cell(glyph, style: Style(.overlay))
    }

    func drawThresholds(in plot: Rect, on frame: inout Frame, glyphs: Glyphs) {
        for column in Set(thresholds.compactMap { column(of: $0, in: plot) }) {
            for y in plot.y..<plot.maxY { frame[column, y] = Cell(glyphs.vertical, style: Style(.threshold)) }
        }
    }
}
