import Frames
import Testing

@Suite("Golden drawings")
struct GoldenFrameTests {
    static let glyphs: [(String, Glyphs)] = {
        var block = Glyphs.unicode
        block.graph = .block
        return [("unicode", .unicode), ("block", block), ("ascii", .ascii)]
    }()

    @Test("table at three widths", arguments: [60, 40, 24])
    func table(width: Int) { Golden.check(Samples.layers.frame(width, 6), "table-\(width)") }

    @Test("histogram", arguments: ["unicode", "ascii"])
    func histogram(name: String) {
        let glyphs = name == "ascii" ? Glyphs.ascii : .unicode
        Golden.check(Samples.histogram(bins: 60).frame(60, 10, glyphs: glyphs), "histogram-\(name)")
    }

    @Test("histogram with logarithmic counts, an outline and a grid")
    func histogramOverlay() {
        var chart = Samples.histogram(bins: 48, threshold: 0.1, scale: .logarithmic)
        chart.overlay = Samples.histogram(bins: 48).pruned.map { 3 * $0 }
        chart.marks = (-7...7).map { .init(Double($0) * 0.04, kind: .grid) }
        Golden.check(chart.frame(48, 9), "histogram-overlay")
    }

    @Test("lines", arguments: ["unicode", "block", "ascii"])
    func lines(name: String) throws {
        let glyphs = try #require(Self.glyphs.first { $0.0 == name }).1
        Golden.check(Samples.trend.frame(50, 8, glyphs: glyphs), "lines-\(name)")
    }

    @Test("picture and mask")
    func maps() {
        Golden.check(Samples.disc.frame(28, 14), "map-disc")
        Golden.check(Samples.disc.frame(28, 14, glyphs: .ascii), "map-disc-ascii")
        Golden.check(Samples.disc.frame(14, 7), "map-disc-half")
        Golden.check(Samples.mask.frame(60, 8), "map-mask")
        Golden.check(Samples.mask.frame(30, 4), "map-mask-half")
    }

    @Test("a screen of panes with a pop-up", arguments: ["unicode", "ascii"])
    func screen(name: String) {
        let glyphs = name == "ascii" ? Glyphs.ascii : .unicode
        let frame = Self.screen(glyphs: glyphs)
        Golden.check(name == "ascii" ? frame.transliteratedToASCII() : frame, "screen-\(name)")
    }

    static func screen(glyphs: Glyphs) -> Frame {
        var frame = Frame(size: Size(width: 80, height: 20))
        let (left, right) = frame.bounds.splitLeft(42)
        let layers = Pane(number: 1, title: "Layers", note: StyledText("zeros 90.0 %", .muted), isFocused: true)
        Samples.layers.draw(in: layers.draw(in: left, on: &frame, glyphs: glyphs), on: &frame, glyphs: glyphs)
        let weights = Pane(number: 2, title: StyledText("conv2.weight", .title)).draw(in: right, on: &frame, glyphs: glyphs)
        Samples.histogram(bins: HistogramChart.binCount(in: weights)).draw(in: weights, on: &frame, glyphs: glyphs)
        Popup(title: "Commands", size: Size(width: 34, height: 8)).draw(in: frame.bounds, on: &frame, glyphs: glyphs) { frame, inside in
            let (top, rest) = inside.splitTop(1)
            TextField("sna").draw(in: top, on: &frame, glyphs: glyphs)
            ListView(
                items: ["Snapshot", "Snapshots: compare", "Sensitivity scan"].map { .init(StyledText($0), note: StyledText("s", .key)) },
                selected: 0, filter: "sna"
            ).draw(in: rest, on: &frame, glyphs: glyphs)
        }
        return frame
    }

    @Test("the screen as SVG")
    func picture() {
        let palette = PicturePalette(page: RGB(0x1E1E1E)) { style in
            CellPaint(
                foreground: style.role == .kept ? RGB(0x5FAFFF) : RGB(0xD4D4D4),
                background: style.background == .selection ? RGB(0x3A3A4A) : RGB(0x1E1E1E),
                isBold: style.emphasis.contains(.bold), isUnderlined: style.emphasis.contains(.underline))
        }
        Golden.check(text: Self.screen(glyphs: .unicode).svg(palette: palette, title: "A & B <screen>"), "screen.svg")
    }
}
