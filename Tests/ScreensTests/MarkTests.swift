import Compression
import Frames
import Screens
import Testing

/// Marked layers, which the knobs turn together.
@Suite("Marks")
struct MarkTests {
    private func amounts(_ desk: Desk) -> [Double] { desk.explorer.layers.map { desk.explorer.plan(of: $0).pruning.amount } }
    private func marked(_ desk: Desk) -> [String] { desk.explorer.marked.map(\.name) }

    @Test("a knob of a marked layer turns all marked ones as one change, that of another only its own")
    func turns() {
        var desk = Desk()
        desk.type(",jj,")
        #expect(marked(desk) == ["conv1", "fc1"] && desk.screen.contains("2 marked") && desk.screen.contains("•fc1"))
        desk.press(.right)
        #expect(amounts(desk) == [0.05, 0, 0.05, 0])
        #expect(desk.explorer.history.changes.map(\.label) == ["conv1, fc1 ratio 0.00 → 0.05"])
        desk.press([.up, .right])
        #expect(amounts(desk) == [0.05, 0.05, 0.05, 0] && desk.explorer.knobText == "0.05")
        desk.press([.up, .right, .right])
        #expect(amounts(desk)[0] == amounts(desk)[2] && amounts(desk)[1] == 0.05)
        desk.type("uuuu")
        #expect(amounts(desk) == [0, 0, 0, 0])
    }

    @Test("values that differ are mixed, and typing sets all")
    func mixes() {
        var desk = Desk()
        desk.press([.right, .character(","), .down, .character(",")])
        #expect(desk.explorer.knobText == "mixed")
        desk.press(.enter)
        desk.type("0.7")
        desk.press(.enter)
        #expect(amounts(desk) == [0.7, 0.7, 0, 0])
    }

    @Test("layers of a kind, those of a filter and all are marked and let go")
    func chooses() {
        var desk = Desk()
        desk.type(";")
        #expect(marked(desk) == ["conv1", "conv2"])
        desk.type(";")
        #expect(marked(desk).isEmpty)
        desk.type("/fc")
        desk.press(.enter)
        desk.type("*")
        #expect(marked(desk) == ["fc1", "fc2"])
        desk.press(.escape)
        desk.type("*")
        #expect(marked(desk).count == 4)
        desk.press(.escape)
        #expect(marked(desk).isEmpty && desk.explorer.message?.text == "no layer is marked")
    }

    @Test("bypass and reset go to all of them, a factor to none")
    func edits() {
        var desk = Desk()
        desk.type("*")
        desk.press(.right)
        desk.type(" ")
        #expect(desk.explorer.layers.allSatisfy { desk.explorer.plan(of: $0).bypass })
        desk.type("0")
        #expect(desk.explorer.layers.allSatisfy { desk.explorer.plan(of: $0) == .unchanged })
    }

    @Test("a count does a move or a turn so often, as one change; other keys drop it")
    func counts() {
        var desk = Desk()
        desk.type("'3j")
        #expect(desk.explorer.selectedLayer?.name == "fc2")
        desk.type("'2k'12l")
        #expect(desk.explorer.selectedLayer?.name == "conv2" && abs(amounts(desk)[1] - 0.6) < 1e-9)
        #expect(desk.explorer.history.changes.count == 1)
        desk.type("'4")
        #expect(desk.explorer.message?.text.hasPrefix("4 times") == true)
        desk.press(.escape)
        #expect(desk.explorer.message?.text == "no count")
        desk.type("'7s")
        #expect(desk.explorer.stack.isEmpty && desk.explorer.message?.text.contains("s is none") == true)
        desk.type("2")
        #expect(desk.explorer.focus == .weights)
    }

    @Test("a click on a head sorts by it, another one goes back")
    func sorts() throws {
        var desk = Desk(Samples.opening(size: Size(width: 200, height: 60)))
        func head(_ word: String) throws -> (x: Int, y: Int) {
            let lines = desk.screen.split(separator: "\n", omittingEmptySubsequences: false)
            let y = try #require(lines.firstIndex { $0.contains("weights") && $0.contains("kept") })
            let place = try #require(lines[y].range(of: word))
            return (lines[y].distance(from: lines[y].startIndex, to: place.lowerBound), y)
        }
        let bytes = try head("bytes")
        desk.mouse(.press, bytes.x + 1, bytes.y)
        #expect(desk.explorer.order == .bytes && desk.explorer.selectedLayer?.name == "fc1")
        let again = try head("bytes")
        desk.mouse(.press, again.x + 1, again.y)
        #expect(desk.explorer.order == .file)
        let weights = try head("weights")
        desk.mouse(.press, weights.x + 1, weights.y)
        #expect(desk.explorer.order == .size && desk.screen.contains("largest first"))
    }

    @Test("the largest error is a key away")
    func worst() {
        var desk = Desk()
        desk.type("!")
        #expect(desk.explorer.message?.text == "no layer has lost anything yet")
        desk.press([.down, .shiftRight, .shiftRight, .down, .right, .up, .up])
        desk.type("!")
        #expect(desk.explorer.selectedLayer?.name == "conv2")
    }

    @Test("pinned figures: what changed since stands behind accuracy and size")
    func pins() {
        var desk = Desk()
        desk.type("@")
        #expect(desk.explorer.message?.text.hasPrefix("pinned") == true && !desk.screen.contains("• −"))
        desk.press([.shiftRight, .shiftRight])
        let lines = desk.screen.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains { $0.contains(" size ") && $0.contains("•") && $0.contains(" B") }, "\(desk.screen)")
        desk.type("@")
        #expect(desk.explorer.message?.text == "nothing is pinned")
    }

    @Test("the list of exports has the bytes of what is known, and a click on the chosen one asks for the name")
    func exports() throws {
        var desk = Desk()
        desk.press(.shiftRight)
        desk.type("e")
        let lines = desk.screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let floats = desk.explorer.network.parameters.values.reduce(0) { $0 + 4 * $1.values.count }
        let grouped = NumberFormat(glyphs: .unicode).integer(floats)
        #expect(lines.contains { $0.contains(".safetensors") && $0.contains("~" + grouped) }, "\(desk.screen)")
        let row = try #require(lines.firstIndex { $0.contains(".qdq.onnx") })
        let column = try #require(lines[row].range(of: ".qdq.onnx")).lowerBound
        let x = lines[row].distance(from: lines[row].startIndex, to: column)
        desk.mouse(.press, x, row)
        desk.mouse(.press, x, row)
        #expect(desk.explorer.stack.top(as: PromptView.self)?.prompt.field.placeholder == "sample.qdq.onnx")
    }
}
