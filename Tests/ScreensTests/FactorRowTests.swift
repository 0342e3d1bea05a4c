import Compression
import Frames
import Networks
import Reports
import Screens
import Sessions
import TestSupport
import Testing

/// Factors as rows below their layer, with knobs, histogram and table of their own.
@Suite("Rows of factors")
struct FactorRowTests {
    /// fc1 [32, 72] with factors of rank 16, its left one selected.
    private func desk(_ size: Size = Size(width: 160, height: 44), isEngineOn: Bool = true) -> Desk {
        var opening = Samples.opening(size: size)
        opening.plan = ResolvedPlan(layers: ["fc1.weight": LayerPlan(weights: .factors(.share(0.25)))])
        var desk = Desk(opening)
        desk.press([.down, .down, .down])
        desk.isEngineOn = isEngineOn
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

    private func whole(_ desk: Desk) -> LayerPlan { desk.explorer.resolvedPlan["fc1.weight"] }

    @Test("A layer of a rank has a row for each factor, from left to right; the arrows go through them and back to layers")
    func rows() throws {
        var desk = desk()
        #expect(desk.layer?.name == "fc1.left" && desk.layer?.shape == [32, 16])
        #expect(line(desk, "  left ").contains("32×16") && line(desk, "  left ").contains("512"))
        #expect(line(desk, "  right ").contains("16×72"))
        #expect(line(desk, "  left ").contains("float32") && line(desk, "  left ").contains("2,048"))
        let names = Knob.knobs(of: desk.plan, layer: try #require(desk.layer)).map(\.rawValue)
        #expect(names.contains("amount") && names.contains("representation"))
        #expect(Set(names).isDisjoint(with: ["scope", "activations", "biases", "rank"]))
        desk.press(.down)
        #expect(desk.layer?.name == "fc1.right")
        desk.press(.down)
        #expect(desk.layer?.name == "fc2")
        desk.press([.up, .up, .up])
        #expect(desk.layer?.name == "fc1" && desk.layer?.part == nil)
    }

    @Test("A knob turns the plan of the factor alone, and what it keeps stands in the key's own frame")
    func turning() throws {
        var desk = desk(isEngineOn: false)
        let layer = try #require(desk.layer)
        let distribution = try #require(desk.explorer.compressed["fc1.weight"]?.value.distribution(of: .left))
        type("0.9", &desk)
        #expect(desk.plan.pruning == .ratio(0.9) && whole(desk)[.left].pruning == .ratio(0.9) && whole(desk).pruning.amount == 0)
        let zeros = distribution.zeros(threshold: 0.9 * distribution.standardDeviation)
        let share = NumberFormat(glyphs: .unicode).percent(1 - Double(zeros) / Double(layer.count))
        #expect(line(desk, "  left ").contains(share) && line(desk, "  left ").contains("0.90"))
        #expect(desk.explorer.prunedCount(of: layer) == zeros && desk.explorer.histogramRange(of: layer) != nil)
        #expect(desk.screen.contains("fc1.left") && desk.screen.contains(" pruned "))
        desk.type("p")
        desk.press([.tab, .tab])
        desk.type("u")
        #expect(whole(desk).parts == nil && desk.plan == .unchanged)
        desk.press(.control("r"))
        #expect(whole(desk)[.left].pruning == .ratio(0.9))
    }

    @Test("The comparison has a row for each factor; of a layer that is dense on one side the other side stands alone")
    func compared() throws {
        var desk = desk()
        desk.type("c")
        #expect(line(desk, "fc1 ").contains("float32 → factors r16"))
        #expect(line(desk, "  left ").contains("– → 0.00") && line(desk, "  left ").contains("– → 100.0%"))
        #expect(line(desk, "  right ").contains("– → float32") && line(desk, "  right ").contains("– → ~"))
        desk.press(.escape)
        let (plan, layers) = (desk.explorer.plan, desk.explorer.layers)
        let report = Report(
            network: NetworkIdentity(name: "small", parameters: 0, sha256: "aa", fileBytes: nil), data: nil, accuracy: nil,
            bytes: NetworkBytes(original: 1, compressed: 1), sparsity: 0, plan: plan,
            layers: layers.compactMap { desk.explorer.summary(of: $0) },
            environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1))
        desk.send(.session(.snapshotSaved(Snapshot(id: 1, name: "first", note: "", created: 0, plan: plan, report: report))))
        type("0.9", &desk)
        let share = NumberFormat(glyphs: .unicode).percent(try #require(desk.layer.flatMap { desk.explorer.kept(of: $0) }).fraction)
        desk.type("c")
        #expect(desk.screen.contains("first") && desk.screen.contains("→ current"))
        #expect(line(desk, "  left ").contains("0.00 → 0.90") && line(desk, "  left ").contains("100.0% → \(share)"))
        #expect(line(desk, "  right ").contains("0.00") && !line(desk, "  right ").contains("0.00 →"))
        #expect(line(desk, "fc1 ").contains("factors r16") && !line(desk, "fc1 ").contains("→ factors"))
    }

    @Test("A criterion turned to the other keeps about the numbers that are pruned")
    func criterion() throws {
        var desk = desk()
        type("0.9", &desk)
        let layer = try #require(desk.layer)
        let before = try #require(desk.explorer.prunedCount(of: layer))
        let criterion = try #require(Knob.allCases.first { $0 == .criterion })
        while desk.explorer.activeKnob != criterion { desk.press(.tab) }
        desk.press(.right)
        #expect(desk.plan.pruning.criterion == .level)
        let after = try #require(desk.explorer.prunedCount(of: layer))
        #expect(abs(after - before) <= 1 && before > 0)
    }

    @Test("Shared numbers of a factor have a table, a row of their own figures, and bytes that the layer sums")
    func sharing() throws {
        var desk = desk()
        desk.type("w")
        type("shared 3", &desk)
        #expect(desk.plan.weights == .shared(WeightSharing(bits: 3)) && desk.screen.contains("Centroids 8"))
        let summary = try #require(desk.explorer.compressed["fc1.weight"]?.value.summary)
        let parts = try #require(summary.parts)
        #expect(summary.bytes.huffman == parts.reduce(0) { $0 + $1.bytes.huffman } && summary.bytes.huffman < 6_656)
        #expect(desk.explorer.summary(of: try #require(desk.layer))?.codebook.count == 8)
        desk.type("F")
        #expect(desk.screen.contains("Bytes of fc1.left"))
        desk.press(.escape)
        desk.press(.up)
        desk.type("F")
        #expect(desk.screen.contains("by their plans (estimate)"))
        desk.press(.escape)
        desk.type("m")
        #expect(desk.screen.contains("Mask"))
        desk.press(.escape)
        #expect(desk.layer?.name == "fc1")
    }

    @Test("A factor has no factors: words and typing leave them out")
    func words() throws {
        var desk = desk()
        desk.type("w")
        var seen: Set<String> = []
        for _ in 0..<14 {
            desk.press(.right)
            seen.insert(desk.plan.weights.name)
        }
        #expect(!seen.contains("factors") && seen.count == FormSettings.all.count - 1)
        type("factors", &desk)
        #expect(desk.screen.contains("choose one of float32") && !desk.plan.weights.isProduct)
        desk.press(.escape)
        #expect(desk.layer?.name == "fc1.left")
    }

    @Test("A knob is copied to the factors of that side; bypass and reset are of the factor alone")
    func copying() throws {
        var opening = Samples.opening(size: Size(width: 160, height: 44))
        let factored = LayerPlan(weights: .factors(.share(0.5)))
        opening.plan = ResolvedPlan(layers: ["conv2.weight": factored, "fc1.weight": factored, "fc2.weight": factored])
        var desk = Desk(opening)
        while desk.layer?.name != "fc1.left" { desk.press(.down) }
        type("0.7", &desk)
        desk.type("a")
        let plans = desk.explorer.layers.map { desk.explorer.plan(of: $0) }
        #expect(plans.map { $0[.left].pruning.amount } == [0, 0.7, 0.7, 0.7] && plans.allSatisfy { $0[.right] == .unchanged })
        #expect(desk.explorer.message?.text.contains("all left factors") == true)
        desk.press(.character(" "))
        #expect(desk.plan.bypass && !whole(desk).bypass)
        desk.press(.character(" "))
        #expect(!desk.plan.bypass)
    }

    @Test("When the layer is no product any more its factor's selection is the layer's, and plans of factors wait")
    func leaving() throws {
        var desk = desk()
        type("0.5", &desk)
        desk.press(.up)
        desk.type("w")
        type("float32", &desk)
        #expect(desk.layer?.name == "fc1" && !desk.screen.contains("  left "))
        #expect(whole(desk)[.left].pruning == .ratio(0.5) && whole(desk).partsInForce == nil)
        desk.type("u")
        #expect(desk.screen.contains("  left "))
    }

    @Test("the main screen with rows of factors", arguments: [(80, 24), (120, 40), (200, 60)])
    func frames(width: Int, height: Int) {
        var desk = desk(Size(width: width, height: height))
        type("0.8", &desk)
        desk.type("w")
        type("shared 3", &desk)
        Golden.check(desk.explorer.frame(size: desk.explorer.size), "factors-\(width)x\(height)")
    }

    @Test("The table of all settings has layers alone")
    func settings() {
        var desk = desk()
        desk.type("V")
        #expect(desk.layer?.name == "fc1" && desk.layer?.part == nil)
    }
}
