import Compression
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Factors of convolutions by each method, with groups, against products and singular values found in another way.
@Suite("Layer: methods of factors")
struct FactorMethodTests {
    private static let geometries = [
        WeightGeometry([12, 7, 3, 3]), WeightGeometry([9, 4, 2, 3], groups: 3), WeightGeometry([8, 10, 5]),
        WeightGeometry([6, 5, 2, 3, 2]),
        WeightGeometry([10, 3, 1, 5]), WeightGeometry([40, 2, 3, 1]), WeightGeometry([3, 30, 1, 1]),
        WeightGeometry([10, 3, 2, 2], groups: 2),
    ]

    static let cases: [(FactorMethod, WeightGeometry)] = FactorMethod.allCases.flatMap { method in
        geometries.filter { method.obstacle(in: $0) == nil }.map { (method, $0) }
    }

    private func layer(_ weights: WeightGeometry, seed: UInt64) throws -> LayerCase {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<weights.shape.count).map { _ in Float(0.1 * generator.normal()) }
        return try LayerCase(values, shape: weights.shape, isConvolution: true, groups: weights.groups)
    }

    private func factors(_ layer: LayerCase, _ rank: LowRank, pruning: Pruning = .ratio(0)) throws -> (Factors, CompressedLayer) {
        let made = try layer.compressed(LayerPlan(pruning: pruning, weights: .factors(rank)))
        guard case .factors(let factors) = made.form else { throw CancellationError() }
        return (factors, made)
    }

    private func rank(_ method: FactorMethod, _ ranks: [Int]) -> LowRank {
        LowRank(.number(ranks[0]), method: method, outputs: ranks.count > 1 ? .number(ranks[1]) : nil)
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }.squareRoot()
    }

    private func norm(_ a: [Float]) -> Double { distance(a, a.map { _ in 0 }) }

    @Test(
        "Weights are the product of the parts, which are whole at the largest ranks; the kept energy is what the error leaves",
        arguments: cases)
    func products(method: FactorMethod, weights: WeightGeometry) throws {
        let layer = try layer(weights, seed: 1)
        let largest = method.largestRanks(of: weights)
        for share in [0.0, 0.3, 0.6, 1] {
            let ranks = largest.map { max(1, Int((share * Double($0)).rounded())) }
            let (factors, made) = try factors(layer, rank(method, ranks), pruning: share == 0.3 ? .level(0.5) : .ratio(0))
            let kept = layer.pruned(share == 0.3 ? .level(0.5) : .ratio(0))
            let product = factors.factorization.product(factors.parts.map(\.floats), of: weights)
            #expect(distance(made.weights.floats, product) < 1e-6 * norm(product))
            #expect(factors.parts.map(\.shape) == factors.factorization.parts(of: weights).map(\.shape))
            let error = distance(made.weights.floats, kept)
            let energy = try #require(made.summary.keptEnergy)
            #expect(abs(1 - energy - error * error / (norm(kept) * norm(kept))) < 1e-5, "\(energy) \(error)")
            if share == 1 { #expect(error < 2e-6 * norm(kept)) }
            #expect(made.summary.bytes.huffman == 4 * factors.factorization.parameterCount(of: weights))
            #expect(made.summary.zeros == made.weights.floats.count { $0 == 0 })
        }
    }

    @Test("No spatial or channel product of a rank is nearer, in any group", arguments: cases.filter { $0.0 != .tucker })
    func least(method: FactorMethod, weights: WeightGeometry) throws {
        let layer = try layer(weights, seed: 2)
        let size = weights.shape.count / weights.groups
        let (height, width) = (weights.kernel[0], weights.kernel.count > 1 ? weights.kernel[1] : 1)
        let groups = (0..<weights.groups).map { group -> [Double] in
            let own = Array(layer.weights[group * size..<(group + 1) * size])
            guard method == .spatial else { return singularValues(own, rows: weights.outputs, columns: size / weights.outputs) }
            // Rows (t, j), columns (s, i).
            let (rows, columns) = (weights.outputs * width, weights.inputs * height)
            let turned = (0..<size).map { place -> Float in
                let (t, j, c) = (place / columns / width, place / columns % width, place % columns)
                return own[(t * columns + c) * width + j]
            }
            return singularValues(turned, rows: rows, columns: columns)
        }
        for rank in 1...method.largestRanks(of: weights)[0] {
            let made = try factors(layer, self.rank(method, [rank])).1
            let least = groups.map { dropped($0, from: rank) }.reduce(0, +).squareRoot()
            #expect(abs(distance(made.weights.floats, layer.weights) - least) < 2e-6 * norm(layer.weights), "rank \(rank)")
        }
    }

    @Test("Tucker finds planted ranks whole, has orthonormal sides, and is never worse than the vectors of both unfoldings")
    func tucker() throws {
        let weights = WeightGeometry([14, 9, 3, 3])
        var generator = SeededGenerator(seed: 5)
        let planted = Factorization(.tucker, ranks: [3, 4], of: weights)
        let parts = planted.parts(of: weights).map { part in (0..<part.shape.count).map { _ in Float(generator.normal()) } }
        let whole = try LayerCase(planted.product(parts, of: weights), shape: weights.shape, isConvolution: true)
        #expect(try distance(factors(whole, rank(.tucker, [3, 4])).1.weights.floats, whole.weights) < 1e-5 * norm(whole.weights))
        let layer = try layer(weights, seed: 6)
        for ranks in [[2, 3], [5, 5], [8, 2], [1, 9]] {
            let (factors, made) = try factors(layer, rank(.tucker, ranks))
            let (left, right) = (factors.parts[2].floats, factors.parts[0].floats)
            let (inputs, outputs) = (factors.factorization.first, factors.factorization.last)
            for a in 0..<outputs {
                for b in 0..<outputs {
                    let sum = dot((0..<14).map { left[$0 * outputs + a] }, (0..<14).map { left[$0 * outputs + b] })
                    #expect(abs(sum - (a == b ? 1 : 0)) < 1e-5)
                }
            }
            for a in 0..<inputs {
                let row = Array(right[a * 9..<(a + 1) * 9])
                #expect(abs(dot(row, row) - 1) < 1e-5)
            }
            // HOSVD's error is at most the root of what both unfoldings leave out, and no side can be better than its own unfolding alone.
            let unfolded = (0..<layer.weights.count).map { place -> Float in
                let (s, t, x) = (place / 126, place / 9 % 14, place % 9)
                return layer.weights[(t * 9 + s) * 9 + x]
            }
            let byOutputs = dropped(singularValues(layer.weights, rows: 14, columns: 81), from: outputs)
            let byInputs = dropped(singularValues(unfolded, rows: 9, columns: 126), from: inputs)
            let error = distance(made.weights.floats, layer.weights)
            #expect(error <= (byOutputs + byInputs).squareRoot() * (1 + 1e-6), "\(ranks)")
            #expect(error >= max(byOutputs, byInputs).squareRoot() * (1 - 1e-6))
        }
    }

    private func dot(_ a: [Float], _ b: [Float]) -> Double {
        var sum = 0.0
        for (x, y) in zip(a, b) { sum += Double(x) * Double(y) }
        return sum
    }

    /// Σσ² of the values behind a rank.
    private func dropped(_ values: [Double], from rank: Int) -> Double {
        var sum = 0.0
        for value in values.dropFirst(rank) { sum += value * value }
        return sum
    }

    @Test("Gradients of every part against differences of Σ G · W", arguments: cases)
    func gradients(method: FactorMethod, weights: WeightGeometry) throws {
        let layer = try layer(weights, seed: 3)
        let trained = TrainedLayer(
            layer: layer.layer, weights: layer.tensor, plan: .unchanged, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
        let plan = LayerPlan(weights: .factors(rank(method, [2, 3])))
        trained.adopt(plan, mask: nil, threshold: 0)
        var generator = SeededGenerator(seed: 5)
        let slope = (0..<layer.weights.count).map { _ in Float(generator.normal()) }
        var gradient = slope
        gradient.withUnsafeMutableBufferPointer { trained.receive($0) }
        func loss() -> Double {
            let weights = Tensor(shape: [layer.layer.count]) { trained.writeEffective(into: $0) }.floats
            return zip(weights, slope).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        #expect(trained.vectors.count == (method == .tucker ? 3 : 2))
        for vector in trained.vectors {
            let found = Array(vector.gradient)
            for index in vector.values.indices where index % 7 == 0 {
                let value = vector.values[index]
                vector.values[index] = value + 0.5
                let above = loss()
                vector.values[index] = value - 0.5
                let difference = above - loss()
                vector.values[index] = value
                #expect(abs(difference - Double(found[index])) < 1e-4 * max(1, abs(difference)), "\(vector.name) \(index)")
            }
        }
        let made = trained.compressed(bias: nil)
        let kept = CompressedLayer(
            weights: made.weights, bias: nil,
            tables: try JSONDecoder().decode(StoredTables.self, from: JSONEncoder().encode(StoredTables(made))), of: layer.layer,
            summary: made.summary)
        guard case .factors = kept.form else { return #expect(Bool(false), "no factors") }
        #expect(kept.form == made.form)
        let resumed = TrainedLayer(
            layer: layer.layer, weights: layer.tensor, plan: .unchanged, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
        try resumed.restore(trained.buffers, plan: plan, threshold: 0, movesPruned: false)
        #expect(resumed.compressed(bias: nil).form == made.form && resumed.floats.floats == trained.floats.floats)
    }
}
