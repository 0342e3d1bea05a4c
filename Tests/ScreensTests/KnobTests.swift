import Compression
import Networks
import Screens
import Tensors
import TestSupport
import Testing

/// Knobs are the settings of a plan: what holds of all of them.
@Suite("Knobs")
struct KnobTests {
    private let layers = Samples.network.layers

    @Test("every setting that has a word is one knob, and those that code names are there")
    func knobs() {
        let ids = LayerPlan.allSettings.filter { $0.word != nil }.map(\.id) + ["temperature", "sums", "sumsClip"]
        #expect(Set(Knob.allCases.map(\.rawValue)) == Set(ids) && Set(Knob.allCases).count == Knob.allCases.count)
        let named: [Knob] = [
            .amount, .bits, .representation, .criterion, .scope, .activations, .activationClip, .coder, .temperature, .sums, .sumsClip,
        ]
        for knob in named { #expect(Knob.allCases.contains(knob), "\(knob)") }
    }

    @Test("a value typed as it is shown is the same value, but for decimals that are not shown")
    func typingOwnText() throws {
        for plan in LayerPlan.examples {
            for layer in layers {
                for knob in Knob.knobs(of: plan, layer: layer) where knob != .temperature {
                    let text = knob.text(in: plan, of: layer)
                    // What is not set has no number to type, of a seed 32 bits are typed, and a lattice may need more bits than are.
                    guard !text.hasSuffix("*"), text.count <= 10 || knob.rawValue != "seed" else { continue }
                    guard knob != .bits || plan.weights.bits <= 8 || plan.weights.bits >= 16 else { continue }
                    let same = try knob.typed(text, in: plan)
                    #expect(knob.text(in: same, of: layer) == text, "\(knob) \(text)")
                    #expect(try knob.typed(text, in: same) == same, "\(knob) \(text)")
                    if knob != .bits, Double(text) == nil { #expect(same == plan, "\(knob) \(text)") }
                }
            }
        }
    }

    @Test("turns stay in the range; a refusal comes at an end only, from where the other way is open", arguments: [true, false])
    func turning(isBig: Bool) throws {
        for plan in LayerPlan.examples {
            for knob in Knob.knobs(of: plan, layer: layers[0]) where knob != .temperature {
                for up in [true, false] {
                    do throws(KnobRefusal) {
                        let turned = try knob.turned(plan, of: layers[0], up: up, isBig: isBig)
                        // Where what the amount is changes, the screen translates the number.
                        if knob != .criterion { #expect(throws: Never.self) { try turned.validate(entry: "a") } }
                        #expect(turned != plan || isOneCell(knob, plan, up: up), "\(knob) \(plan)")
                    } catch {
                        if case .fixedBits = error { continue }
                        guard case .atLimit(let name, _) = error else { throw error }
                        #expect(name == knob.name(in: plan))
                        #expect(throws: Never.self) { try knob.turned(plan, of: layers[0], up: !up, isBig: isBig) }
                    }
                }
            }
        }
    }

    /// NF4 has no wider cells than the smallest group.
    private func isOneCell(_ knob: Knob, _ plan: LayerPlan, up: Bool) -> Bool {
        knob.rawValue == "channels" && plan.weights == .normalFloat(group: 32) && !up
    }

    @Test("a knob copied to another layer has the value that it had, where the layer can have it")
    func copying() {
        let plans = LayerPlan.examples
        let ofFactors = Set((FormSettings.named("factors")?.list ?? []).map(\.id))
        for (source, target) in zip(plans, plans.reversed()) {
            for knob in Knob.knobs(of: source, layer: layers[0]) where knob != .temperature {
                for layer in layers {
                    guard let copy = knob.copied(from: source, to: target, layer: layer) else {
                        let isProduct = source.weights.isProduct || target.weights.isProduct
                        let isMethod = knob.rawValue == "factorMethod" && !layer.isConvolution
                        #expect(layer.givesLogits && knob.rawValue.hasPrefix("activation") || knob == .bits && isProduct || isMethod)
                        continue
                    }
                    // What a product is like has no meaning elsewhere.
                    if ofFactors.contains(knob.rawValue), source.weights.isProduct, !target.weights.isProduct {
                        #expect(copy == target)
                        continue
                    }
                    #expect(knob.text(in: copy, of: layer) == knob.text(in: source, of: layer))
                }
            }
        }
        #expect(Knob.temperature.copied(from: .unchanged, to: .unchanged, layer: layers[0]) == nil)
    }

    @Test("turns and texts of each kind of setting")
    func kinds() throws {
        func turned(_ knob: Knob, _ plan: LayerPlan, up: Bool = true, isBig: Bool = false) throws -> LayerPlan {
            try knob.turned(plan, of: layers[0], up: up, isBig: isBig)
        }
        let seed = try #require(Knob.allCases.first { $0.rawValue == "seed" })
        let sharing = LayerPlan(weights: .shared(WeightSharing(bits: 4, start: .random, seed: .max)))
        #expect(seed.text(in: sharing, of: layers[0]) == "18446744073709551615")
        #expect(try turned(seed, sharing, up: false).weights == .shared(WeightSharing(bits: 4, start: .random, seed: UInt64(UInt32.max))))
        let index = try #require(Knob.allCases.first { $0.rawValue == "indexBits" })
        #expect(index.text(in: .unchanged, of: layers[0]) == "8*" && index.text(in: .unchanged, of: layers[2]) == "5*")
        #expect(try turned(index, .unchanged).indexBits == 9)
        #expect(try index.typed("default", in: LayerPlan(indexBits: 3)).indexBits == nil)
        #expect(try Knob.amount.typed("80%", in: LayerPlan(pruning: .level(0))).pruning == .level(0.8))
        #expect(Knob.amount.text(in: LayerPlan(pruning: .level(0.125)), of: layers[0]) == "12.5%")
        #expect(try Knob.activations.typed("32", in: LayerPlan(activations: .sign)).activations == nil)
        #expect(throws: KnobRefusal.atLimit(name: "level", value: "1")) { try turned(.amount, LayerPlan(pruning: .level(1))) }
        #expect(throws: KnobRefusal.fixedBits(representation: "nf4", bits: 4)) {
            try turned(.bits, LayerPlan(weights: .normalFloat(group: 64)))
        }
        let universal = LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5, dither: 3)))
        #expect(try turned(.bits, universal).weights == .lattice(LatticeQuantization(step: 0.25, dither: 3)))
        #expect(try Knob.representation.typed("entropy 4", in: universal).weights.bits == 4)
        #expect(throws: KnobRefusal.outOfRange(2...8)) { try Knob.representation.typed("linear 1", in: universal) }
        #expect(throws: KnobRefusal.self) { try Knob.representation.typed("ternary 2", in: universal) }
    }
}
