import CKernels
import Compression
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Effective weights and gradients of one layer under each representation, against plain sums.
@Suite("Weights while they are trained")
struct TrainingLayerTests {
    private func layer(
        _ weights: [Float], _ plan: LayerPlan, mask: [UInt8]? = nil, rows: Int = 4, isTransposed: Bool = false,
        options: TrainedOptions = TrainedOptions()
    ) -> TrainedLayer {
        let shape: Shape = isTransposed ? [weights.count / rows, rows] : [rows, weights.count / rows]
        let layer = Layer(
            name: "fc", weight: "fc.weight", bias: nil, shape: shape, node: 0, isConvolution: false, isTransposed: isTransposed)
        let float = TrainedLayer(
            layer: layer, weights: Tensor(shape: shape, floats: weights), plan: .unchanged, mask: mask, threshold: 0, deviation: 1,
            options: options)
        float.adopt(plan, mask: mask, threshold: 0)
        return float
    }

    private func sample(_ count: Int, seed: UInt64) -> (weights: [Float], gradient: [Float], mask: [UInt8]) {
        var generator = SeededGenerator(seed: seed)
        return (
            (0..<count).map { _ in Float(generator.normal()) }, (0..<count).map { _ in Float(generator.normal()) },
            (0..<count).map { _ in generator.uniform() < 0.3 ? 0 : 1 }
        )
    }

    private func effective(_ layer: TrainedLayer) -> [Float] {
        [Float](unsafeUninitializedCapacity: layer.layer.count) { buffer, count in
            layer.writeEffective(into: UnsafeMutableBufferPointer(rebasing: buffer[0..<layer.layer.count]))
            count = layer.layer.count
        }
    }

    /// The gradients of all vectors after one call.
    private func gradients(_ layer: TrainedLayer, _ gradient: [Float]) -> [String: [Float]] {
        var gradient = gradient
        return gradient.withUnsafeMutableBufferPointer { buffer in
            layer.receive(buffer)
            let all = [layer.shadow] + layer.vectors
            return Dictionary(all.map { ($0.name, Array($0.gradient)) }) { first, _ in first }
        }
    }

    @Test("The gradient of a centroid is the sum over its members (Han 2016, equation 3)", arguments: [1, 2, 5, 8])
    func centroids(bits: Int) throws {
        for seed in 0..<5 as Range<UInt64> {
            let (weights, gradient, mask) = sample(2_003 / 4 * 4, seed: seed)
            let layer = layer(weights, LayerPlan(weights: .shared(WeightSharing(bits: bits))), mask: seed == 0 ? nil : mask)
            let values = effective(layer)
            let found = gradients(layer, gradient)
            let centroids = try #require(layer.vectors.first)
            #expect(layer.vectors.count == 1 && centroids.values.count <= 1 << bits)
            for (index, centroid) in centroids.values.enumerated() {
                let members = values.indices.filter { values[$0] == centroid && (seed == 0 || mask[$0] == 1) }
                let sum = members.reduce(0.0) { $0 + Double(gradient[$1]) }
                #expect(abs(sum - Double(found["fc.weight/centroids"]?[index] ?? .nan)) < 1e-4)
            }
            for index in values.indices where seed > 0 && mask[index] == 0 { #expect(values[index] == 0) }
        }
    }

    @Test(
        "Weight decay moves a centroid as it would its members on average: each step is the mean of theirs",
        arguments: [Optimizer.sgd(momentum: 0.9), .sgd(momentum: 0.9, isNesterov: true), .adamW()], SharedAssignment.allCases)
    func decayOfCentroids(optimizer: Optimizer, assignment: SharedAssignment) throws {
        for seed in 1..<4 as Range<UInt64> {
            let (weights, _, mask) = sample(400, seed: seed)
            let layer = layer(
                weights, LayerPlan(weights: .shared(WeightSharing(bits: 2))), mask: mask, options: TrainedOptions(assignment: assignment))
            let centroids = try #require(layer.vectors.last)
            let before = Array(centroids.values)
            for number in 1...3 {
                // Without a gradient only the decay moves: the same step for a centroid and for a weight of its value.
                _ = gradients(layer, [Float](repeating: 0, count: 400))
                centroids.step(OptimizerStep(optimizer: optimizer, rate: 0.1, weightDecay: 0.5, number: number))
            }
            let member = TrainableVector(name: "member", values: before, decays: true)
            let none = FloatMemory(repeatElement(0, count: before.count))
            for number in 1...3 {
                member.gradient = none.floats
                member.step(OptimizerStep(optimizer: optimizer, rate: 0.1, weightDecay: 0.5, number: number))
                none.floats.update(repeating: 0)
            }
            for (index, value) in centroids.values.enumerated() {
                #expect(abs(value - member.values[index]) <= 1e-6 && abs(value) < 0.95 * abs(before[index]), "\(before[index]) → \(value)")
            }
        }
    }

    @Test("An L1 term reaches shared weights: its gradient at a centroid is the sum over the members", arguments: SharedAssignment.allCases)
    func lassoOfCentroids(assignment: SharedAssignment) throws {
        let (weights, gradient, mask) = sample(400, seed: 5)
        let layer = layer(
            weights, LayerPlan(weights: .shared(WeightSharing(bits: 3))), mask: mask, options: TrainedOptions(assignment: assignment))
        let values = effective(layer)
        let plain = try #require(gradients(layer, gradient)["fc.weight/centroids"])
        var copy = gradient
        let sum = copy.withUnsafeMutableBufferPointer { buffer in
            layer.receive(buffer)
            return layer.addLasso(0.25)
        }
        #expect(abs(sum - values.reduce(0.0) { $0 + Double(abs($1)) }) < 1e-3)
        let centroids = try #require(layer.vectors.last)
        for (index, value) in centroids.values.enumerated() {
            let members = values.count { $0 == value }
            #expect(abs(Double(centroids.gradient[index] - plain[index]) - 0.25 * Double(members) * (value > 0 ? 1 : -1)) < 1e-3)
        }
    }

    @Test("AdamW goes as PyTorch does in double precision: movements from 0 differ by less than a millionth")
    func adamWFromZero() {
        var generator = SeededGenerator(seed: 8)
        let count = 50
        let vector = TrainableVector(name: "bias", values: [Float](repeating: 0, count: count), decays: false)
        var (values, first, second) = (
            [Double](repeating: 0, count: count), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
        )
        for number in 1...4 {
            let slopes = FloatMemory((0..<count).map { _ in Float(0.2 + generator.uniform()) })
            vector.gradient = slopes.floats
            for index in 0..<count {
                let slope = Double(slopes.floats[index])
                first[index] += 0.1 * (slope - first[index])
                second[index] = 0.999 * second[index] + 0.001 * slope * slope
                let root = (second[index] / (1 - pow(0.999, Double(number)))).squareRoot() + 1e-8
                values[index] -= 0.01 * first[index] / (1 - pow(0.9, Double(number))) / root
            }
            withExtendedLifetime(slopes) {
                vector.step(OptimizerStep(optimizer: .adamW(), rate: 0.01, weightDecay: 0, number: number))
            }
        }
        for (value, wanted) in zip(vector.values, values) { #expect(abs(Double(value) - wanted) < 1e-6 * abs(wanted)) }
    }

    @Test("Straight through inside the clip of linear weights, zero outside and under the mask", arguments: [false, true])
    func linear(isTransposed: Bool) throws {
        for (seed, isSymmetric) in [(UInt64(1), true), (2, false)] {
            for isPerChannel in [true, false] {
                let (weights, gradient, mask) = sample(400, seed: seed)
                let linear = LinearQuantization(
                    bits: 3, isSymmetric: isSymmetric, isPerChannel: isPerChannel, clip: .percentile(80))
                let layer = layer(weights, LayerPlan(weights: .linear(linear)), mask: mask, isTransposed: isTransposed)
                let values = effective(layer)
                let found = try #require(gradients(layer, gradient)["fc.weight"])
                for channel in 0..<4 {
                    let members = values.indices.filter { !isPerChannel || (isTransposed ? $0 % 4 : $0 / 100) == channel }
                    let (low, high) = (members.map { values[$0] }.min() ?? 0, members.map { values[$0] }.max() ?? 0)
                    for index in members {
                        let isInside = weights[index] >= low && weights[index] <= high
                        #expect(found[index] == (isInside && mask[index] == 1 ? gradient[index] : 0))
                        #expect(mask[index] == 1 || values[index] == 0)
                    }
                }
            }
        }
    }

    @Test("The gradient of a learned scale is LSQ's")
    func learnedScale() throws {
        let (weights, gradient, _) = sample(400, seed: 4)
        let plan = LayerPlan(weights: .linear(LinearQuantization(bits: 3, clip: .percentile(80))))
        let layer = layer(weights, plan, options: TrainedOptions(learnsClips: true))
        _ = effective(layer)
        let found = gradients(layer, gradient)
        let scale = try #require(layer.vectors.last?.values.first)
        var sum = 0.0
        for (weight, slope) in zip(weights, gradient) {
            let code = Double(weight) / Double(scale)
            let part = code < -3 ? -3 : code > 3 ? 3 : code.rounded(.toNearestOrEven) - code
            sum += Double(slope) * part
        }
        let wanted = sum / (400.0 * 3).squareRoot()
        #expect(abs(Double(found["fc.weight/scales"]?.first ?? .nan) - wanted) < 1e-5 * max(1, abs(wanted)))
    }

    @Test("DoReFa: 2q − 1 of tanh, its slope through tanh; at 1 bit mean|w| · sign(w)", arguments: [1, 2, 4, 8])
    func dorefa(bits: Int) throws {
        let (weights, gradient, mask) = sample(400, seed: 6)
        let layer = layer(weights, LayerPlan(weights: .dorefa(bits: bits)), mask: mask)
        let values = effective(layer)
        let found = try #require(gradients(layer, gradient)["fc.weight"])
        let kept = weights.indices.filter { mask[$0] == 1 }
        let largest = kept.map { abs(Foundation.tanh(Double(weights[$0]))) }.max() ?? 1
        let mean = kept.reduce(0.0) { $0 + Double(abs(weights[$1])) } / Double(kept.count)
        for index in weights.indices {
            guard mask[index] == 1 else {
                #expect(values[index] == 0 && found[index] == 0)
                continue
            }
            let (weight, bent) = (Double(weights[index]), Foundation.tanh(Double(weights[index])))
            if bits == 1 {
                #expect(abs(Double(values[index]) - (weight < 0 ? -mean : mean)) < 1e-6 && found[index] == gradient[index])
            } else {
                let steps = Double((1 << bits) - 1)
                let share = (bent / (2 * largest) + 0.5) * steps
                guard abs(share - share.rounded(.down) - 0.5) > 1e-4 else { continue }
                #expect(abs(Double(values[index]) - (2 * share.rounded() / steps - 1)) < 1e-6)
                #expect(abs(Double(found[index]) - Double(gradient[index]) * (1 - bent * bent) / largest) < 1e-5)
            }
        }
    }

    @Test("The effective weights are those that a plan makes of the float weights")
    func asPlanned() throws {
        for seed in 1..<12 as Range<UInt64> {
            let sample = try LayerCase(seed: seed * 2 + 1, rows: 4, columns: 30)
            // A plan without one leaves the few values that a layer came with as codes; training moves them.
            for representation in WeightRepresentation.examples where representation != .float32 {
                let plan = LayerPlan(pruning: .ratio(0.5), weights: representation)
                let planned = try sample.compressed(plan, findsOptimum: false)
                let rule = PruningRule(plan, sample.distribution)
                let mask = sample.tensor.withFloats { TrainedLayer.mask($0, of: sample.layer, rule: rule, isGivenPruned: false) }
                let trained = TrainedLayer(
                    layer: sample.layer, weights: sample.tensor, plan: plan, mask: mask, threshold: rule.threshold,
                    deviation: sample.deviation, options: TrainedOptions())
                let result = trained.compressed(bias: nil)
                #expect(result.weights.floats == planned.weights.floats, "\(representation), seed \(seed)")
                #expect(
                    result.summary.zeros == planned.summary.zeros && result.summary.bytes == planned.summary.bytes,
                    "\(representation), seed \(seed)")
                #expect(
                    result.summary.codebook.map(\.count) == planned.summary.codebook.map(\.count), "\(representation), seed \(seed)")
            }
        }
    }

    @Test("New assignments: a cluster whose members keep together stays where its centroid was trained to")
    func reassignment() throws {
        let (weights, _, _) = sample(400, seed: 9)
        for assignment in [SharedAssignment.everyEpoch, .fisher] {
            let options = TrainedOptions(assignment: assignment)
            let layer = layer(weights, LayerPlan(weights: .shared(WeightSharing(bits: 3))), options: options)
            let centroids = try #require(layer.vectors.last)
            #expect(layer.vectors.count == 2)
            let before = effective(layer)
            for index in centroids.values.indices { centroids.values[index] *= 1.5 }
            let moved = effective(layer)
            layer.renew()
            let after = effective(layer)
            #expect(moved == before.map { $0 * 1.5 } && zip(after, moved).count { abs($0 - $1) < 0.2 } > 300)
        }
    }

    @Test("The loops in C are those of plain Swift")
    func loops() {
        let (weights, gradient, mask) = sample(1_003, seed: 12)
        var indexes = [UInt8](repeating: 0, count: weights.count)
        for index in indexes.indices { indexes[index] = UInt8(abs(weights[index].bitPattern.hashValue) % 7) }
        var sums = [Double](repeating: 0, count: 7)
        pare_sum_by_index(gradient, indexes, gradient.count, &sums, 7)
        for cluster in 0..<7 {
            let wanted = indexes.indices.filter { indexes[$0] == cluster }.reduce(0.0) { $0 + Double(gradient[$1]) }
            #expect(abs(sums[cluster] - wanted) < 1e-9)
        }
        var kept = weights
        pare_copy_kept(weights, mask, weights.count, &kept)
        #expect(kept == zip(weights, mask).map { $1 == 0 ? 0 : $0 })
        var inside = gradient
        pare_zero_outside(weights, weights.count, -0.5, 0.7, &inside)
        #expect(inside == zip(weights, gradient).map { $0 >= -0.5 && $0 <= 0.7 ? $1 : 0 })
        var signs = gradient
        pare_add_signs(weights, weights.count, 0.25, &signs)
        #expect(signs == zip(weights, gradient).map { $1 + ($0 > 0 ? 0.25 : $0 < 0 ? -0.25 : 0) })
    }
}
