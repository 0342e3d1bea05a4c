import Compression
import Exports
import Networks
import TestSupport
import Testing

@Suite("Settings in plan files")
struct SettingFileTests {
    @Test("Every setting at each of its values reads back equal, and what is the default is left out")
    func roundTrip() throws {
        for plan in LayerPlan.examples {
            let whole = CompressionPlan(layers: [.init(pattern: "a", plan: plan)])
            let text = try PlanFile.text(of: whole)
            #expect(try PlanFile.plan(from: text) == whole, "\(text)")
            for setting in LayerPlan.settings {
                guard let key = setting.key, setting.children.isEmpty, setting.value(in: plan) != nil else { continue }
                let isDefault = setting.value(in: plan) == setting.value(in: .unchanged)
                #expect(text.contains("\(key): ") != isDefault, "\(text)")
            }
        }
    }

    @Test("Every plan that a factor can have reads back equal under its layer, behind what is said of the whole")
    func factors() throws {
        var count = 0
        for plan in LayerPlan.examples {
            for side in FactorPart.Side.allCases {
                var layer = LayerPlan(pruning: .level(0.25), weights: .factors(.number(3)))
                layer[side] = plan
                layer[.middle].keep = 5
                let whole = CompressionPlan(layers: [.init(pattern: "a", plan: layer), .init(pattern: "*.left", plan: .unchanged)])
                guard (try? whole.validate()) != nil else { continue }
                count += 1
                let text = try PlanFile.text(of: whole)
                #expect(try PlanFile.plan(from: text) == whole, "\(text)")
            }
        }
        #expect(count > 100)
        let short = try PlanFile.plan(from: "version: 1\nlayers: {a: {factors: {rank: 3}, left: {shared: {bits: 4}}, right: {}}}")
        #expect(short.layers[0].plan[.left].weights == .shared(WeightSharing(bits: 4)) && short.layers[0].plan[.right] == .unchanged)
        let error = #expect(throws: PlanFileError.self) {
            try PlanFile.plan(from: "version: 1\nlayers: {a: {left: {biases: float16}}}")
        }
        #expect(error?.description.contains("layers.a.left: unknown key 'biases'") == true, "\(error?.description ?? "")")
        // A key that stands beside the one that it belongs into.
        for (text, near) in [
            ("{shared: {}, bits: 5}", "did you mean shared: {bits: …}?"), ("{rank: 3}", "did you mean factors: {rank: …}?"),
        ] {
            let beside = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: "version: 1\nlayers: {a: \(text)}") }
            #expect(beside?.description.contains(near) == true, "\(beside?.description ?? "")")
        }
    }

    @Test("Settings of the whole network at the ends of their ranges read back equal")
    func network() throws {
        for setting in CompressionPlan.settings.flatMap(\.withChildren) {
            for value in setting.examples {
                var plan = CompressionPlan()
                setting.set(value, in: &plan)
                #expect(try PlanFile.plan(from: PlanFile.text(of: plan)) == plan)
            }
        }
    }

    @Test(
        "What a setting can't be is refused with what it can",
        arguments: [
            ("{symmetric: 1, bits: 4}", "layers.a.linear.symmetric: '1' stands where true or false must be"),
            ("{bits: 4, group: 48}", "layers.a.linear.group: '48' is not a choice; did you mean 32 or 64 or 128?"),
            ("{bits: 4, group: 8}", "a: group is 8; allowed is 32…128"),
            ("{bits: 4, clip: percentile}", "layers.a.linear.clip: 'percentile' is not a choice; did you mean {percentile: 99.9}?"),
            ("{bits: 4, clip: 7}", "layers.a.linear.clip: '7' is not a choice; possible are mse, max, {percentile: 99.9}"),
            ("{bits: 4, clip: {percentile: 101}}", "a: linear.clip.percentile is 101; allowed is 0…100"),
            ("{bits: 4, clip: {}}", "layers.a.linear.clip: 'percentile' is missing; add it"),
            ("{bits: 4, foo: 1}", "layers.a.linear: unknown key 'foo'; possible are bits, symmetric, perChannel, group, clip"),
            ("4", "layers.a.linear: '4' stands where a mapping {key: value} must be"),
        ])
    func refusals(linear: String, message: String) {
        let error = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: "version: 1\nlayers: {a: {linear: \(linear)}}") }
        #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "")")
    }

    @Test("Keys that are unknown are answered with all that are known, in their order")
    func knownKeys() {
        for (text, keys) in [
            (
                "layers: {a: {zzzzzzzz: 1}}",
                "ratio, level, scope, deviation, weights, binary, linear, shared, dorefa, nf4, entropy, universal, factors, pattern, keep, "
                    + "biases, bypass, indexBits, fit, mask, activations, coder, left, middle, right"
            ),
            ("layers: {a: {shared: {bits: 4, zzzzzzzz: 1}}}", "bits, start, method, seed, perChannel, group"),
            ("layers: {a: {universal: {step: 1, zzzzzzzz: 1}}}", "step, lambda, rate, seed"),
            ("zzzzzzzzzzzzz: 1", "version, temperature, lossWeights, sums, layers"),
            ("layers: {a: {weights: zzzzzzzz}}", "float32, float16, bfloat16, ternary, binary"),
            ("layers: {a: {activations: zzzzzzzz}}", "sign, {bits: 4, clip: calibrated}"),
            ("layers: {a: {activations: 4}}", "possible are sign, {bits: 4, clip: calibrated}"),
        ] {
            let error = #expect(throws: PlanFileError.self) { try PlanFile.plan(from: "version: 1\n\(text)") }
            #expect(error?.description.hasSuffix(keys) == true, "\(error?.description ?? "")")
        }
    }
}
