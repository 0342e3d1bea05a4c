import Compression
import Frames
import Networks
import OrderedCollections
import Screens
import Sessions
import Tensors
import TestSupport
import Testing

/// The table of all settings: a row for each layer, a column for each knob.
@Suite("Table of settings")
struct SettingsViewTests {
    private func desk(_ width: Int, _ height: Int, _ glyphs: Glyphs = .unicode) -> Desk {
        var desk = Desk(Samples.opening(size: Size(width: width, height: height), glyphs: glyphs))
        desk.press([.down, .enter])
        desk.type("0.75")
        desk.press([.enter, .down])
        desk.type("%")
        desk.press(.enter)
        desk.type("90%")
        desk.press([.enter, .tab, .enter])
        desk.type("4")
        desk.press([.enter, .down])
        desk.type("w")
        desk.press([.enter])
        desk.type("linear 6")
        desk.press(.enter)
        desk.type(" V")
        return desk
    }

    private func lines(_ desk: Desk) -> [Substring] { desk.screen.split(separator: "\n", omittingEmptySubsequences: false) }

    @Test("golden frames", arguments: [(80, 24), (120, 40), (200, 60), (40, 10)])
    func golden(width: Int, height: Int) {
        Golden.check(desk(width, height).explorer.frame(size: Size(width: width, height: height)), "settings-\(width)x\(height)")
        let ascii = desk(width, height, .ascii)
        Golden.check(ascii.explorer.frame(size: ascii.explorer.size), "ascii-settings-\(width)x\(height)")
    }

    @Test("its cells are what the line of knobs says of each layer, and empty where a knob changes nothing")
    func cells() {
        var desk = desk(400, 24)
        for layer in desk.explorer.layers {
            desk.press(.home)
            for _ in desk.explorer.layers where desk.layer != layer { desk.press(.down) }
            let row = lines(desk).first { $0.contains("▸\(layer.name) ") } ?? ""
            let knobs = Knob.knobs(of: desk.plan, layer: layer).filter { $0 != .temperature }
            var rest = row.drop { $0 != "▸" }.dropFirst(layer.name.count + 1)
            for text in knobs.map({ $0.text(in: desk.plan, of: layer) }) + [String(desk.plan.bypass)] {
                rest = rest.drop { " []".contains($0) }
                #expect(rest.hasPrefix(text), "\(layer.name): \(text) in \(row)")
                rest = rest.dropFirst(text.count)
            }
            #expect(!rest.contains { $0.isLetter || $0.isNumber }, "\(rest)")
        }
    }

    @Test("every example of a plan has a cell for each of its knobs, muted where it is as it came")
    func defaults() {
        let size = Size(width: 500, height: 12)
        for plan in LayerPlan.examples {
            var opening = Samples.opening(size: size)
            opening.plan = ResolvedPlan(layers: OrderedDictionary(uniqueKeysWithValues: Samples.network.layers.map { ($0.weight, plan) }))
            let explorer = Explorer(opening)
            let area = Rect(x: 0, y: 0, width: 500, height: 12)
            var frame = Frame(size: size)
            explorer.draw(.settings, in: area, on: &frame)
            let row = frame.text.split(separator: "\n")[1]
            for knob in Knob.knobs(of: plan, layer: explorer.layers[0]) where knob != .temperature {
                #expect(row.contains(knob.text(in: plan, of: explorer.layers[0]).prefix(7)), "\(knob) in \(row)")
            }
            let values = frame.cells[500..<1_000].filter { $0.style.role == .value && $0.scalar != 32 }
            if plan == .unchanged { #expect(values.isEmpty) }
        }
    }

    @Test("the cursor is the selection with its knob: arrows, Tab, turns, typing, undo")
    func keys() {
        var desk = desk(120, 40)
        #expect(desk.layer?.name == "fc2" && desk.explorer.place == .settings)
        desk.press([.home, .down])
        #expect(desk.layer?.name == "conv2" && lines(desk).contains { $0.contains("▸conv2") && $0.contains("[") })
        desk.type("p")
        desk.press(.right)
        #expect(desk.plan.pruning.amount == 0.8 && desk.screen.contains("[0.80]"))
        desk.press(.tab)
        #expect(desk.explorer.activeKnob == .bits && desk.screen.contains("[32]"))
        desk.press(.enter)
        desk.type("5")
        desk.press(.enter)
        #expect(desk.plan.weights.bits == 5 && desk.screen.contains("[5]") && desk.explorer.place == .settings)
        desk.type("u")
        #expect(desk.plan.weights == .float32)
        desk.press(.end)
        #expect(desk.layer?.name == "fc2")
        desk.press(.pageUp)
        #expect(desk.layer?.name == "conv1")
        desk.press(.escape)
        #expect(desk.explorer.place == .layers && desk.layer?.name == "conv1")
    }

    @Test("row and column of the cursor stand on backgrounds of their own, and a click moves it")
    func mouse() throws {
        var desk = desk(120, 24)
        let frame = desk.explorer.frame(size: desk.explorer.size)
        let row = try #require(lines(desk).firstIndex { $0.contains("▸fc2") })
        #expect((20..<110).allSatisfy { frame[$0, row].style.background == .selection })
        let column = try #require(frame.focus).x + 1
        #expect((row - 3..<row).allSatisfy { frame[column, $0].style.background == .selectionInactive })
        let heading = Array(lines(desk)[row - 4])
        let bits = try #require(String(heading).range(of: " bits")).upperBound
        let x = String(heading).distance(from: String(heading).startIndex, to: bits) - 1
        desk.mouse(.press, x, row - 2)
        #expect(desk.layer?.name == "conv2" && desk.explorer.activeKnob == .bits)
        desk.mouse(.wheelDown, x, row)
        #expect(desk.layer?.name == "fc1")
    }

    @Test("columns scroll until the active knob is seen, and marks say where some are left out", arguments: [40, 50, 80, 120])
    func scrolling(width: Int) {
        var desk = desk(width, 12)
        desk.press(.home)
        var seen: Set<String> = []
        for _ in Knob.knobs(of: desk.plan, layer: desk.explorer.layers[0]) {
            desk.press(.tab)
            guard desk.explorer.activeKnob != .temperature else { continue }
            seen.insert(desk.explorer.activeKnob.rawValue)
            let row = lines(desk).first { $0.contains("▸") && $0.contains("[") } ?? ""
            #expect(row.contains("[\(desk.explorer.knobText)"), "\(desk.explorer.activeKnob) \(desk.screen)")
        }
        #expect(seen.count > 5 && desk.screen.contains("…"))
    }

    @Test("layers that turn together are marked; any area holds it", arguments: [1, 2, 5, 17])
    func sizes(side: Int) {
        let explorer = desk(80, 24).explorer
        for width in [1, 3, 12, 60] {
            var frame = Frame(size: Size(width: 70, height: 30))
            explorer.draw(.settings, in: Rect(x: 2, y: 3, width: width, height: side), on: &frame)
            for y in 0..<30 {
                for x in 0..<70 where !(2..<2 + width).contains(x) || !(3..<3 + side).contains(y) { #expect(frame[x, y] == .blank) }
            }
        }
    }

    private func explorer(layers: Int) -> Explorer {
        let tensor = Tensor(shape: [2, 2], floats: [1, 2, 3, 4])
        let tensors = OrderedDictionary(uniqueKeysWithValues: (0..<layers).map { ("model.\($0 / 10).part\($0 % 10).weight", tensor) })
        return Explorer(
            Opening(
                network: Network(weights: tensors, name: "many"), session: SessionStatus(name: "s"), themes: ["dark"], theme: "dark",
                size: Size(width: 120, height: 40), clockOffset: 0))
    }

    private func span(_ explorer: Explorer) -> Duration {
        (0..<5).map { _ in
            ContinuousClock().measure {
                var frame = Frame(size: Size(width: 120, height: 40))
                explorer.draw(.settings, in: frame.bounds, on: &frame)
            }
        }.min() ?? .zero
    }

    @Test("a frame of 40,000 layers takes as long as one of 100")
    func cost() {
        #expect(span(explorer(layers: 40_000)) < span(explorer(layers: 100)) * 4 + .milliseconds(3))
    }
}
