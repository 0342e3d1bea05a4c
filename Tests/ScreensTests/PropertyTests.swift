import Compression
import Frames
import Screens
import Sessions
import Tensors
import Testing

@Suite("Random use")
struct PropertyTests {
    @Test("10,000 random events at sizes from 20×5 to 300×100: a frame of that size each, no crash", arguments: 0..<10)
    func survivesAnything(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(100 + seed))
        var opening = Samples.opening(glyphs: seed.isMultiple(of: 2) ? .unicode : .ascii)
        if seed == 3 { opening.dataset = nil }
        var desk = Desk(opening, isEngineOn: false)
        for step in 0..<1_000 {
            if step.isMultiple(of: 7) {
                let size = Size(width: .random(in: 20...300, using: &generator), height: .random(in: 5...100, using: &generator))
                desk.send(.input(InputEvent(.resize(size), time: desk.time)))
            }
            desk.isEngineOn = step.isMultiple(of: 11)
            randomEvent(&desk, &generator)
            let frame = desk.explorer.frame(size: desk.explorer.size)
            #expect(frame.size == desk.explorer.size)
            #expect(frame.cells.count == frame.size.width * frame.size.height)
            checkCells(frame, isASCII: opening.glyphs == .ascii)
        }
        desk.press(.control("c"))
        #expect(desk.effects.last == .quit)
    }

    private func randomEvent(_ desk: inout Desk, _ generator: inout SeededGenerator) {
        let roll = Int.random(in: 0..<20, using: &generator)
        switch roll {
        case 0..<3:
            let actions: [Mouse.Action] = [.press, .drag, .release, .doubleClick, .wheelUp, .wheelDown]
            let size = desk.explorer.size
            desk.mouse(
                actions.randomElement(using: &generator) ?? .press, .random(in: 0..<size.width, using: &generator),
                .random(in: 0..<size.height, using: &generator))
        case 3: desk.send(.input(InputEvent(.paste("0.7 é 漢字\u{7}\n"), time: desk.time)))
        case 4: desk.send(.session(.sessions([Self.summary])))
        case 5: trainingEvent(&desk, &generator)
        case 6: desk.type(["r", ".", "E", "B", "6"].randomElement(using: &generator) ?? "r")
        default: desk.press(randomKey(&generator), after: .random(in: 1...900, using: &generator))
        }
    }

    /// What an engine may say of a training, sense or not.
    private func trainingEvent(_ desk: inout Desk, _ generator: inout SeededGenerator) {
        let finished = Int.random(in: 0...5, using: &generator)
        var progress = desk.progress(finished: finished, batch: .random(in: 0...844, using: &generator))
        let numbers = [0, -1, .nan, .infinity, 1e300, 1e-300, 0.5]
        func number() -> Double { numbers.randomElement(using: &generator) ?? 0 }
        if Bool.random(using: &generator) {
            (progress.loss, progress.rate, progress.secondsLeft, progress.examplesPerSecond) = (number(), number(), number(), number())
            progress.lossCurve = (0..<8).map { _ in number() }
            progress.batches = [0, 1, 844].randomElement(using: &generator) ?? 0
            progress.epochs = [0, 1, 1_000].randomElement(using: &generator) ?? 0
            progress.history.append(Desk.epoch(.random(in: 0...2_000, using: &generator)))
        }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: desk.send(.engine(.epoch(desk.trained("epoch \(finished)", epochs: finished), Desk.epoch(finished))))
        case 1: desk.send(.engine(.trained(desk.trained("end \(finished)", epochs: finished), progress)))
        case 2: desk.send(.engine(.trained(nil, progress)))
        case 3: desk.send(.engine(.trainingFailed("no memory")))
        default: desk.send(.engine(.training(progress)))
        }
    }

    private func randomKey(_ generator: inout SeededGenerator) -> Key {
        let named: [Key] = [
            .up, .down, .left, .right, .shiftUp, .shiftDown, .shiftLeft, .shiftRight, .pageUp, .pageDown, .home, .end, .enter,
            .enter, .escape, .escape, .tab, .backTab, .backspace, .delete, .insert, .function(1), .function(2), .function(3),
            .control("r"), .control("p"), .control("l"), .control("z"), .control("u"),
        ]
        if Bool.random(using: &generator) { return named.randomElement(using: &generator) ?? .up }
        let scalar = Unicode.Scalar(UInt8.random(in: 32...126, using: &generator))
        return .character(Character(scalar))
    }

    /// Only characters that a terminal shows, and wide ones whole.
    private func checkCells(_ frame: Frame, isASCII: Bool) {
        for y in 0..<frame.size.height {
            for x in 0..<frame.size.width {
                let value = frame[x, y].scalar
                if value >= 32, value <= 126 { continue }
                if isASCII { Issue.record("\(value) at \(x), \(y) is not ASCII") }
                guard value != 0, let scalar = Unicode.Scalar(value) else { continue }
                if !scalar.isShowable { Issue.record("\(value) at \(x), \(y) can't be shown") }
                if scalar.cellWidth == 2, x + 1 >= frame.size.width { Issue.record("half of \(scalar) at \(x), \(y)") }
            }
        }
    }

    private static let summary = SessionSummary(
        name: "other", path: "other.sqlite", networkName: "sample", networkSHA256: nil, modified: 0,
        snapshots: [
            SnapshotSummary(name: "one", note: "", created: 0, accuracy: 0.9, compressedBytes: 1_000, sparsity: 0.5)
        ], isReadOnly: false)
}
