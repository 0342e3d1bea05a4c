import Compression
import Engine
import Frames
import Networks
import Reports
import Screens
import Sessions
import Testing

/// Rows say what counts, and sum to what stands below them.
@Suite("Rows and totals")
struct TruthTests {
    private func lines(_ desk: Desk) -> [Substring] { desk.screen.split(separator: "\n", omittingEmptySubsequences: false) }

    private func row(_ name: String, _ desk: Desk) throws -> Substring {
        try #require(lines(desk).first { $0.contains(name) && $0.contains("┃") })
    }

    /// Numbers of a text, with their commas.
    private func numbers(_ text: Substring) -> [Int] {
        text.matches(of: #/\d[\d,]*/#).compactMap { Int($0.output.replacing(",", with: "")) }
    }

    /// The text that was put on the clipboard last.
    private func copied(_ desk: Desk) throws -> String {
        try #require(desk.effects.compactMap { if case .copy(let text) = $0 { text } else { nil } }.last)
    }

    /// The column of bytes, from the first layer to the row of the rest, and the size below.
    private func bytes(_ desk: Desk) throws -> (rows: [Int], size: Int) {
        let names = desk.explorer.layers.map(\.name) + ["biases, graph"]
        let rows = try names.map { name in
            // Behind the border of the pane stand others.
            let line = try row(name, desk).split(separator: "┃")[0]
            return try #require(numbers(line).last)
        }
        let size = try #require(lines(desk).first { $0.contains(" size ") })
        return (rows, numbers(size)[1])
    }

    @Test("layers and the row of the rest sum to the size, estimated and exact", arguments: [(80, 24), (120, 40), (200, 60)])
    func sums(width: Int, height: Int) throws {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height)))
        desk.press([.shiftRight, .shiftRight])
        let estimated = try bytes(desk)
        #expect(estimated.rows.last == 4 * (4 + 8 + 32 + 10) && estimated.rows.reduce(0, +) == estimated.size)
        let layers = Dictionary(
            uniqueKeysWithValues: desk.explorer.layers.enumerated().map { index, layer in
                (layer.weight, FileBytes.Layer(streams: [.dense: 100 + index], coding: .dense, overhead: 7, estimate: 90))
            })
        desk.send(.engine(.file(FileBytes(total: 4_321, layers: layers), generation: desk.explorer.generation)))
        let exact = try bytes(desk)
        #expect(exact.size == 4_321 && exact.rows.reduce(0, +) == 4_321)
        desk.type("y")
        let text = try copied(desk)
        #expect(text.contains("biases, graph  \(exact.rows[4] / 1_000),\(exact.rows[4] % 1_000) B"))
    }

    @Test("the row of the rest has room beside more layers than four, and stays in sight while many scroll")
    func manyLayers() {
        var desk = Desk(
            Opening(
                network: LayerTreeTests.network, session: SessionStatus(name: "s"), themes: ["dark"], theme: "dark",
                size: Size(width: 120, height: 40), clockOffset: 0))
        #expect(!desk.screen.contains("biases, graph"))
        desk.send(.engine(.file(FileBytes(total: 9_000, layers: [:]), generation: desk.explorer.generation)))
        #expect(desk.screen.contains("biases, graph"))
        desk.send(.input(InputEvent(.resize(Size(width: 120, height: 20)), time: 1)))
        #expect(desk.screen.contains("biases, graph"))
        desk.press(.end)
        #expect(desk.screen.contains("biases, graph"))
    }

    @Test("a comparison has the row too, on both sides, and the interval of what is still counted")
    func comparison() throws {
        var desk = Desk(Samples.opening(size: Size(width: 160, height: 40)))
        desk.press([.shiftRight, .shiftRight])
        desk.type("c")
        let line = try #require(lines(desk).first { $0.contains("biases, graph") })
        #expect(numbers(line).prefix(2) == [216, 216])
        let report = AccuracyReport.sample(lost: 3, evaluated: 20)
        desk.send(.engine(.accuracy(report, generation: desk.explorer.generation)))
        let total = try #require(lines(desk).first { $0.contains("accuracy ") })
        let figures = NumberFormat.unicode
        let width = figures.halfWidth(report.differenceInterval.halfWidth)
        #expect(total.contains("90.00 → 82.50 ±5.00 −7.50 \(width)"), "\(total)")
        desk.send(.engine(.accuracy(.sample(lost: 3), generation: desk.explorer.generation)))
        #expect(desk.screen.contains("accuracy 90.00 → 82.50 −7.50  "))
    }

    @Test("a bypassed layer's row says what it is: no pruning, 32 bits, float32; its knobs stand below, said to rest")
    func bypass() throws {
        var desk = Desk(Samples.opening(size: Size(width: 80, height: 24)))
        desk.press([.shiftRight, .shiftRight])
        desk.type("b")
        desk.press(.enter)
        desk.type("4")
        desk.press(.enter)
        #expect(try row("conv1", desk).contains("0.50") && row("conv1", desk).contains("shared"))
        desk.type(" ")
        let bypassed = try row("conv1", desk)
        for word in ["bypass", "100.0%", " 32 ", "float32", "exact"] { #expect(bypassed.contains(word), "\(word): \(bypassed)") }
        for word in ["0.50", "shared"] { #expect(!bypassed.contains(word), "\(word): \(bypassed)") }
        #expect(lines(desk)[21].hasPrefix(" conv1 bypassed ▸ ") && lines(desk)[21].contains("[bits 4]"))
        desk.type("y")
        let text = try copied(desk)
        #expect(text.contains("conv1  bypass  kept 100.0%  float32 32 bits"))
        desk.type("c")
        let compared = try #require(lines(desk).first { $0.contains("conv1") })
        #expect(compared.contains("0.00 → bypass") && !compared.contains("shared"), "\(compared)")
        desk.press(.escape)
        desk.type(" ")
        #expect(try row("conv1", desk).contains("shared") && !lines(desk)[21].contains("bypassed"))
    }

    @Test("a folded group says of its bypassed layers what they are")
    func bypassedGroup() {
        var desk = Desk(
            Opening(
                network: LayerTreeTests.network, session: SessionStatus(name: "s"), themes: ["dark"], theme: "dark",
                size: Size(width: 120, height: 40), clockOffset: 0))
        desk.type("_")
        desk.press([.right])
        desk.type(" ")
        #expect(lines(desk).contains { $0.contains("+ model") && $0.contains("bypass") && !$0.contains("0.05") })
    }

    @Test("sorted layers begin with what they are sorted by, whatever was selected or filtered before")
    func sorting() throws {
        var desk = Desk(Samples.opening(size: Size(width: 40, height: 10)))
        desk.type("/conv1")
        desk.press([.enter, .escape])
        #expect(desk.layer?.name == "conv1")
        desk.type("O")
        #expect(desk.layer?.name == "fc1" && lines(desk)[3].contains("▸fc1"))
        desk.press([.right, .right])
        desk.type("OO")
        #expect(desk.layer?.name == "fc1")
        desk.type("OO")
        #expect(desk.explorer.order == .file && desk.layer?.name == "fc1")
    }

    @Test("one verdict for one difference: sure where it is clear")
    func verdict() {
        var desk = Desk()
        var report = AccuracyReport.sample(lost: 3)
        (report.count, report.evaluated, report.originalEvaluated) = (10_000, 10_000, 10_000)
        for (gains, losses, words) in [
            (120, 8_000, "surely worse (p "), (8_000, 120, "surely better (p "), (21, 38, "surely worse (p "),
            (3, 3, "no difference seen (p "),
        ] {
            (report.gains, report.losses) = (gains, losses)
            report.mcNemar = McNemar.exactPValue(gains: gains, losses: losses)
            desk.send(.engine(.accuracy(report, generation: desk.explorer.generation)))
            #expect(desk.screen.contains(words) && desk.screen.contains("surely") == words.hasPrefix("surely"), "\(words)")
        }
    }
}
