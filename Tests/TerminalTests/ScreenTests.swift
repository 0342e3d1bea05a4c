import Frames
import TestSupport
import Testing

/// What a person sees.
@Suite(.serialized) struct ScreenTests {
    @Test func showsAFrame() throws {
        let terminal = try ProbeRun.shown()
        let screen = terminal.screen
        #expect(screen.isAlternate)
        #expect(screen.text(row: 0).hasPrefix("probe 80x24 colors256 xterm-256color"))
        #expect(screen.text(row: 1).hasPrefix("│█▁⣿σ宽x"))
        #expect(screen.modes.isSuperset(of: [1000, 1002, 1006, 25]))
        #expect(screen.x == 5 && screen.y == 0)
        #expect(screen.unknown == [])
        #expect(screen[60, 0].style.foreground == "38;5;196")
        #expect(screen[60, 0].style.background == "44")
        #expect(screen[60, 0].style.bold)
        #expect(screen[64, 0].style.foreground == "38;5;46")
        #expect(screen[64, 0].style.background == "")
    }

    /// A frame is one update; an equal frame is no output, and no wake while nothing happens.
    @Test func idleIsSilentAndAsleep() throws {
        let terminal = try ProbeRun.shown()
        let updates = terminal.screen.updateCount
        let clears = terminal.screen.clearCount
        terminal.send("x")
        #expect(terminal.wait(for: "key character(\"x\")"))
        #expect(terminal.wait { $0.updateCount == updates + 1 && !$0.modes.contains(2026) })
        let before = PseudoTerminalProcess.activity(of: terminal.process)
        #expect(terminal.listen(seconds: 0.5) == 0)
        let after = PseudoTerminalProcess.activity(of: terminal.process)
        #expect(after.ticks - before.ticks == 0)
        #expect(after.switches - before.switches <= 1)
        #expect(terminal.screen.clearCount == clears)
    }

    @Test func smallChangesAreSmallOutput() throws {
        let terminal = try ProbeRun.shown(width: 120, height: 40)
        let before = terminal.output.count
        terminal.send("x")
        #expect(terminal.wait(for: "key character(\"x\")"))
        #expect(terminal.wait { !$0.modes.contains(2026) })
        #expect(terminal.output.count - before < 100)
    }

    /// Pairs above 255 keep their own colours: ncurses' usual calls would show pair 300 as pair 44.
    @Test func everyCellHasItsOwnColors() throws {
        let terminal = try ProbeRun.shown(width: 120, height: 40)
        terminal.send("f")
        #expect(terminal.wait { $0[119, 39].text == "#" && !$0.modes.contains(2026) })
        var pairs: Set<PseudoTerminalScreen.Style> = []
        for y in 3..<40 {
            for x in 0..<120 {
                let cell = terminal.screen[x, y]
                #expect(cell.style.foreground == terminal.screen[x, 3].style.foreground, "\(x), \(y)")
                #expect(cell.style.background == terminal.screen[0, y].style.background, "\(x), \(y)")
                pairs.insert(cell.style)
            }
        }
        #expect(pairs.count > 256)
    }

    @Test func repaintsOnRequest() throws {
        let terminal = try ProbeRun.shown()
        let clears = terminal.screen.clearCount
        terminal.send("l")
        #expect(terminal.wait { $0.clearCount == clears + 1 && $0.text.contains("key character(\"l\")") })
        #expect(terminal.screen.text(row: 0).hasPrefix("probe 80x24"))
    }

    @Test func resizes() throws {
        let terminal = try ProbeRun.shown()
        terminal.resize(width: 100, height: 30)
        #expect(terminal.wait(for: "resize 100x30"))
        #expect(terminal.wait(for: "probe 100x30"))
        terminal.resize(width: 20, height: 5)
        #expect(terminal.wait(for: "probe 20x5"))
        terminal.resize(width: 80, height: 24)
        #expect(terminal.wait(for: "resize 80x24"))
        #expect(terminal.wait { $0.text(row: 1).hasPrefix("│█▁⣿σ宽x") && !$0.modes.contains(2026) })
        #expect(terminal.screen.unknown == [])
    }

    @Test func sizeZeroIsTheEntrysOwn() throws {
        let terminal = try ProbeRun.start(width: 80, height: 24)
        terminal.resize(width: 80, height: 24)
        #expect(terminal.wait(for: "probe 80x24"))
        terminal.announceSize(width: 0, height: 0)
        terminal.send("x")
        #expect(terminal.wait(for: "key character(\"x\")"))
        #expect(terminal.screen.text(row: 0).hasPrefix("probe 80x24"))
    }

    @Test func linesAndColumnsOfTheEnvironmentAreIgnored() throws {
        let terminal = try ProbeRun.shown([], ["LINES": "7", "COLUMNS": "11"], width: 90, height: 20)
        #expect(terminal.screen.text(row: 0).hasPrefix("probe 90x20"))
    }

    /// After many changes of all sizes, the screen is the frame cell by cell.
    @Test(arguments: [(80, 24), (33, 9), (121, 40)])
    func everyFrameArrivesExactly(_ width: Int, _ height: Int) throws {
        let terminal = try ProbeRun.start(width: width, height: height)
        terminal.wait { $0.modes.contains(2004) && $0.text.contains("probe") }
        for number in 1...40 {
            terminal.send("r")
            #expect(terminal.wait { $0.text(row: 0).hasPrefix("#\(number)") && !$0.modes.contains(2026) })
            let expected = Self.pattern(number: number, size: Size(width: width, height: height))
            for y in 0..<height {
                var line = Self.shownText(of: expected, row: y)
                while line.last == " " { line.removeLast() }
                #expect(terminal.screen.text(row: y) == line, "frame \(number), row \(y)")
            }
        }
        #expect(terminal.screen.unknown == [])
    }

    /// A wide character whose right half was drawn over is a blank, a right half alone too.
    private static func shownText(of frame: Frame, row y: Int) -> String {
        var line = String.UnicodeScalarView()
        for x in 0..<frame.size.width {
            let scalar = Unicode.Scalar(frame[x, y].scalar) ?? " "
            if scalar.value == 0 {
                let left = x > 0 ? Unicode.Scalar(frame[x - 1, y].scalar) ?? " " : " "
                if left.value == 0 || left.cellWidth == 1 { line.append(" ") }
            } else {
                let isWhole = scalar.cellWidth == 1 || (x + 1 < frame.size.width && frame[x + 1, y].scalar == 0)
                line.append(isWhole ? scalar : " ")
            }
        }
        return String(line)
    }

    /// The probe's `ProbePattern.frame`.
    private static func pattern(number: Int, size: Size) -> Frame {
        var frame = Frame(size: size)
        let characters = Array("ab cd│█⣿宽界σ ".unicodeScalars)
        var state = UInt64(number)
        for _ in 0..<(number % 7 == 0 ? 3 : 600) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let random = Int(state >> 33)
            let role = Role.allCases[random / 7 % Role.allCases.count]
            frame.draw(
                String(Character(characters[random % characters.count])),
                at: Point(x: random / 11 % max(1, size.width), y: random / 1009 % max(1, size.height)),
                style: Style(role))
        }
        frame.draw("#\(number)", at: Point(x: 0, y: 0))
        return frame
    }
}
