import Compression
import Frames
import Networks
import Reports
import Screens
import Sessions
import Tensors
import TestSupport
import Testing

/// Layers of a low rank on the screen: what rank is in force, how its knobs turn, and what is said of the factors.
@Suite("Knobs of the rank")
struct FactorKnobTests {
    private func knob(_ name: String) throws -> Knob { try #require(Knob.allCases.first { $0.rawValue == name }) }

    private func layer(_ rows: Int, _ columns: Int) -> Layer {
        var layer = Layer(
            name: "fc", weight: "fc.weight", bias: nil, shape: [rows, columns], node: 0, isConvolution: false, isTransposed: false)
        layer.isFactorable = true
        return layer
    }

    private func rank(_ plan: LayerPlan, _ layer: Layer) throws -> Int { try #require(plan.factorization(of: layer.geometry)).first }

    /// The third layer, fc1 [32, 72], with factors and the knob of their rank.
    private func desk(_ size: Size = Size(width: 120, height: 40), isEngineOn: Bool = true, pruning: String? = nil) -> Desk {
        var desk = Desk(Samples.opening(size: size), isEngineOn: isEngineOn)
        desk.press([.down, .down])
        if let pruning { type(pruning, &desk) }
        desk.type("w")
        type("factors", &desk)
        desk.press(.tab)
        return desk
    }

    private func type(_ text: String, _ desk: inout Desk) {
        desk.press(.enter)
        desk.type(text)
        desk.press(.enter)
    }

    private func line(_ desk: Desk, _ text: String) -> Substring {
        desk.screen.split(separator: "\n").first { $0.contains(text) } ?? ""
    }

    @Test("the rank in force stands in the row, the line of knobs, the titles of the panes, the ladder, the comparison and the clipboard")
    func shown() {
        var desk = desk()
        #expect(desk.explorer.activeKnob.rawValue == "rank" && desk.screen.contains("[rank 25% = 16]"))
        #expect(line(desk, "fc1 ").contains(" r16 ") && desk.screen.contains("rank 16") && desk.screen.contains("Factors, rank 16"))
        desk.type("F")
        #expect(desk.screen.contains("rank 16"))
        desk.press(.escape)
        desk.type("c")
        #expect(desk.screen.contains("float32 → factors r16"))
        desk.press(.escape)
        desk.type("y")
        let copied = desk.effects.compactMap { if case .copy(let text) = $0 { text } else { nil } }
        #expect(copied.last?.contains("factors rank 16") == true)
    }

    @Test(
        "each step of the share has another rank, down to 1 and up to what a share can have",
        arguments: [
            (800, 500), (300, 784), (10, 32), (1, 9), (7, 7), (4_096, 4_096), (100, 20),
        ])
    func steps(rows: Int, columns: Int) throws {
        let (layer, knob) = (layer(rows, columns), try knob("rank"))
        for isUp in [true, false] {
            for isBig in [true, false] {
                var plan = LayerPlan(weights: .factors(.share(isUp ? 0 : 1)))
                var seen = [try rank(plan, layer)]
                while let next = try? knob.turned(plan, of: layer, up: isUp, isBig: isBig) {
                    plan = next
                    seen.append(try rank(plan, layer))
                }
                #expect(zip(seen, seen.dropFirst()).allSatisfy { isUp ? $0 < $1 : $0 > $1 }, "\(seen)")
                let ends = [LayerPlan(weights: .factors(.share(0))), LayerPlan(weights: .factors(.share(1)))]
                #expect(Set(seen).isSuperset(of: [try rank(ends[0], layer), try rank(ends[1], layer)]), "\(seen)")
                guard rows == 800, !isBig else { continue }
                #expect(Set(seen).isSuperset(of: (1...31).map { 16 * $0 }), "\(seen)")
            }
        }
    }

    @Test("words of the weights leave factors out where the layer can't become several", arguments: [true, false])
    func words(isFactorable: Bool) throws {
        var layer = layer(32, 72)
        layer.isFactorable = isFactorable
        for isUp in [true, false] {
            var (plan, seen) = (LayerPlan.unchanged, Set<String>())
            for _ in FormSettings.all {
                plan = try Knob.representation.turned(plan, of: layer, up: isUp, isBig: false)
                seen.insert(plan.weights.name)
            }
            #expect(seen.contains("factors") == isFactorable && seen.count >= FormSettings.all.count - 1)
        }
    }

    @Test("a share said as a number keeps the rank in force, and back")
    func translation() throws {
        var desk = desk()
        desk.press(.tab)
        #expect(desk.screen.contains("[rank by share]"))
        desk.press(.right)
        #expect(desk.plan.weights == .factors(.number(16)) && desk.screen.contains(" rank 16 "))
        desk.press(.left)
        #expect(desk.plan.weights == .factors(.share(0.5)) && desk.screen.contains(" rank 50% = 16 "))
        desk.type("u")
        desk.press(.backTab)
        type("7", &desk)
        desk.press(.tab)
        desk.press(.right)
        #expect(desk.plan.weights == .factors(.share(0.22)) && desk.screen.contains(" rank 22% = 7 "))
    }

    @Test("a number ends at the largest rank of the layer: turned, typed and copied")
    func largest() throws {
        var desk = desk()
        desk.press(.tab)
        desk.press(.right)
        desk.press(.backTab)
        desk.press(.enter)
        #expect(desk.screen.contains("1…32"))
        desk.type("33")
        desk.press(.enter)
        #expect(desk.plan.weights == .factors(.number(16)) && desk.screen.contains("allowed is 1…32"))
        desk.press(.escape)
        for _ in 0..<3 { desk.press(.shiftRight) }
        #expect(desk.plan.weights == .factors(.number(32)) && desk.explorer.message?.text.contains("at its end") == true)
        desk.type("w")
        desk.type("a")
        let ranks = desk.explorer.layers.map { desk.explorer.plan(of: $0).weights }
        #expect(ranks == [.factors(.number(4)), .factors(.number(8)), .factors(.number(32)), .factors(.number(10))])
        let (layer, knob) = (layer(800, 500), try knob("rank"))
        let above = LayerPlan(weights: .factors(.number(700)))
        #expect(try knob.turned(above, of: layer, up: false, isBig: false).weights == .factors(.number(500)))
        #expect(throws: KnobRefusal.self) { try knob.turned(above, of: layer, up: true, isBig: false) }
    }

    @Test("factors that take more than the weights, and a rank above the largest, are remarks")
    func remarks() {
        var desk = desk()
        #expect(!desk.screen.contains("fc1!"))
        type("100%", &desk)
        #expect(desk.screen.contains("fc1!"))
        #expect(desk.screen.contains("the factors take 13,312 B, the dense weights 9,216 B; they pay up to rank 22"))
        var opening = Samples.opening(size: Size(width: 160, height: 40))
        opening.plan = ResolvedPlan(layers: ["conv1.weight": LayerPlan(weights: .factors(.number(700)))])
        #expect(Desk(opening).screen.contains("rank 700 is above the largest, 4, which is taken"))
    }

    @Test("bits neither undo nor make factors, and a rank reaches only layers that have one")
    func others() throws {
        var desk = desk()
        desk.type("b")
        for key in [Key.left, .right, .shiftLeft] {
            desk.press(key)
            #expect(desk.plan.weights == .factors(.share(0.25)) && desk.explorer.message?.text.contains("always have 32 bits") == true)
        }
        type("4", &desk)
        desk.press(.escape)
        #expect(desk.plan.weights == .factors(.share(0.25)))
        desk.type("a")
        #expect(desk.explorer.layers.map { desk.explorer.plan(of: $0).weights.isProduct } == [false, false, true, false])
        desk.press(.up)
        desk.type("w")
        type("linear 4", &desk)
        desk.type("ba")
        #expect(desk.explorer.layers.map { desk.explorer.plan(of: $0).weights.isProduct } == [false, false, true, false])
        desk.press([.down, .down, .down, .down])
        desk.type("w")
        type("factors", &desk)
        desk.press(.tab)
        type("50%", &desk)
        desk.type("a")
        let plans = desk.explorer.layers.map { desk.explorer.plan(of: $0).weights }
        #expect(plans[2...] == [.factors(.share(0.5)), .factors(.share(0.5))] && !plans[0].isProduct && !plans[1].isProduct)
    }

    @Test("the knobs stand behind weights, in sight at 80 columns, and two have different words", arguments: [80, 120])
    func order(width: Int) {
        let desk = desk(Size(width: width, height: 24))
        let line = line(desk, "[rank 25% = 16]")
        #expect(line.contains("weights factors") && line.contains("rank by share"))
        #expect(Set(Knob.knobs(of: desk.plan, layer: desk.explorer.layers[2]).map { $0.name(in: desk.plan) }).count > 9)
        let names = Knob.knobs(of: desk.plan, layer: desk.explorer.layers[2]).map { $0.name(in: desk.plan) }
        #expect(Set(names).count == names.count)
    }

    @Test("palette, help and glossary find them", arguments: ["factor", "low rank", "svd", "rank"])
    func found(word: String) {
        let explorer = Desk().explorer
        let list = SearchList(placeholder: "", query: word)
        #expect(explorer.paletteEntries(list).contains { $0.command == "choose-weights" })
        #expect(explorer.helpEntries(list).contains { $0.command == "choose-weights" })
        #expect(Glossary.all.contains { ($0.word + $0.meaning).lowercased().contains(word) })
    }

    @Test("pane 3 says rank, both factors, their bytes, the energy that is kept and what pays")
    func factors() {
        let desk = desk(Size(width: 200, height: 60))
        for text in [
            "16 of 32 ranks", "energy kept ", "left 32×16 2,048 B", "right 16×72 4,608 B", "both 6,656 B", "dense weights 9,216 B",
            "pays up to rank 22",
        ] { #expect(desk.screen.contains(text), "\(text)") }
        #expect(!desk.screen.contains("each weight keeps a value of its own"))
    }

    @Test("pane 2 says that pruning came before the product")
    func pruned() {
        let desk = desk(Size(width: 200, height: 60), pruning: "0.5")
        #expect(desk.screen.contains("% pruned before the product") && desk.screen.contains("the product has no zeros"))
        #expect(!desk.screen.contains(" pruned 4"))
    }

    @Test("the ladder has the ways that factors are written in, and no bound of the product")
    func ladder() throws {
        let desk = desk()
        let layer = try #require(desk.layer)
        let summary = try #require(desk.explorer.summary(of: layer))
        let ladder = ByteLadder(summary, file: nil)
        #expect(ladder.rungs.map(\.name) == ["float32, dense", "factors of rank 16, float32"] && ladder.rungs[1].bytes == 6_656)
        #expect(ladder.entropyBytes == nil && ladder.breakEven == nil)
    }

    @Test("the retraining panel counts them and has the original as teacher")
    func training() throws {
        var desk = desk(isEngineOn: false)
        desk.type("r")
        #expect(desk.screen.contains("1 factored") && !desk.screen.contains("nothing pruned or quantized"))
        let form = try #require(desk.explorer.stack.newest(RetrainView.self)).form
        #expect(form.settings.recipe.teachers == [.original])
    }

    @Test("until the factors are computed, the row's figures are muted and the size is an estimate")
    func stale() throws {
        var desk = Desk(Samples.opening(glyphs: .ascii))
        desk.isEngineOn = false
        let streams = FileBytes.Layer(streams: [.dense: 9_000, .bitmap: 9_100], coding: .dense, overhead: 40, estimate: 9_216)
        let file = FileBytes(total: 43_210, layers: ["fc1.weight": streams])
        desk.send(.engine(.file(file, generation: desk.explorer.generation)))
        desk.press([.down, .down])
        #expect(desk.screen.contains("exact, file") && line(desk, "fc1  ").contains("9,040"))
        desk.type("w")
        type("factors", &desk)
        let frame = desk.explorer.frame(size: desk.explorer.size)
        let row = try #require(desk.screen.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("fc1  ") })
        let text = Array(desk.screen.split(separator: "\n", omittingEmptySubsequences: false)[row])
        let place = try #require(String(text).range(of: "r16")).upperBound
        let start = String(text).distance(from: String(text).startIndex, to: place)
        let border = try #require((start..<desk.explorer.size.width).first { frame[$0, row].style.role == .borderFocused })
        for x in start..<border where frame[x, row].scalar != 32 && !"factors".contains(text[x]) {
            #expect(frame[x, row].style.role == .muted, "\(text[x]) at \(x)")
        }
        #expect(!desk.screen.contains("exact, file") && desk.screen.contains("the table of fc1 is being made"))
        desk.type("F")
        let ladder = desk.explorer.frame(size: desk.explorer.size)
        let rungs = desk.screen.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter { $1.contains(" b/w") }
        #expect(rungs.count > 4)
        for (row, _) in rungs {
            for x in 4..<36 where ladder[x, row].scalar != 32 { #expect(ladder[x, row].style.role == .muted, "row \(row)") }
        }
    }
}
