import Frames
import Screens
import Testing

@Suite("Frames of the whole screen")
struct GoldenFrameTests {
    private static let sizes = [(40, 10), (80, 24), (120, 40), (200, 60), (30, 8)]

    /// fc1 pruned at ratio 1.25 with 4 bits, and everything measured.
    private func desk(_ width: Int, _ height: Int, _ glyphs: Glyphs = .unicode) -> Desk {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height), glyphs: glyphs))
        desk.press([.down, .down, .enter])
        desk.type("1.25")
        desk.press([.enter, .tab, .enter])
        desk.type("4")
        desk.press(.enter)
        desk.type("p")
        return desk
    }

    @Test("the main screen", arguments: sizes)
    func mainScreen(width: Int, height: Int) {
        let desk = desk(width, height)
        Golden.check(desk.explorer.frame(size: desk.explorer.size), "main-\(width)x\(height)")
    }

    @Test("the main screen in ASCII", arguments: sizes)
    func asciiScreen(width: Int, height: Int) {
        let desk = desk(width, height, .ascii)
        Golden.check(desk.explorer.frame(size: desk.explorer.size), "ascii-\(width)x\(height)")
    }

    @Test("while the engine works, what it has not answered yet is muted")
    func staleScreen() {
        var desk = desk(120, 40)
        desk.isEngineOn = false
        desk.press([.right, .right])
        Golden.check(desk.explorer.frame(size: desk.explorer.size), "stale-120x40")
    }

    @Test("prompts, lists and messages", arguments: [(80, 24), (40, 10)])
    func overlays(width: Int, height: Int) {
        for (name, keys) in [("prompt", "\n"), ("palette", ":pl"), ("help", "?"), ("filter", "/fc"), ("messages", "uM")] {
            var desk = desk(width, height)
            for key in keys { desk.press(key == "\n" ? .enter : .character(key)) }
            Golden.check(desk.explorer.frame(size: desk.explorer.size), "\(name)-\(width)x\(height)")
        }
    }
}

@Suite("Frames of training")
struct TrainingFrameTests {
    private static let sizes = [(80, 24), (120, 40), (200, 60), (40, 10)]

    private func desk(_ width: Int, _ height: Int, _ glyphs: Glyphs = .unicode) -> Desk {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height), glyphs: glyphs))
        desk.beginTraining()
        desk.press(.shiftUp)
        desk.press(.shiftDown)
        return desk
    }

    private func check(_ desk: Desk, _ name: String) {
        let size = desk.explorer.size
        let glyphs = desk.explorer.glyphs == .ascii ? "ascii-" : ""
        Golden.check(desk.explorer.frame(size: size), "\(glyphs)\(name)-\(size.width)x\(size.height)")
    }

    @Test("the panel, with everything that can be set", arguments: sizes)
    func panel(width: Int, height: Int) {
        for glyphs in [Glyphs.unicode, .ascii] {
            var desk = Desk(Samples.opening(size: Size(width: width, height: height), glyphs: glyphs))
            desk.press(.shiftRight)
            desk.type("b")
            desk.press([.left, .down])
            desk.type("w")
            desk.press(.right)
            desk.press(.right)
            desk.press(.right)
            desk.type("r")
            desk.press([.down, .down, .down, .down])
            check(desk, "retrain")
        }
    }

    @Test("a training under way", arguments: sizes)
    func running(width: Int, height: Int) {
        for glyphs in [Glyphs.unicode, .ascii] {
            var desk = desk(width, height, glyphs)
            desk.finish(2, batch: 412)
            check(desk, "training")
            guard width == 80 else { continue }
            desk.type("r")
            check(desk, "training-settings")
        }
    }

    @Test("the pane alone, and what is left of a training", arguments: [(80, 24), (40, 10)])
    func alone(width: Int, height: Int) {
        var desk = desk(width, height)
        desk.type("6")
        check(desk, "training-begun")
        desk.finish(3, batch: 412)
        desk.type("+")
        check(desk, "training-alone")
        desk.send(.engine(.trained(desk.trained("best", epochs: 5), desk.progress(.finished, finished: 5))))
        check(desk, "training-finished")
    }
}
