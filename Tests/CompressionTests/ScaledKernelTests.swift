import CKernels
import Compression
import Foundation
import Networks
import Tensors
import Testing

/// Ternary, binary and DoReFa weights in training, against the coders of plans and plain loops: the same bits.
@Suite("Weights with few values, in C")
struct ScaledKernelTests {
    private func values(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            index % 97 == 5 ? 0 : index % 89 == 7 ? -0.0 : Float(generator.normal() * pow(10, 4 * generator.uniform() - 3))
        }
    }

    @Test("The weights that training runs with are those that the plan makes of them", arguments: [true, false], [true, false])
    func likePlans(isPruned: Bool, isTransposed: Bool) throws {
        let representations: [WeightRepresentation] =
            [.ternary, .binary(.channel), .binary(.layer)] + (1...8).map { .dorefa(bits: $0) }
        for (index, representation) in representations.enumerated() {
            let shape: Shape = isTransposed ? [211, 13] : [13, 211]
            let weights = Tensor(shape: shape, floats: values(13 * 211, seed: UInt64(index)))
            let layer = Layer(
                name: "fc", weight: "fc.weight", bias: nil, shape: shape, node: 0, isConvolution: false, isTransposed: isTransposed)
            let plan = LayerPlan(pruning: isPruned ? .level(0.4) : .ratio(0), weights: representation)
            let distribution = try WeightDistribution(weights)
            let resolved = ResolvedPlan(layers: ["fc.weight": plan])
            let rule = resolved.pruningRules(distributions: ["fc.weight": distribution])["fc.weight"] ?? .none
            let made = try #require(
                try LayerCompressor.compress(layer: layer, weights: weights, bias: nil, distribution: distribution, plan: plan, rule: rule))
            let trained = TrainedLayer(
                layer: layer, weights: weights, plan: .unchanged, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
            let mask = weights.withFloats { TrainedLayer.mask($0, of: layer, rule: rule, isGivenPruned: false) }
            trained.adopt(plan, mask: mask, threshold: rule.threshold)
            let effective = Tensor(shape: shape) { trained.writeEffective(into: $0) }
            // Zeros differ in their sign only: the mask of training writes +0.
            #expect(effective.floats.map { ($0 + 0).bitPattern } == made.weights.floats.map { ($0 + 0).bitPattern }, "\(representation)")
        }
    }

    @Test("The gradient of DoReFa weights is that of the formula, to the bit", arguments: [2, 4, 8])
    func gradient(bits: Int) throws {
        let weights = values(1_001, seed: 3)
        let shape: Shape = [7, 143]
        let layer = Layer(name: "fc", weight: "fc.weight", bias: nil, shape: shape, node: 0, isConvolution: false, isTransposed: false)
        let trained = TrainedLayer(
            layer: layer, weights: Tensor(shape: shape, floats: weights), plan: .unchanged, mask: nil, threshold: 0, deviation: 1,
            options: TrainedOptions())
        trained.adopt(LayerPlan(weights: .dorefa(bits: bits)), mask: nil, threshold: 0)
        _ = Tensor(shape: shape) { trained.writeEffective(into: $0) }
        var gradient = values(1_001, seed: 4)
        let largest = tanh(weights.map(\.magnitude).max() ?? 0)
        let expected = zip(weights, gradient).map { weight, slope -> Float in
            let bent = tanh(weight)
            return slope * ((1 - bent * bent) / largest)
        }
        gradient.withUnsafeMutableBufferPointer { buffer in
            trained.receive(buffer)
            #expect(buffer.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    @Test("Sums of magnitudes have the bits of a plain loop, whatever the stride", arguments: [1, 3])
    func sums(stride: Int) {
        let values = values(3_000, seed: 9)
        let threshold: Float = 0.01
        let chosen = Swift.stride(from: 0, to: values.count, by: stride).map { values[$0].magnitude }.filter { $0 > threshold }
        var (sum, count) = (0.0, 0)
        pare_add_magnitudes(values, values.count / stride, stride, threshold, &sum, &count)
        #expect(sum == chosen.reduce(0.0) { $0 + Double($1) } && count == chosen.count)
    }
}
