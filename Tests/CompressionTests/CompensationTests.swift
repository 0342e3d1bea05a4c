import Compression
import Networks
import Tensors
import TestSupport
import Testing

/// Layers that are fitted to what they read.
@Suite("Layers fitted to their inputs")
struct CompensationTests {
    /// Columns of inputs that move together, and the moments of them.
    struct Inputs {
        /// By column.
        let columns: [[Float]]
        let moments: InputMoments

        init(seed: UInt64, size: Int, groups: Int = 1, count: Int = 300) {
            var generator = SeededGenerator(seed: seed)
            let wide = size * groups
            let mix = (0..<wide * 3).map { _ in Float(generator.uniform() - 0.4) }
            columns = (0..<count).map { _ in
                let hidden = (0..<3).map { _ in Float(generator.uniform() * 2 - 0.5) }
                return (0..<wide).map { place in
                    let shared = hidden[0] * mix[3 * place] + hidden[1] * mix[3 * place + 1] + hidden[2] * mix[3 * place + 2]
                    return max(0, shared + 0.3 * Float(generator.uniform()))
                }
            }
            var sums = [Double](repeating: 0, count: groups * size * size)
            for column in columns {
                for group in 0..<groups {
                    for row in 0..<size {
                        for other in 0...row {
                            sums[(group * size + row) * size + other] +=
                                Double(column[group * size + row]) * Double(column[group * size + other])
                        }
                    }
                }
            }
            moments = InputMoments(key: .fit, examples: count, columns: count, size: size, groups: groups, sums: sums)
        }

        init(diagonal: [Double]) {
            columns = []
            let size = diagonal.count
            var sums = [Double](repeating: 0, count: size * size)
            for place in 0..<size { sums[place * size + place] = diagonal[place] }
            moments = InputMoments(key: .fit, examples: 1, columns: 1, size: size, groups: 1, sums: sums)
        }
    }

    private func plan(_ weights: WeightRepresentation, _ level: Double = 0, _ mask: MaskChoice? = nil) -> LayerPlan {
        var plan = LayerPlan(pruning: .level(level), weights: weights)
        (plan.fit, plan.mask) = (.compensated, mask)
        return plan
    }

    /// The mean over the columns of the squared change of the outputs.
    private func error(_ state: CompressedLayer, _ layer: LayerCase, _ inputs: Inputs) -> Double {
        let (rows, size) = (layer.layer.outputCount, InputMoments.size(of: layer.layer))
        let (now, then, groups) = (state.weights.floats, layer.weights, layer.layer.groups)
        let isTransposed = layer.layer.isTransposed
        var sum = 0.0
        for column in inputs.columns {
            for row in 0..<rows {
                let start = row / (rows / groups) * size
                let change = (0..<size).reduce(0.0) { total, place in
                    let index = isTransposed ? place * rows + row : row * size + place
                    return total + (Double(now[index]) - Double(then[index])) * Double(column[start + place])
                }
                sum += change * change
            }
        }
        return sum / Double(inputs.columns.count)
    }

    @Test("½ Σ δ H δᵀ is the mean over the columns of the squared change of the outputs, of groups too", arguments: [1, 3])
    func outputError(groups: Int) throws {
        let layer = try LayerCase(drawn(7, 6 * 12), shape: [6, 12], isConvolution: true, groups: groups)
        let inputs = Inputs(seed: 1, size: 12, groups: groups)
        let state = try layer.compressed(LayerPlan(pruning: .level(0.5), weights: .shared(WeightSharing(bits: 2))))
        let changes = zip(state.weights.floats, layer.weights).map { $0 - $1 }
        let found = inputs.moments.outputError(of: changes, outputs: 6)
        let expected = error(state, layer, inputs)
        #expect(abs(found - expected) < 1e-6 * expected)
    }

    private func drawn(_ seed: UInt64, _ count: Int) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(0.1 * generator.laplace()) }
    }

    @Test(
        "every representation, with and without a mask: zeros stay, levels stand for the weights, and the outputs change less",
        arguments: WeightRepresentation.examples)
    func representations(weights: WeightRepresentation) throws {
        guard !weights.form.settings.name.contains("factors") else { return }
        for (seed, isTransposed) in [(UInt64(1), false), (2, true)] {
            let layer = try LayerCase(drawn(seed, 6 * 64), shape: isTransposed ? [64, 6] : [6, 64], isTransposed: isTransposed)
            let inputs = Inputs(seed: seed, size: 64)
            for level in [0, 0.6] {
                let fitted = try layer.compressed(plan(weights, level), inputs: inputs.moments)
                let nearest = try layer.compressed(LayerPlan(pruning: .level(level), weights: weights))
                if level > 0 {
                    let masked = try layer.compressed(LayerPlan(pruning: .level(level)))
                    for (value, kept) in zip(fitted.weights.floats, masked.weights.floats) where kept == 0 { #expect(value == 0) }
                }
                #expect(fitted.stored.floats() == fitted.weights.floats)
                #expect(fitted.summary.zeros == fitted.weights.floats.count { $0 == 0 })
                guard level > 0 || ![.float32, .float16, .bfloat16].contains(weights) else { continue }
                let (before, after) = (error(nearest, layer, inputs), error(fitted, layer, inputs))
                #expect(after < before, "\(weights) at \(level): \(before) → \(after)")
                let fit = try #require(fitted.summary.fit)
                let energy = inputs.moments.outputError(of: layer.rows, outputs: 6)
                #expect(abs((fit.errorAfter ?? 0) - after / energy) < 1e-6 * after / energy)
                #expect(abs((fit.errorBefore ?? 0) - before / energy) < 1e-6 * before / energy)
                #expect(fit.examples == 300 && fit.seed == 1 && fit.damping == 0.01 && fit.raised == 0)
            }
        }
    }

    @Test("inputs that don't move together change nothing: rounding is to the nearest, removal by magnitude")
    func diagonal() throws {
        let layer = try LayerCase(drawn(5, 8 * 64), shape: [8, 64])
        let uneven = Inputs(diagonal: (0..<64).map { 0.5 + Double($0 % 7) })
        let even = Inputs(diagonal: Array(repeating: 3, count: 64))
        let grids: [WeightRepresentation] = [
            .linear(LinearQuantization(bits: 3)), .linear(LinearQuantization(bits: 4, isSymmetric: false, isPerChannel: true)),
            .linear(LinearQuantization(bits: 3, group: 32)), .normalFloat(group: 32),
            .shared(WeightSharing(bits: 2, span: .channel)),
            .lattice(LatticeQuantization(step: 0.5, lambda: 0)),
        ]
        for weights in grids {
            for level in [0, 0.5] {
                let fitted = try layer.compressed(plan(weights, level), inputs: uneven.moments)
                let nearest = try layer.compressed(LayerPlan(pruning: .level(level), weights: weights))
                #expect(fitted.weights.floats == nearest.weights.floats, "\(weights) at \(level)")
            }
        }
        for mask in [MaskChoice.magnitude, .obs] {
            let fitted = try layer.compressed(plan(.float32, 0.7, mask), inputs: even.moments)
            let pruned = try layer.compressed(LayerPlan(pruning: .level(0.7)))
            #expect(zip(fitted.weights.floats, pruned.weights.floats).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @Test("shared values with even inputs are those of k-means")
    func evenInputs() throws {
        let layer = try LayerCase(drawn(6, 8 * 40), shape: [8, 40])
        let even = Inputs(diagonal: Array(repeating: 2, count: 40))
        let fitted = try layer.compressed(plan(.shared(WeightSharing(bits: 3)), 0.3), inputs: even.moments)
        let nearest = try layer.compressed(LayerPlan(pruning: .level(0.3), weights: .shared(WeightSharing(bits: 3))))
        #expect(zip(fitted.weights.floats, nearest.weights.floats).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(fitted.summary.codebook.map(\.count) == nearest.summary.codebook.map(\.count))
    }

    @Test("masks: least squares lose no more than the mask, removal by loss less still, and the number of zeros is exact")
    func masks() throws {
        let layer = try LayerCase(drawn(9, 10 * 48), shape: [10, 48])
        let inputs = Inputs(seed: 8, size: 48)
        for level in [0.5, 0.8, 0.95] {
            let plain = try layer.compressed(LayerPlan(pruning: .level(level)))
            let fitted = try layer.compressed(plan(.float32, level), inputs: inputs.moments)
            let removed = try layer.compressed(plan(.float32, level, .obs), inputs: inputs.moments)
            let errors = [plain, fitted, removed].map { error($0, layer, inputs) }
            #expect(errors[1] < errors[0] && errors[2] < errors[1], "\(level): \(errors)")
            #expect(removed.summary.zeros == Int((level * 480).rounded()))
        }
    }

    @Test("groups and depthwise layers have moments of their own")
    func groups() throws {
        let layer = try LayerCase(drawn(3, 4 * 9), shape: [4, 1, 3, 3], isConvolution: true, groups: 4)
        let inputs = Inputs(seed: 2, size: 9, groups: 4)
        let weights = WeightRepresentation.linear(LinearQuantization(bits: 2))
        let fitted = try layer.compressed(plan(weights, 0.3), inputs: inputs.moments)
        let nearest = try layer.compressed(LayerPlan(pruning: .level(0.3), weights: weights))
        #expect(error(fitted, layer, inputs) < error(nearest, layer, inputs))
    }

    @Test("an input that is never other than 0 is rounded to the nearest and makes nothing good")
    func deadInputs() throws {
        let layer = try LayerCase(drawn(4, 4 * 16), shape: [4, 16])
        var sums = [Double](repeating: 0, count: 256)
        for row in 0..<8 { for column in 0...row { sums[row * 16 + column] = row == column ? 2 : 1 } }
        let moments = InputMoments(key: .fit, examples: 1, columns: 1, size: 16, groups: 1, sums: sums)
        let weights = WeightRepresentation.linear(LinearQuantization(bits: 3))
        let fitted = try layer.compressed(plan(weights), inputs: moments)
        let nearest = try layer.compressed(LayerPlan(weights: weights))
        for row in 0..<4 {
            for place in 8..<16 { #expect(fitted.weights.floats[row * 16 + place] == nearest.weights.floats[row * 16 + place]) }
        }
        let none = InputMoments(key: .fit, examples: 1, columns: 1, size: 16, groups: 1, sums: [Double](repeating: 0, count: 256))
        let alone = try layer.compressed(plan(weights), inputs: none)
        #expect(alone.weights.floats == nearest.weights.floats)
        #expect(alone.summary.remarks.contains(.roundedAlone(groups: 1, of: 1)))
    }

    @Test("moments without a factor raise the damping and say so")
    func damping() throws {
        let layer = try LayerCase(drawn(4, 2 * 4), shape: [2, 4])
        // Not positive by 0.2 in 1: no moments, but what rounding may leave of some.
        var sums = [Double](repeating: 0, count: 16)
        for row in 0..<4 { for column in 0...row { sums[row * 4 + column] = row == column ? 1 : 1.2 } }
        let moments = InputMoments(key: .fit, examples: 1, columns: 1, size: 4, groups: 1, sums: sums)
        let state = try layer.compressed(plan(.linear(LinearQuantization(bits: 3))), inputs: moments)
        #expect(state.summary.fit?.raised == 2 && state.summary.fit?.damping == 1)
        #expect(state.summary.remarks.contains(.dampingRaised(share: 1, times: 2)))
    }

    @Test("a price for bits leaves more zeros, and never loses more than it saves")
    func rate() throws {
        let layer = try LayerCase(drawn(12, 16 * 64), shape: [16, 64])
        let inputs = Inputs(seed: 5, size: 64)
        var last = (zeros: -1, bytes: Int.max)
        for lambda in [0, 0.05, 0.2, 0.6] {
            let lattice = LatticeQuantization(step: 0.5, lambda: lambda)
            let fitted = try layer.compressed(plan(.lattice(lattice)), inputs: inputs.moments)
            let nearest = try layer.compressed(LayerPlan(weights: .lattice(lattice)))
            #expect(error(fitted, layer, inputs) < error(nearest, layer, inputs))
            let bytes = fitted.summary.fileEstimate ?? 0
            #expect(fitted.summary.zeros > last.zeros && bytes < last.bytes, "λ \(lambda)")
            last = (fitted.summary.zeros, bytes)
        }
    }

    @Test("without the moments, in factors, of recurrent layers and beyond the memory the plan is refused")
    func refusals() throws {
        let layer = try LayerCase(drawn(4, 2 * 4), shape: [2, 4])
        #expect(throws: CompressionError.inputsMissing(weight: "fc1.weight")) { try layer.compressed(self.plan(.ternary)) }
        let plan = self.plan(.ternary)
        var large = layer.layer
        large.shape = [2, 20_000]
        #expect(throws: PlanError.self) { try plan.validate(for: large) }
        var recurrent = layer.layer
        recurrent.isRecurrent = true
        #expect(throws: PlanError.self) { try plan.validate(for: recurrent) }
        var weightsOnly = layer.layer
        weightsOnly.node = nil
        #expect(throws: PlanError.self) { try plan.validate(for: weightsOnly) }
        try plan.validate(for: layer.layer)
    }
}

extension LayerCase {
    /// The weights as rows of outputs.
    var rows: [Float] {
        guard layer.isTransposed else { return weights }
        let (outputs, size) = (layer.outputCount, InputMoments.size(of: layer))
        return (0..<outputs * size).map { weights[$0 % size * outputs + $0 / size] }
    }
}
