extension LineChart {
    /// From steps and values to dots.
    struct Mapping {
        let range: ClosedRange<Double>
        let stepCount: Int

        /// The column of cells where a step stands.
        func cell(_ step: Int, width: Int) -> Int {
            stepCount > 1 ? max(0, min(width - 1, step * width / stepCount)) : 0
        }

        func line(_ series: Series, _ factor: Double, size: Size, _ glyphs: Glyphs) -> DotCanvas {
            var canvas = DotCanvas(size: size, graph: glyphs.graph)
            var last: (x: Int, y: Int)?
            for (step, value) in series.values.enumerated() {
                guard let value, let y = row(value * factor, canvas) else {
                    last = nil
                    continue
                }
                let point = (x: column(step, canvas), y: y)
                canvas.line(from: last ?? point, to: point)
                last = point
            }
            return canvas
        }

        /// Every other dot between the bounds, which are joined from step to step.
        func band(_ series: Series, _ factor: Double, size: Size, _ glyphs: Glyphs) -> DotCanvas {
            var canvas = DotCanvas(size: size, graph: glyphs.graph)
            for x in 0..<canvas.width {
                guard let (low, high) = bounds(series, factor, atDot: x, canvas) else { continue }
                for y in min(low, high)...max(low, high) where canvas.graph == .ascii || (x + y).isMultiple(of: 2) {
                    canvas.set(x, y)
                }
            }
            return canvas
        }

        private func bounds(_ series: Series, _ factor: Double, atDot x: Int, _ canvas: DotCanvas) -> (Int, Int)? {
            let position = stepCount > 1 ? Double(x) * Double(stepCount - 1) / Double(max(1, canvas.width - 1)) : 0
            let first = Int(position)
            guard first < series.band.count, let start = series.band[first] else { return nil }
            let end = first + 1 < series.band.count ? series.band[first + 1] : nil
            let part = position - Double(first)
            if end == nil, part > 0 { return nil }
            let low = start.lowerBound + part * ((end ?? start).lowerBound - start.lowerBound)
            let high = start.upperBound + part * ((end ?? start).upperBound - start.upperBound)
            guard let bottom = row(low * factor, canvas), let top = row(high * factor, canvas) else { return nil }
            return (bottom, top)
        }

        private func column(_ step: Int, _ canvas: DotCanvas) -> Int {
            stepCount > 1 ? Int((Double(step) / Double(stepCount - 1) * Double(canvas.width - 1)).rounded()) : 0
        }

        /// The row of dots of a value, clamped to the canvas; nil where it is not finite.
        private func row(_ value: Double, _ canvas: DotCanvas) -> Int? {
            let extent = range.upperBound - range.lowerBound
            guard value.isFinite, extent > 0 else { return nil }
            let part = min(1, max(0, (value - range.lowerBound) / extent))
            return Int(((1 - part) * Double(canvas.height - 1)).rounded())
        }
    }

    /// Draws the labels and the line beside them; returns what is left for the lines, all of `rect` where it is narrow.
    func drawAxis(_ scale: AxisScale, in rect: Rect, on frame: inout Frame, glyphs: Glyphs) -> Rect {
        let numbers = NumberFormat(glyphs: glyphs)
        let labels = scale.labels(numbers)
        let width = (labels.map(\.cellWidth).max() ?? 0) + 2
        guard rect.width >= width + 4 else { return rect }
        let lineX = rect.x + width - 1
        for y in rect.y..<rect.maxY { frame[lineX, y] = Cell(glyphs.vertical, style: Style(.muted)) }
        let extent = scale.range.upperBound - scale.range.lowerBound
        for (tick, label) in zip(scale.ticks, labels) {
            let part = (tick - scale.range.lowerBound) / extent
            let y = rect.y + min(rect.height - 1, max(0, Int(((1 - part) * Double(rect.height - 1)).rounded())))
            frame.drawRight(label, endingAt: lineX - 1, row: y, style: Style(.muted), clip: rect)
            frame[lineX, y] = Cell(glyphs.teeRight, style: Style(.muted))
        }
        return rect.splitLeft(width).rest
    }
}
