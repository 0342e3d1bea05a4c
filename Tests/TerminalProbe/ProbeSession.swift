import Frames
import Glibc
import Terminal
import Themes

/// The probe's loop: wait, note, draw.
final class ProbeSession {
    private let terminal: CursesTerminal
    private let wakeup: Wakeup
    private var notes: [String] = []
    private var isDone = false
    /// True where keys are shown only.
    private let isDeaf = CommandLine.arguments.contains("--deaf")
    private var fullNumber = 0
    /// The number of the pattern shown instead of all else, 0 for none.
    private var pattern = 0

    init(_ terminal: CursesTerminal) throws(TerminalError) {
        self.terminal = terminal
        wakeup = try Wakeup()
        if CommandLine.arguments.contains("--theme") {
            terminal.use(Theme.builtIn.resolved(depth: terminal.depth))
        } else {
            terminal.setColors(Self.colors)
        }
    }

    func run() throws(TerminalError) {
        while !isDone {
            terminal.show(frame())
            let events = try terminal.wait(wakeup)
            if Termination.requested != nil { return }
            if events.isEmpty { notes.append("woken") }
            for event in events {
                notes.append(Self.text(of: event.kind))
                if case .key(let key) = event.kind, !isDeaf { act(on: key) }
            }
        }
    }

    private func act(on key: Key) {
        switch key {
        case .character("q"): isDone = true
        case .character("1"): raise(SIGSEGV)
        case .character("2"): abort()
        case .character("3"): Crashes.trap()
        case .character("4"): Crashes.overflowStack()
        case .character("5"): exit(5)
        case .character("6"): Crashes.trapInThread()
        case .character("e"): write(2, "stray words\n", 12)
        case .character("m"): terminal.setMouse(!terminal.usesMouse)
        case .character("w"): Crashes.signalInThread(wakeup)
        case .character("c"): terminal.copy("clip")
        case .character("l"): terminal.repaint()
        case .character("f"): fullNumber += 1
        case .character("7"): while true {}
        case .character("8"): drawUntilTheEnd()
        case .character("r"): pattern += 1
        default: break
        }
    }

    /// Frames without a pause, in the middle of which another thread traps.
    private func drawUntilTheEnd() {
        Crashes.trapInThread()
        while true {
            fullNumber += 1
            terminal.show(frame())
        }
    }

    private func frame() -> Frame {
        if pattern > 0 { return ProbePattern.frame(number: pattern, size: terminal.size) }
        var frame = Frame(size: terminal.size)
        let size = terminal.size
        let facts = "\(terminal.depth) \(terminal.name) \(terminal.background)"
        frame.draw("probe \(size.width)x\(size.height) \(facts)", at: Point(x: 0, y: 0))
        frame.draw("bad", at: Point(x: 60, y: 0), style: Style(.bad, on: .popup, .bold))
        frame.draw("good", at: Point(x: 64, y: 0), style: Style(.good))
        frame.draw("knob", at: Point(x: 70, y: 0), style: Style(.knob))
        frame.draw("│█▁⣿σ宽x", at: Point(x: 0, y: 1))
        frame.draw(Self.environment(), at: Point(x: 10, y: 1))
        frame.draw("\(terminal.notices)", at: Point(x: 0, y: 2), style: Style(.muted))
        let rows = max(0, size.height - 4)
        for (index, note) in notes.suffix(rows).enumerated() {
            frame.draw(note, at: Point(x: 0, y: 3 + index), style: Style(.title))
        }
        if fullNumber > 0 { paintAll(&frame) }
        frame.cursor = Point(x: 5, y: 0)
        return frame
    }

    /// Every cell in a colour of its own: more pairs than 256.
    private func paintAll(_ frame: inout Frame) {
        for y in 3..<max(3, frame.size.height) {
            for x in 0..<frame.size.width {
                let role = Role.allCases[(x + fullNumber) % Role.allCases.count]
                let background = Role.allCases[y % Role.allCases.count]
                frame[x, y] = Cell("#", style: Style(role, on: background))
            }
        }
    }

    private static func colors(of style: Style) -> CellColors {
        func color(_ role: Role) -> TerminalColor {
            if role == .bad { return .palette(196) }
            if role == .good { return .rgb(RGB(0x00FF00)) }
            if role == .popup { return .palette(4) }
            guard role != .text, role != .title, role != .muted else { return .terminalDefault }
            return .palette(UInt8(16 + (Role.allCases.firstIndex(of: role) ?? 0)))
        }
        return CellColors(
            foreground: color(style.role), background: style.background.map(color) ?? .terminalDefault,
            emphasis: style.emphasis)
    }

    /// What the second start left of the environment.
    private static func environment() -> String {
        let names: [String] = ["GOMP_SPINCOUNT", "SWIFT_BACKTRACE", "PARE_REEXECUTED"]
        return names.map { name in getenv(name).map { String(cString: $0) } ?? "none" }.joined(separator: "|")
    }

    private static func text(of kind: InputEvent.Kind) -> String {
        switch kind {
        case .key(let key): "key \(key)"
        case .mouse(let mouse): "mouse \(mouse.action) \(mouse.point.x),\(mouse.point.y)"
        case .paste(let text): "paste \(text.debugDescription)"
        case .resize(let size): "resize \(size.width)x\(size.height)"
        case .resumed: "resumed"
        case .backgroundKnown: "background known"
        }
    }
}
