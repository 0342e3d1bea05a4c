import Compression
import Frames
import Networks
import OrderedCollections
import Reports
import Screens
import Sessions
import Tensors
import Testing

/// What must be read whole, or told apart.
@Suite("Reading the screen")
struct ReadingTests {
    /// 16 layers whose names differ at their end.
    private static let longNames: Network = {
        var generator = SeededGenerator(seed: 4)
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for index in 0..<16 {
            let size = 8 + index
            tensors["features.6.1.block.residual.\(index).fc1.weight"] = Tensor(
                shape: [size, 8], floats: (0..<8 * size).map { _ in Float(generator.laplace() * 0.05) })
        }
        return Network(weights: tensors, name: "long")
    }()

    private func desk(_ network: Network, _ width: Int, _ height: Int) -> Desk {
        Desk(
            Opening(
                network: network, session: SessionStatus(name: "s"), themes: ["dark"], theme: "dark",
                size: Size(width: width, height: height),
                clockOffset: 0))
    }

    @Test("names that are too long lose their beginning", arguments: [(80, 40), (120, 40), (200, 60)])
    func names(width: Int, height: Int) {
        var desk = desk(Self.longNames, width, height)
        desk.type("O+")
        for index in 0..<16 { #expect(desk.screen.contains(".\(index).fc1"), "\(index)") }
        #expect(desk.screen.contains(".15.fc1 ▸ [ratio"))
    }

    @Test("the column that the list is sorted by is never left out", arguments: [(80, 24), (120, 40), (200, 60)])
    func sortedColumn(width: Int, height: Int) {
        var desk = desk(Self.longNames, width, height)
        #expect(desk.screen.split(separator: "\n")[2].contains("bytes"))
        for heading in ["weights", "kept", "dB"] {
            desk.type("O")
            #expect(desk.screen.split(separator: "\n")[2].contains(heading), "\(heading)")
        }
    }

    @Test("bytes are seen at every usual size, and in a comparison", arguments: [(80, 24), (120, 40), (200, 60)])
    func bytes(width: Int, height: Int) {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height)))
        #expect(desk.screen.split(separator: "\n")[2].contains("bytes"))
        desk.press([.shiftRight, .shiftRight])
        desk.type("c")
        #expect(desk.screen.split(separator: "\n")[3].contains("bytes"))
    }

    @Test("the amount's column is called what it is; where both are mixed, each row has its unit")
    func amountColumn() {
        var desk = Desk()
        func heading(_ desk: Desk) -> Substring { desk.screen.split(separator: "\n")[2] }
        #expect(heading(desk).contains(" ratio "))
        desk.press(.shiftRight)
        desk.type("%")
        #expect(heading(desk).contains(" prune ") && desk.screen.contains("0.00σ"))
        for _ in 0..<3 {
            desk.press(.down)
            desk.type("%")
        }
        #expect(heading(desk).contains(" level ") && !desk.screen.contains("0.00σ") && desk.screen.contains("0.0%"))
    }

    @Test("the line of knobs shows at both ends that there are more", arguments: [80, 100])
    func knobRow(width: Int) throws {
        var desk = Desk(Samples.opening(size: Size(width: width, height: 24)))
        desk.press(.enter)
        desk.type("1")
        desk.press(.enter)
        desk.type("b")
        desk.press(.enter)
        desk.type("4")
        desk.press(.enter)
        desk.type("p")
        let count = Knob.knobs(of: desk.plan, layer: try #require(desk.layer)).count
        var isScrolled = false
        for _ in 0..<count {
            let line = desk.screen.split(separator: "\n", omittingEmptySubsequences: false)[21]
            let active = "[\(desk.explorer.activeKnob.name(in: desk.plan)) \(desk.explorer.knobText)]"
            #expect(line.contains(active), "\(line)")
            let behind = line.drop { $0 != "▸" }.dropFirst(2)
            #expect(behind.hasPrefix(" …") == !behind.contains("ratio 1.00"), "\(line)")
            #expect(line.hasSuffix(" …") == !line.contains("T 5.0"), "\(line)")
            isScrolled = isScrolled || behind.hasPrefix(" …")
            desk.press(.tab)
        }
        #expect(isScrolled)
    }

    @Test("the footer ends with the way to the file, to help and out", arguments: [(60, 24), (80, 24), (120, 40), (200, 60)])
    func footer(width: Int, height: Int) {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height)))
        func footer(_ desk: Desk) -> Substring { desk.screen.split(separator: "\n", omittingEmptySubsequences: false)[height - 1] }
        #expect(footer(desk).contains("e export  ? help  q quit"))
        desk.type("c")
        #expect(footer(desk).contains("? help  q quit"))
    }

    @Test("a message has a line of its own and leaves the keys, down to 14 rows; one that is cut names the key that shows it")
    func messages() {
        var desk = Desk(Samples.opening(size: Size(width: 60, height: 18)))
        desk.press(.right)
        desk.send(.session(.message(Message(String(repeating: "long words ", count: 12)))))
        let lines = desk.screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[16].hasPrefix(" long words") && lines[16].hasSuffix("… M all"))
        #expect(lines[17].contains("q quit"))
        desk.type("M")
        #expect(desk.screen.contains("Messages"))
    }

    @Test("a remark on a layer goes with the plan that it is about")
    func remarks() {
        var desk = Desk()
        desk.type("%")
        desk.press(.enter)
        desk.type("100%")
        desk.press(.enter)
        #expect(desk.screen.contains("every weight is pruned"))
        desk.isEngineOn = false
        desk.press(.left)
        #expect(!desk.screen.contains("every weight is pruned"))
    }

    @Test(
        "commands are found by other words for them",
        arguments: [
            ("smaller", ["choose-ratio", "export-plan"]), ("shrink", ["choose-bits"]), ("quantize", ["choose-weights"]), ("exit", ["quit"]),
            ("colour", ["choose-theme"]), ("finetune", ["retrain-network"]),
        ])
    func synonyms(word: String, names: [String]) {
        let desk = Desk()
        let found = desk.explorer.paletteEntries(SearchList(placeholder: "", query: word)).compactMap(\.command)
        #expect(found.count < 12)
        for name in names { #expect(found.contains(name), "\(word) finds \(found)") }
    }

    @Test("other words name commands that there are")
    func synonymsExist() {
        for name in CommandTable.commandsWithSynonyms { #expect(CommandTable.command(named: name) != nil, "\(name)") }
    }

    @Test("a snapshot is called by its name once")
    func snapshotWords() {
        #expect(Snapshot.words("snapshot 1") == "snapshot 1" && Snapshot.words("first") == "snapshot 'first'")
    }
}

/// Agreement on inputs without labels.
@Suite("Agreement on the screen")
struct AgreementScreenTests {
    private func desk(_ classes: Int, _ width: Int, _ height: Int) -> Desk {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height)))
        var report = AccuracyReport.sample(lost: 0)
        report.kind = .generated
        report.confusion = ConfusionTable((0..<10).map { label in (0..<10).map { $0 == label && label < classes ? 40 / classes : 0 } })
        (report.cosine, report.divergence) = (0.998731, 0.0123)
        desk.send(.engine(.accuracy(report, generation: desk.explorer.generation)))
        return desk
    }

    @Test("where the original names one class for all inputs, that is said and the logits stand first")
    func oneClass() {
        for (width, height) in [(120, 40), (200, 60)] {
            let screen = desk(1, width, height).screen
            #expect(screen.contains(" cosine 0.998731  KL 0.0123 nat"))
            #expect(screen.contains("one class for all"))
            #expect(!screen.contains(" agreement 90.00 %"))
        }
        #expect(!desk(2, 120, 40).screen.contains("one class"))
        #expect(desk(2, 200, 60).screen.contains(" agreement 90.00 %"))
    }

    @Test("the pane of agreement wraps what is wider than itself")
    func wraps() {
        var desk = desk(2, 120, 40)
        desk.type("4")
        let inside = desk.screen.split(separator: "\n").map { $0.split(whereSeparator: { "│┃".contains($0) }).last ?? "" }.joined(
            separator: " ")
        let words = inside.split(separator: " ").joined(separator: " ")
        #expect(words.contains("not accuracy: the inputs are drawn at random"))
        #expect(words.contains("agreement with the original 90.00"))
    }
}
