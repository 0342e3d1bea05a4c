import Compression
import Foundation
import Networks
import Tensors
import Testing

/// Layers with the names of lenet-5, [out, in] each.
func makeLayers(_ names: [String] = ["conv1", "conv2", "fc1", "fc2"]) -> [Layer] {
    names.enumerated().map { index, name in
        Layer(
            name: name, weight: "\(name).weight", bias: "\(name).bias", shape: [2, 3], node: index,
            isConvolution: name.hasPrefix("conv"), isTransposed: false)
    }
}

func makePlan(_ entries: [(String, Double)]) -> CompressionPlan {
    CompressionPlan(layers: entries.map { .init(pattern: $0.0, plan: LayerPlan(pruning: .ratio($0.1))) })
}

@Suite("Plan: names and globs")
struct PlanResolutionTests {
    @Test("An exact name replaces the longest matching glob; nothing is merged")
    func precedence() throws {
        var plan = makePlan([("*", 1), ("fc*", 2), ("fc*.weight", 3), ("conv2", 4), ("fc1.weight", 5)])
        plan.layers[1].plan.weights = .ternary
        let resolved = try plan.resolved(for: makeLayers())
        #expect(Array(resolved.layers.keys) == ["conv1.weight", "conv2.weight", "fc1.weight", "fc2.weight"])
        #expect(resolved.layers.values.map(\.pruning.amount) == [1, 4, 5, 3])
        #expect(resolved.layers.values.allSatisfy { $0.weights == .float32 })
        for (weight, layer) in resolved.layers { #expect(plan[weight] == layer) }
    }

    @Test("Of equally long globs the first counts, in a plan and in the subscript")
    func ties() throws {
        let plan = makePlan([("conv?", 1), ("?onv2", 2), ("fc[1]", 3)])
        let resolved = try plan.resolved(for: makeLayers())
        #expect(resolved.layers.values.map(\.pruning.amount) == [1, 1, 3, 0])
        #expect(plan["conv2.weight"].pruning.amount == 1)
        #expect(resolved["fc2.weight"] == .unchanged)
    }

    @Test("Names without a layer are errors with the near ones")
    func unknownNames() {
        let cases: [(String, PlanError)] = [
            ("conv3.weight", .unknownName(pattern: "conv3.weight", near: ["conv1.weight", "conv2.weight"])),
            ("cnv1", .unknownName(pattern: "cnv1", near: ["conv1.weight", "conv2.weight"])),
            ("fc.1.weight", .unknownName(pattern: "fc.1.weight", near: ["fc1.weight", "fc2.weight"])),
            ("dense*", .unknownName(pattern: "dense*", near: [])),
            ("fc1.bias", .biasName(pattern: "fc1.bias", weight: "fc1.weight")),
            ("*.bias", .unknownName(pattern: "*.bias", near: [])),
        ]
        for (name, expected) in cases {
            #expect(throws: expected) { try makePlan([(name, 1)]).resolved(for: makeLayers()) }
        }
    }

    @Test("Two names of one layer, and a glob written twice")
    func duplicates() {
        #expect(throws: PlanError.duplicateEntry(first: "fc1", second: "fc1.weight")) {
            try makePlan([("fc1", 1), ("fc1.weight", 2)]).resolved(for: makeLayers())
        }
        #expect(throws: PlanError.duplicateEntry(first: "*", second: "*")) {
            try makePlan([("*", 1), ("*", 2)]).resolved(for: makeLayers())
        }
    }

    @Test("A name with the characters of a glob is matched exactly first")
    func literalNames() throws {
        let plan = makePlan([("w[1]", 1), ("*", 2)])
        let resolved = try plan.resolved(for: makeLayers(["w[1]", "w1"]))
        #expect(resolved.layers.values.map(\.pruning.amount) == [1, 2])
    }

    @Test("Setting through the subscripts, and back to a plan of exact names")
    func subscripts() throws {
        var plan = makePlan([("fc*", 1)])
        plan["fc1.weight"] = LayerPlan(pruning: .level(0.5))
        #expect(plan.layers.map(\.pattern) == ["fc*", "fc1.weight"])
        plan["fc1.weight"].bypass = true
        #expect(plan.layers.count == 2)
        var resolved = try plan.resolved(for: makeLayers())
        resolved["conv1.weight"].biases = .float16
        resolved["nothing"].bypass = true
        let exact = CompressionPlan(resolved: resolved)
        #expect(exact.layers.map(\.pattern) == ["conv1.weight", "fc1.weight", "fc2.weight"])
        #expect(try exact.resolved(for: makeLayers()) == resolved)
    }

    @Test("Every number is checked at both ends of its range")
    func ranges() throws {
        let makers: [(String, (Double) -> CompressionPlan)] = [
            ("temperature", { CompressionPlan(temperature: $0) }),
            ("lossWeights.distillation", { CompressionPlan(lossWeights: .init(distillation: $0)) }),
            ("lossWeights.student", { CompressionPlan(lossWeights: .init(student: $0)) }),
            ("ratio", { plan(LayerPlan(pruning: .ratio($0))) }),
            ("level", { plan(LayerPlan(pruning: .level($0))) }),
            ("linear.bits", { plan(LayerPlan(weights: .linear(.init(bits: Int($0))))) }),
            ("linear.clip.percentile", { plan(LayerPlan(weights: .linear(.init(bits: 4, clip: .percentile($0))))) }),
            ("shared.bits", { plan(LayerPlan(weights: .shared(.init(bits: Int($0))))) }),
            ("dorefa.bits", { plan(LayerPlan(weights: .dorefa(bits: Int($0)))) }),
            ("group", { plan(LayerPlan(weights: .normalFloat(group: Int($0)))) }),
            ("step", { plan(LayerPlan(weights: .lattice(.init(step: $0)))) }),
            ("lambda", { plan(LayerPlan(weights: .lattice(.init(step: 1, lambda: $0)))) }),
            ("factors.share", { plan(LayerPlan(weights: .factors(.share($0)))) }),
            ("factors.rank", { plan(LayerPlan(weights: .factors(.number(Int($0))))) }),
            (
                "factors.outputShare",
                { plan(LayerPlan(weights: .factors(LowRank(.share(0.5), outputs: .share($0))))) }
            ),
            (
                "factors.outputRank",
                { plan(LayerPlan(weights: .factors(LowRank(.share(0.5), outputs: .number(Int($0)))))) }
            ),
            (
                "keep",
                {
                    var layer = LayerPlan()
                    layer.keep = Int($0)
                    return plan(layer)
                }
            ),
            ("indexBits", { plan(LayerPlan(indexBits: Int($0))) }),
            ("sums.bits", { CompressionPlan(sums: .clipped(bits: Int($0), clip: .calibrated)) }),
            ("activations.bits", { plan(LayerPlan(activations: .clipped(bits: Int($0), clip: .learned))) }),
        ]
        let whole = ranges(CompressionPlan.settings)
        let all = whole.merging(ranges(LayerPlan.settings)) { first, _ in first }
        // The type of a dither's seed holds its range.
        #expect(makers.map(\.0).sorted() == all.keys.filter { $0 != "universal.seed" }.sorted())
        for (setting, make) in makers {
            let range = try #require(all[setting])
            for good in [range.lowerBound, range.upperBound] { _ = try make(good).resolved(for: makeLayers()) }
            for bad in [range.lowerBound - 1, range.upperBound + 1] {
                let entry = whole[setting] == nil ? "fc1" : nil
                #expect(throws: PlanError.outOfRange(entry: entry, setting: setting, value: bad, allowed: range)) {
                    try make(bad).resolved(for: makeLayers())
                }
            }
        }
        #expect(throws: PlanError.self) { try CompressionPlan(temperature: .nan).validate() }
    }

    /// Those of the numbers of files, by name.
    private func ranges<Root>(_ settings: [PlanSetting<Root>]) -> [String: ClosedRange<Double>] {
        settings.flatMap(\.withChildren).reduce(into: [:]) { ranges, setting in
            guard setting.key != nil, setting.children.isEmpty, let numbers = setting.kind.numbers, numbers.form != .seed else { return }
            ranges[setting.name] = numbers.range
        }
    }

    @Test("Plans written before activations had a knob are read, and keep their form")
    func activationsMayBeMissing() throws {
        let old = try JSONEncoder().encode(LayerPlan(pruning: .ratio(0.5)))
        #expect(!String(decoding: old, as: UTF8.self).contains("activations"))
        #expect(try JSONDecoder().decode(LayerPlan.self, from: old).activations == nil)
        let plan = LayerPlan(activations: .clipped(bits: 4, clip: .calibrated))
        #expect(try JSONDecoder().decode(LayerPlan.self, from: JSONEncoder().encode(plan)) == plan)
    }

    @Test("A bypassed layer keeps its activations float")
    func activationsOfThePlan() throws {
        var plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(activations: .sign))])
        plan["fc1.weight"] = LayerPlan(bypass: true, activations: .sign)
        plan["fc2.weight"] = .unchanged
        #expect(try plan.resolved(for: makeLayers()).activations == ["conv1.weight": .sign, "conv2.weight": .sign])
    }

    private func plan(_ layer: LayerPlan) -> CompressionPlan { CompressionPlan(layers: [.init(pattern: "fc1", plan: layer)]) }
}

@Suite("Plan: glob")
struct PlanGlobTests {
    /// Recursive definition, for short names over the letters of the patterns.
    private func matches(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" { return matches(rest, name) || !name.isEmpty && matches(pattern, name.dropFirst()) }
        guard let character = name.first else { return false }
        if first == "[", let end = rest.dropFirst().firstIndex(of: "]") {
            let set = rest[..<end]
            let isNegated = set.first == "!" && set.count > 1
            let members = isNegated ? set.dropFirst() : set
            return members.contains(character) != isNegated && matches(pattern[(end + 1)...], name.dropFirst())
        }
        return (first == "?" || first == character) && matches(rest, name.dropFirst())
    }

    @Test("Against the recursive definition on 20,000 seeded cases")
    func againstRecursion() {
        var generator = SeededGenerator(seed: 4)
        var hits = 0
        let pieces = ["a", "b", "c", "*", "?", "[ab]", "[!a]", "[c", "]"]
        for _ in 0..<20_000 {
            let pattern = (0..<generator.next() % 6).map { _ in pieces[Int(generator.next() % 9)] }.joined()
            let name = (0..<generator.next() % 7).map { _ in ["a", "b", "c", "["][Int(generator.next() % 4)] }.joined()
            let expected = matches(Array(pattern)[...], Array(name)[...])
            hits += expected ? 1 : 0
            #expect(Glob(pattern).matches(name) == expected, "\(pattern) on \(name)")
        }
        #expect(hits > 1_000)
    }

    @Test("Ranges, and many stars on a long name")
    func ranges() {
        #expect(Glob("layer[0-3].*").matches("layer2.weight"))
        #expect(!Glob("layer[0-3].*").matches("layer4.weight"))
        #expect(Glob("[!x-z-]").matches("a") && !Glob("[!x-z-]").matches("-"))
        #expect(Glob("[]a]").matches("]"))
        #expect(!Glob(String(repeating: "*a", count: 100) + "b").matches(String(repeating: "a", count: 2_000)))
    }
}
