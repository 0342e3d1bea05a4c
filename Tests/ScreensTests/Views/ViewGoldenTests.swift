import Compression
import Frames
import Screens
import Testing

@Suite("Golden drawings of the views")
struct ViewGoldenTests {
    static let glyphs: [(String, Glyphs)] = [("", .unicode), ("-ascii", .ascii)]

    /// Draws a part with its title in a border.
    private func check(_ sample: ViewSample, _ part: Place, _ width: Int, _ height: Int, _ name: String) {
        var frame = Frame(size: Size(width: width, height: height))
        let explorer = sample.explorer
        let inside = Pane(title: StyledText(explorer.title(of: part), .title)).draw(in: frame.bounds, on: &frame, glyphs: explorer.glyphs)
        explorer.draw(part, in: inside, on: &frame)
        ViewGolden.check(explorer.glyphs.graph == .ascii ? frame.transliteratedToASCII() : frame, name)
    }

    @Test("histogram", arguments: [0, 1])
    func weights(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        check(sample, .weights, 66, 14, "weights-linear\(suffix)")
        sample.press(.down)
        check(sample, .weights, 66, 14, "weights-shared\(suffix)")
        check(sample, .weights, 30, 6, "weights-small\(suffix)")
        sample.press(.character("v"), .character("v"), .character("o"), .character("z"))
        check(sample, .weights, 80, 16, "weights-snapshot-log-zoom\(suffix)")
    }

    @Test("centroids", arguments: [0, 1])
    func centroids(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        check(sample, .centroids, 40, 12, "centroids-linear\(suffix)")
        sample.press(.down, .character("3"), .down)
        check(sample, .centroids, 40, 12, "centroids-shared\(suffix)")
        check(sample, .centroids, 18, 6, "centroids-small\(suffix)")
        var plain = try ViewSample(glyphs: glyphs, plans: [:])
        try plain.sendLayers()
        check(plain, .centroids, 40, 8, "centroids-float\(suffix)")
    }

    @Test("accuracy", arguments: [0, 1])
    func accuracy(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        let sample = try ViewSample.measured(glyphs: glyphs)
        check(sample, .accuracy, 110, 36, "accuracy-full\(suffix)")
        check(sample, .accuracy, 44, 14, "accuracy\(suffix)")
        check(sample, .accuracy, 26, 5, "accuracy-small\(suffix)")
    }

    @Test("accuracy that can't be measured")
    func obstacle() throws {
        check(try ViewSample(dataset: nil), .accuracy, 44, 8, "accuracy-no-data")
    }

    @Test("example", arguments: [0, 1])
    func example(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        check(sample, .example, 110, 20, "example\(suffix)")
        check(sample, .example, 40, 12, "example-narrow\(suffix)")
        sample.press(.character("x"), .character("f"), .down)
        check(sample, .example, 36, 32, "example-flipped\(suffix)")
    }

    @Test("mask map", arguments: [0, 1])
    func maskMap(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        sample.press(.character("m"))
        check(sample, .maskMap, 60, 14, "mask-conv1\(suffix)")
        sample.press(.escape, .down, .down, .character("m"), .right, .down)
        check(sample, .maskMap, 90, 26, "mask-fc1\(suffix)")
        check(sample, .maskMap, 40, 9, "mask-small\(suffix)")
    }

    @Test("comparison", arguments: [0, 1])
    func compare(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        sample.press(.character("c"))
        check(sample, .compare, 120, 10, "compare\(suffix)")
        check(sample, .compare, 60, 9, "compare-narrow\(suffix)")
    }

    @Test("sessions", arguments: [0, 1])
    func sessions(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        sample.press(.character("S"))
        check(sample, .sessions, 60, 6, "sessions-loading\(suffix)")
        _ = sample.explorer.update(.session(.sessions(ViewSample.sessions)))
        sample.press(.down)
        check(sample, .sessions, 110, 10, "sessions\(suffix)")
        check(sample, .sessions, 44, 8, "sessions-narrow\(suffix)")
        _ = sample.explorer.update(.session(.sessions([])))
        check(sample, .sessions, 60, 6, "sessions-none\(suffix)")
    }

    @Test("themes", arguments: [0, 1])
    func themes(index: Int) throws {
        let (suffix, glyphs) = Self.glyphs[index]
        var sample = try ViewSample.measured(glyphs: glyphs)
        sample.press(.character("t"), .down)
        check(sample, .themes, 44, 5, "themes\(suffix)")
        check(sample, .themes, 60, 14, "themes-high\(suffix)")
    }
}
