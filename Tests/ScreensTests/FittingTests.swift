import Compression
import Frames
import Reports
import Screens
import Sessions
import Testing

/// What must not be cut on a screen of 80×24, or 120×40.
@Suite("What fits the screen")
struct FittingTests {
    private func desk(_ width: Int, _ height: Int, _ change: (inout Opening) -> Void = { _ in }) -> Desk {
        var opening = Samples.opening(size: Size(width: width, height: height))
        change(&opening)
        return Desk(opening)
    }

    private func lines(_ desk: Desk) -> [Substring] { desk.screen.split(separator: "\n", omittingEmptySubsequences: false) }

    /// A session on data with a long name.
    private func named(_ session: String, _ width: Int, isReadOnly: Bool = false) -> Substring {
        let desk = desk(width, 24) {
            $0.session = SessionStatus(name: session, isReadOnly: isReadOnly)
            $0.dataset?.name = "Fashion-MNIST pullovers"
        }
        return lines(desk)[0]
    }

    @Test("the header gives up the word before the session's name, the split and the state, before the name and whether all is saved")
    func header() {
        #expect(named("first-try", 120).contains("validation 40 · as opened "))
        #expect(named("first-try", 120).hasSuffix(" session first-try · saved"))
        #expect(named("first-try", 80).contains("pullovers 40") && named("first-try", 80).hasSuffix("  first-try · saved"))
        #expect(named("deep-compression", 80).hasSuffix("  deep-compression · saved"))
        #expect(named("first-try", 80, isReadOnly: true).hasSuffix("  first-try · read-only"))
        #expect(named("first-try", 50).hasSuffix("  saved"))
        let long = named(String(repeating: "long", count: 20), 80)
        #expect(long.contains("longlong") && long.hasSuffix("… · saved"))
    }

    @Test("the first export prompt has its keys, and the endings in it or above it", arguments: [(80, 24), (120, 40), (200, 60)])
    func export(width: Int, height: Int) {
        var desk = desk(width, height)
        desk.type("e")
        desk.press(.enter)
        let lines = lines(desk)
        #expect(lines[height - 1].hasSuffix(" Enter accept  Esc cancel") && lines[height - 1].contains("sample.pare"))
        let place = lines[(height - 2)...].joined(separator: "\n")
        for ending in [".pare", ".onnx", ".qdq.onnx", ".safetensors", ".c", ".yaml"] { #expect(place.contains(ending), "\(ending)") }
    }

    @Test("a knob's words stand above the prompt where they have no room in it")
    func words() {
        var desk = desk(80, 24)
        for _ in 0..<20 where desk.explorer.activeKnob != .coder { desk.press(.tab) }
        desk.press(.enter)
        #expect(lines(desk)[22].hasPrefix(" smallest, dense, "))
        #expect(lines(desk)[23].contains("coder:") && lines(desk)[23].hasSuffix(" Enter accept  Esc cancel"))
    }

    @Test("advice that is cut names the key that shows all of it, in the panel too")
    func advice() {
        var desk = desk(80, 24)
        desk.press([.shiftRight, .shiftRight])
        desk.type("b")
        desk.press(.enter)
        desk.type("4")
        desk.press(.enter)
        desk.type("r")
        #expect(desk.explorer.place == .retrain && lines(desk)[22].hasSuffix("… M all"))
        desk.type("M")
        let text = lines(desk).joined(separator: " ").replacing(#/[┃│\s]+/#, with: " ")
        #expect(text.contains("usually ends at a higher accuracy"))
        desk.type("M")
        #expect(desk.explorer.place == .retrain)
    }

    @Test("every sentence and range of the panel fits it at 80 columns; at 60 they are wrapped")
    func panel() {
        for (width, height) in [(80, 24), (60, 30)] {
            var desk = desk(width, height)
            desk.press(.shiftRight)
            desk.type("w")
            desk.press([.right, .right, .right])
            desk.type("r")
            for _ in 0..<30 {
                desk.press(.down)
                let cut = lines(desk)[2..<(height - 3)].filter { $0.contains(#/…\s*┃/#) }
                #expect(cut.isEmpty, "\(cut.joined(separator: "\n"))")
            }
        }
    }

    @Test("a schedule's long name is read whole, for it stands alone")
    func schedule() {
        var desk = desk(80, 24) { $0.schedules = ["deep-compression-lenet-300-100"] }
        desk.type("r")
        desk.press([.up, .right])
        #expect(desk.screen.contains("[deep-compression-lenet-300-100]"))
    }

    @Test("the headings of an example's columns are told apart at 120×40", arguments: [(120, 40), (200, 60), (80, 24)])
    func example(width: Int, height: Int) throws {
        var desk = desk(width, height)
        let logits = (0..<400).map { Float($0 % 10) }
        desk.send(
            .engine(
                .logits(
                    LogitsTable(classCount: 10, original: logits, current: logits, evaluated: Array(0..<40)),
                    generation: desk.explorer.generation)))
        if width == 80 { desk.type("x") }
        let heading = try #require(lines(desk).first { $0.contains("orig") && ($0.contains("current T") || $0.contains("now T")) })
        let area = heading.prefix(width == 120 ? 56 : width)
        #expect(!area.contains("…"), "\(area)")
        #expect(area.contains("1") && area.contains("5"), "\(area)")
    }

    @Test("why something could not be saved is read whole beside the question", arguments: [(80, 24), (60, 12)])
    func cause(width: Int, height: Int) {
        var desk = desk(width, height)
        let reason =
            "/home/somebody/networks/sessions/first-try.sqlite can't be written (unable to open database file): free some space, or change permissions"
        desk.send(.session(.unsaved(reason)))
        let text = lines(desk).joined(separator: " ").replacing(#/[┃│┏┓┗┛━─┌┐└┘\s]+/#, with: " ")
        for word in reason.split(separator: " ").suffix(6) { #expect(text.contains(word), "\(word)") }
        #expect(lines(desk)[height - 1].contains("Leave and lose the last changes?") && lines(desk)[height - 1].contains(" y yes  n no"))
        desk.type("n")
        #expect(!desk.screen.contains("Why"))
    }

    @Test("a question about a long path keeps its keys")
    func overwrite() {
        var desk = desk(80, 24)
        let path = "/home/somebody/" + String(repeating: "networks/", count: 9) + "small.pare"
        desk.send(.session(.exists(path: path, .exportPlan(desk.explorer.plan, path: path, overwrite: false))))
        let line = lines(desk)[23]
        #expect(line.hasPrefix(" …") && line.contains("/small.pare exists. Overwrite it?  y yes  n no"))
    }

    @Test("a stage with a long name has a line of its own in the pane, and the line of messages drops whole parts")
    func stage() {
        var desk = desk(120, 40)
        desk.beginTraining()
        var progress = desk.progress(finished: 2, batch: 412)
        progress.stageName = "2/4 prune-retrain, round 3"
        desk.send(.engine(.training(progress)))
        #expect(desk.screen.contains("2/4 prune-retrain, round 3") && desk.screen.contains("epoch 3/5 ▓"))
        var small = self.desk(80, 24)
        small.beginTraining()
        small.press([.shiftUp, .shiftDown])
        small.finish(2, batch: 412)
        #expect(!lines(small)[22].contains("…") && lines(small)[22].contains("42 s left"))
    }
}
