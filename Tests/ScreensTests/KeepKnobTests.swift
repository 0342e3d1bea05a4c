import Compression
import Networks
import Screens
import Testing

/// The floor of a layer's pruning on the screen.
@Suite("Knob of the floor")
struct KeepKnobTests {
    private let keep = Knob.allCases.first { $0.rawValue == "keep" }

    private func keptCount(_ desk: Desk, _ layer: Layer) -> Int {
        Int(((desk.explorer.kept(of: layer)?.fraction ?? 0) * Double(layer.count)).rounded())
    }

    @Test("it is there while something is pruned, and holds whatever is turned after it")
    func knob() throws {
        let keep = try #require(keep)
        var desk = Desk()
        desk.press([.down, .down])
        let layer = try #require(desk.layer)
        #expect(!Knob.knobs(of: desk.plan, layer: layer).contains(keep))
        desk.press(.enter)
        desk.type("1")
        desk.press(.enter)
        #expect(Knob.knobs(of: desk.plan, layer: layer).contains(keep))
        for _ in Knob.allCases where desk.explorer.activeKnob != keep { desk.press(.tab) }
        desk.press(.enter)
        desk.type("700")
        desk.press(.enter)
        #expect(desk.plan.keep == 700 && desk.screen.contains("[keep 700]"))
        desk.type("p")
        for amount in ["40", "2", "0.1"] {
            desk.press(.enter)
            desk.type(amount)
            desk.press(.enter)
            let kept = keptCount(desk, layer)
            #expect(kept >= 700 && (kept == 700) == (amount != "0.1"), "\(amount): \(kept)")
        }
        desk.type("%")
        desk.press(.enter)
        desk.type("99.9%")
        desk.press(.enter)
        #expect(desk.plan.keep == 700 && keptCount(desk, layer) == 700)
        for _ in Knob.allCases where desk.explorer.activeKnob != keep { desk.press(.tab) }
        desk.press(.enter)
        desk.type("0")
        desk.press(.enter)
        #expect(desk.plan.keep == nil && keptCount(desk, layer) < 700)
        desk.type("u")
        #expect(desk.plan.keep == 700)
    }

    @Test("layers that are ranked together turn their amount together, each with a floor of its own")
    func ranked() {
        var desk = Desk()
        let floors: [Int?] = [nil, 100, 400, nil]
        var plans: [String: LayerPlan] = [:]
        for (layer, floor) in zip(desk.explorer.layers, floors) {
            var plan = LayerPlan(pruning: Pruning(criterion: .level, amount: 0.8, scope: .global))
            plan.keep = floor
            plans[layer.weight] = plan
        }
        var opening = Samples.opening()
        opening.plan = ResolvedPlan(layers: .init(uniqueKeys: plans.keys, values: plans.values))
        desk = Desk(opening)
        desk.type("p")
        desk.press(.right)
        for (layer, floor) in zip(desk.explorer.layers, floors) {
            let plan = desk.explorer.plan(of: layer)
            #expect(plan.pruning.amount == 0.81 && plan.keep == floor)
            #expect(keptCount(desk, layer) >= floor ?? 0)
        }
        let all = desk.explorer.layers.reduce(0) { $0 + $1.count }
        let kept = desk.explorer.layers.reduce(0) { $0 + keptCount(desk, $1) }
        #expect(kept == all - Int((0.81 * Double(all)).rounded()))
    }
}
