import Compression
import Foundation
import Networks
import TestSupport
import Testing

/// What a plan that quantizes sums makes of settings, and that one without says what it always said.
@Suite("Plans of sums")
struct SumPlanTests {
    private let network = ChannelNetwork.network(.residualB)
    private let eight = ActivationQuantization.clipped(bits: 8, clip: .calibrated)

    private func settings(_ activations: ActivationQuantization?, sums: ActivationQuantization?) throws -> [String: ActivationQuantization]
    {
        let plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(activations: activations))], sums: sums)
        return try plan.resolved(for: network.layers).activations(of: network)
    }

    @Test("The quantizer of a sum stands for those of the layers right before it; without it nothing is another")
    func places() throws {
        let before = Set(network.junctions.flatMap(\.layers))
        #expect(before.count == 5)
        let plain = try settings(eight, sums: nil)
        #expect(Set(plain.keys) == Set(network.layers.filter { !$0.givesLogits }.map(\.weight)))
        let seven = ActivationQuantization.clipped(bits: 7, clip: .learned)
        let both = try settings(eight, sums: seven)
        #expect(Set(both.keys) == Set(plain.keys).subtracting(before).union(network.junctions.map(\.key)))
        #expect(network.junctions.allSatisfy { both[$0.key] == seven } && both.filter { $0.value == eight }.count == plain.count - 5)
        #expect(try settings(nil, sums: seven).count == network.junctions.count)
        #expect(try settings(.sign, sums: seven).count == plain.count + network.junctions.count)
    }

    @Test("At most one quantizer stands between a layer and the sum")
    func graph() throws {
        let edits = GraphEdits(activations: try settings(eight, sums: eight))
        let made = edits.applied(to: network)
        for sum in made.nodes where sum.operation == .add {
            for input in sum.inputs {
                guard let maker = made.index.maker(of: input), case .activation = made.nodes[maker].operation else { continue }
                // It is one that another reader of the same value has too: the way that passes the block by.
                #expect(made.index.readers(of: input).count > 1)
            }
        }
        #expect(made.nodes.count { if case .activation = $0.operation { true } else { false } } == edits.activations.count)
    }

    @Test("Sums that may be below 0 leave plans alone, and are no clip that is missing")
    func signed() throws {
        let network = ChannelNetwork.network(.mobileNetV2)
        let plan = CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(activations: eight))], sums: eight)
        let resolved = try plan.resolved(for: network.layers)
        #expect(resolved.activations(of: network) == resolved.activations.filter { network.quantizedValue(of: $0.key) != nil })
        #expect(Applied(base: network, layers: [], plan: CompressionPlan(sums: eight)).unknownClip == nil)
        let residual = Applied(base: self.network, layers: [], plan: CompressionPlan(sums: eight))
        #expect(residual.unknownClip == "Add1")
    }

    @Test("Plans of earlier files have none, and one with sums keeps them")
    func coding() throws {
        let old = #"{"layers":[],"lossWeights":{"distillation":0.9,"student":0.1},"temperature":5}"#
        #expect(try JSONDecoder().decode(CompressionPlan.self, from: Data(old.utf8)) == CompressionPlan())
        let plan = CompressionPlan(sums: .clipped(bits: 5, clip: .learned))
        #expect(try JSONDecoder().decode(CompressionPlan.self, from: JSONEncoder().encode(plan)) == plan)
        let resolved = try plan.resolved(for: network.layers)
        #expect(resolved.sums == plan.sums && CompressionPlan(resolved: resolved) == plan)
        #expect(resolved.covering([]).sums == plan.sums)
    }
}
