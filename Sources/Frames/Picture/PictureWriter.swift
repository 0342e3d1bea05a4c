/// Collects the drawing of a picture: backgrounds first, then one path for each colour, then text.
struct PictureWriter {
    /// What is filled or stroked in one go.
    private struct Ink: Hashable {
        let color: RGB
        let opacity: Double
        /// 0 is filled; else the width of a stroke.
        let stroke: Double
    }

    private let width, height: Double
    private var backgrounds: [Ink: String] = [:]
    private var paths: [Ink: String] = [:]
    private var text = ""

    init(cell: Size) {
        width = Double(max(1, cell.width))
        height = Double(max(1, cell.height))
    }

    /// The SVG elements, in an order that does not depend on hashing.
    var document: String { Self.elements(backgrounds) + Self.elements(paths) + text }

    mutating func add(_ run: PaintedRun, page: RGB) {
        if run.paint.background != page {
            let box = CellShape.Box(x: Double(run.x), y: Double(run.y), width: Double(run.scalars.count), height: 1)
            backgrounds[Ink(color: run.paint.background, opacity: 1, stroke: 0), default: ""] += rectangle(box)
        }
        var index = 0
        while index < run.scalars.count {
            index = addPiece(run, from: index)
        }
    }

    /// Adds the equal shapes or the text that starts at `start`; returns where it ends.
    private mutating func addPiece(_ run: PaintedRun, from start: Int) -> Int {
        let scalar = run.scalars[start]
        guard let shape = CellShape(scalar) else { return addText(run, from: start) }
        var end = start + 1
        while end < run.scalars.count, run.scalars[end] == scalar { end += 1 }
        add(shape, x: run.x + start, y: run.y, count: end - start, run.paint)
        return end
    }

    private mutating func addText(_ run: PaintedRun, from start: Int) -> Int {
        var end = start
        while end < run.scalars.count, CellShape(run.scalars[end]) == nil { end += 1 }
        var first = start
        var last = end
        while first < last, run.scalars[first] == 32, !run.paint.isUnderlined { first += 1 }
        while last > first, run.scalars[last - 1] == 32, !run.paint.isUnderlined { last -= 1 }
        guard first < last else { return end }
        let scalars = run.scalars[first..<last].compactMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        let words = String(String.UnicodeScalarView(scalars)).escapedForXML
        let x = Double(run.x + first) * width
        let y = (Double(run.y) + 0.74) * height
        text += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" fill=\"\(run.paint.foreground.hex)\""
        if run.paint.isBold { text += " font-weight=\"bold\"" }
        if run.paint.isDim { text += " fill-opacity=\"0.7\"" }
        if run.paint.isUnderlined { text += " text-decoration=\"underline\"" }
        text += " textLength=\"\(Self.number(Double(last - first) * width))\" lengthAdjust=\"spacingAndGlyphs\">\(words)</text>\n"
        return end
    }

    private mutating func add(_ shape: CellShape, x: Int, y: Int, count: Int, _ paint: CellPaint) {
        let dimming = paint.isDim ? 0.7 : 1
        switch shape {
        case .boxes(let boxes, let opacity):
            let ink = Ink(color: paint.foreground, opacity: opacity * dimming, stroke: 0)
            for box in boxes { paths[ink, default: ""] += repeated(box, x: x, y: y, count: count) }
        case .dots(let dots):
            let ink = Ink(color: paint.foreground, opacity: dimming, stroke: 0)
            for column in 0..<count {
                for dot in dots { paths[ink, default: ""] += circle(x: Double(x + column) + dot.x, y: Double(y) + dot.y) }
            }
        case .strokes(let left, let up, let right, let down):
            if left == right, up + down == 0 {
                addLine(weight: left, x: x, y: y, count: count, paint.foreground, dimming)
            } else {
                for column in 0..<count { addStrokes([left, up, right, down], x: x + column, y: y, paint.foreground, dimming) }
            }
        }
    }

    /// A line through whole cells, drawn once.
    private mutating func addLine(weight: Int, x: Int, y: Int, count: Int, _ color: RGB, _ opacity: Double) {
        let ink = Ink(color: color, opacity: opacity, stroke: Self.strokeWidth(weight))
        paths[ink, default: ""] +=
            "M\(Self.number(Double(x) * width)) \(Self.number((Double(y) + 0.5) * height))H\(Self.number(Double(x + count) * width))"
    }

    private static func strokeWidth(_ weight: Int) -> Double { weight == 1 ? 1.25 : 2.75 }

    private mutating func addStrokes(_ weights: [Int], x: Int, y: Int, _ color: RGB, _ opacity: Double) {
        let ends = [(0.0, 0.5), (0.5, 0.0), (1.0, 0.5), (0.5, 1.0)]
        for (weight, end) in zip(weights, ends) where weight > 0 {
            let ink = Ink(color: color, opacity: opacity, stroke: Self.strokeWidth(weight))
            let start = "M\(Self.number((Double(x) + 0.5) * width)) \(Self.number((Double(y) + 0.5) * height))"
            paths[ink, default: ""] +=
                start
                + "L\(Self.number((Double(x) + end.0) * width)) \(Self.number((Double(y) + end.1) * height))"
        }
    }
}

extension PictureWriter {
    /// A box of full width is drawn once for all cells of the run, so that no seams show.
    private func repeated(_ box: CellShape.Box, x: Int, y: Int, count: Int) -> String {
        let top = Double(y) + box.y
        if box.width == 1 {
            return rectangle(CellShape.Box(x: Double(x), y: top, width: Double(count), height: box.height))
        }
        return (0..<count).map { column in
            rectangle(CellShape.Box(x: Double(x + column) + box.x, y: top, width: box.width, height: box.height))
        }.joined()
    }

    private func rectangle(_ box: CellShape.Box) -> String {
        let right = Self.number(box.width * width)
        return "M\(Self.number(box.x * width)) \(Self.number(box.y * height))h\(right)v\(Self.number(box.height * height))h-\(right)z"
    }

    private func circle(x: Double, y: Double) -> String {
        let radius = Self.number(width * 0.14)
        let across = Self.number(width * 0.28)
        let start = "M\(Self.number((x - 0.14) * width)) \(Self.number(y * height))"
        return start + "a\(radius) \(radius) 0 1 0 \(across) 0a\(radius) \(radius) 0 1 0 -\(across) 0z"
    }

    private static func elements(_ paths: [Ink: String]) -> String {
        paths.map { ink, path in
            let paint =
                ink.stroke == 0
                ? "fill=\"\(ink.color.hex)\""
                : "stroke=\"\(ink.color.hex)\" stroke-width=\"\(number(ink.stroke))\" stroke-linecap=\"square\" fill=\"none\""
            let opacity = ink.opacity == 1 ? "" : " opacity=\"\(number(ink.opacity))\""
            return "<path \(paint)\(opacity) d=\"\(path)\"/>\n"
        }.sorted().joined()
    }

    /// A coordinate with at most two digits behind the point.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        if hundredths.isMultiple(of: 100) { return String(hundredths / 100) }
        let fraction = abs(hundredths) % 100
        let digits = fraction % 10 == 0 ? String(fraction / 10) : fraction < 10 ? "0\(fraction)" : String(fraction)
        return (hundredths < 0 ? "-" : "") + "\(abs(hundredths) / 100).\(digits)"
    }
}
