import Frames
import Tensors
import Testing

@Suite("Every widget at any size")
struct WidgetPropertyTests {
    /// Numbers that break drawings.
    private static let nasty: [Double] = [0, -0.0, 1, -1, .leastNonzeroMagnitude, 1e300, -1e300, .infinity, -.infinity, .nan, 0.5]

    private static let words = ["", "a", "全角文字", "e\u{301}", "\u{7}bell", "long text with words", "−0.281", "x\ny", "👩‍👩‍👧"]

    private func number(_ random: inout SeededGenerator) -> Double {
        Self.nasty.randomElement(using: &random) ?? 0
    }

    private func text(_ random: inout SeededGenerator) -> StyledText {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            StyledText(Self.words.randomElement(using: &random) ?? "", Role.allCases.randomElement(using: &random) ?? .text)
        }.joined()
    }

    private func numbers(_ random: inout SeededGenerator) -> [Double] {
        (0..<Int.random(in: 0...150, using: &random)).map { _ in number(&random) }
    }

    private func range(_ random: inout SeededGenerator) -> ClosedRange<Double> {
        let ends = [number(&random), number(&random)].map { $0.isNaN ? 0 : $0 }
        return min(ends[0], ends[1])...max(ends[0], ends[1])
    }

    private func widgets(_ random: inout SeededGenerator) -> [any Widget] {
        let columns = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            Table.Column(
                Self.words.randomElement(using: &random) ?? "", alignment: Bool.random(using: &random) ? .left : .right,
                minimumWidth: Int.random(in: -1...12, using: &random), priority: Int.random(in: 0...3, using: &random))
        }
        let rows = (0..<Int.random(in: 0...50, using: &random)).map { _ in
            Table.Row((0..<Int.random(in: 0...7, using: &random)).map { _ in text(&random) })
        }
        let selected = Bool.random(using: &random) ? Int.random(in: -2...60, using: &random) : nil
        let offset = Int.random(in: -5...60, using: &random)
        var field = TextField(text(&random).plain, placeholder: "name")
        for _ in 0..<Int.random(in: 0...8, using: &random) { field.handle(.left) }
        let values = numbers(&random)
        return [
            Table(columns: columns, rows: rows, selected: selected, isFocused: true, offset: offset),
            ListView(
                items: rows.map { .init($0.cells.joined(), note: "k", isEnabled: $0.cells.count > 2) }, selected: selected,
                offset: offset, filter: "on"),
            HistogramChart(
                range: range(&random), kept: values, pruned: numbers(&random), overlay: numbers(&random),
                scale: Bool.random(using: &random) ? .linear : .logarithmic, thresholds: numbers(&random),
                marks: numbers(&random).map { .init($0, isEmphasized: $0 > 0) }),
            LineChart(
                series: [
                    .init(values.map { $0 }, band: numbers(&random).map { $0.isNaN ? nil : min($0, 1)...max($0, 1) }),
                    .init(numbers(&random).map { $0 }, role: .seriesOriginal),
                ], range: Bool.random(using: &random) ? range(&random) : nil, labelFactor: number(&random)),
            ProgressBar(number(&random)),
            BarRow(
                label: text(&random), labelWidth: Int.random(in: -1...30, using: &random), fraction: number(&random),
                figure: text(&random), figureWidth: Int.random(in: -1...20, using: &random)),
            MapChart(
                columns: Int.random(in: -1...90, using: &random), rows: Int.random(in: -1...90, using: &random),
                values: values.map { Float($0) }, levels: Bool.random(using: &random) ? .nearest : .exactEnds,
                isStretched: Bool.random(using: &random)),
            Paragraph(text(&random) + text(&random), offset: offset), field,
        ]
    }

    @Test("nothing is drawn outside the rectangle and nothing crashes", arguments: 0..<150)
    func insideOnly(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let size = Size(width: Int.random(in: 0...100, using: &random), height: Int.random(in: 0...40, using: &random))
        let rect = Rect(
            x: Int.random(in: 0...10, using: &random), y: Int.random(in: 0...10, using: &random),
            width: Int.random(in: 0...100, using: &random), height: Int.random(in: 0...40, using: &random))
        let glyphs = [Glyphs.unicode, .ascii].randomElement(using: &random) ?? .unicode
        // Cells drawn by a widget differ from these in the glyph or the style.
        let marker = Cell("¤", style: Style(.error, on: .badge, .underline))
        for widget in widgets(&random) {
            var frame = Frame(size: size)
            frame.fill(frame.bounds, with: marker)
            widget.draw(in: rect, on: &frame, glyphs: glyphs)
            for y in 0..<size.height {
                for x in 0..<size.width where !rect.contains(Point(x: x, y: y)) {
                    #expect(frame[x, y] == marker, "\(type(of: widget)) drew at \(x), \(y) outside \(rect)")
                }
            }
            checkWideCharacters(frame)
            if glyphs == .ascii { #expect(frame.transliteratedToASCII().cells.allSatisfy { $0.scalar >= 32 && $0.scalar < 127 }) }
        }
    }

    @Test("panes and pop-ups stay inside too", arguments: 0..<60)
    func boxes(seed: Int) {
        var random = SeededGenerator(seed: UInt64(1000 + seed))
        var frame = Frame(size: Size(width: Int.random(in: 0...100, using: &random), height: Int.random(in: 0...40, using: &random)))
        let rect = Rect(
            x: Int.random(in: 0...10, using: &random), y: Int.random(in: 0...10, using: &random),
            width: Int.random(in: 0...100, using: &random), height: Int.random(in: 0...40, using: &random))
        let inside = Pane(number: seed, title: text(&random), note: text(&random), isFocused: Bool.random(using: &random))
            .draw(in: rect, on: &frame, glyphs: .unicode)
        #expect(inside.isEmpty || inside == rect.inset(by: 1))
        for y in 0..<frame.size.height {
            for x in 0..<frame.size.width where !rect.contains(Point(x: x, y: y)) { #expect(frame[x, y] == .blank) }
        }
        Popup(
            title: text(&random),
            size: Size(width: Int.random(in: -3...120, using: &random), height: Int.random(in: -3...50, using: &random))
        )
        .draw(in: frame.bounds, on: &frame, glyphs: .unicode) { frame, inside in
            Paragraph(text(&random)).draw(in: inside, on: &frame, glyphs: .unicode)
        }
        checkWideCharacters(frame)
    }

    /// Each wide character has its second half, and each second half its character.
    private func checkWideCharacters(_ frame: Frame) {
        for y in 0..<frame.size.height {
            for x in 0..<frame.size.width {
                let isWide = Unicode.Scalar(frame[x, y].scalar).map { $0.value != 0 && $0.cellWidth == 2 } ?? false
                let hasHalf = x + 1 < frame.size.width && frame[x + 1, y].scalar == 0
                #expect(isWide == hasHalf, "at \(x), \(y)")
            }
        }
    }
}
