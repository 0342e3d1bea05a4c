import Compression
import Foundation
import Networks
import Tensors
import Testing

/// Weights as a product of a lower rank, against singular values found in another way.
@Suite("Layer: factors")
struct FactorTests {
    private func layer(_ rows: Int, _ columns: Int, seed: UInt64, isTransposed: Bool = false) throws -> LayerCase {
        var generator = SeededGenerator(seed: seed)
        let weights = (0..<rows * columns).map { _ in Float(0.1 * generator.normal()) }
        return try LayerCase(weights, shape: [rows, columns], isTransposed: isTransposed)
    }

    private func factors(_ layer: LayerCase, rank: Int, pruning: Pruning = .ratio(0)) throws -> (Factors, CompressedLayer) {
        let made = try layer.compressed(LayerPlan(pruning: pruning, weights: .factors(.number(rank))))
        guard case .factors(let factors) = made.form else { throw CancellationError() }
        return (factors, made)
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }.squareRoot()
    }

    @Test(
        "The error of each rank is √Σ of the squares of the singular values that are left out, the least possible (Eckart and Young)",
        arguments: [(1, 7), (7, 1), (9, 23), (23, 9), (16, 16), (40, 33)], [false, true])
    func errors(size: (rows: Int, columns: Int), isPruned: Bool) throws {
        let layer = try layer(size.rows, size.columns, seed: UInt64(size.rows), isTransposed: size.rows > 10)
        let pruning = isPruned ? Pruning.level(0.4) : .ratio(0)
        let kept = layer.pruned(pruning)
        let values = singularValues(kept, rows: size.rows, columns: size.columns)
        for rank in 1...values.count {
            let (factors, made) = try factors(layer, rank: rank, pruning: pruning)
            let least = values.dropFirst(rank).reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(factors.rank == rank && factors.left.shape == [size.rows, rank] && factors.right.shape == [rank, size.columns])
            #expect(abs(distance(made.weights.floats, kept) - least) < 1e-6 * values[0], "rank \(rank)")
            #expect(made.summary.bytes.huffman == 4 * rank * (size.rows + size.columns))
            #expect(
                made.summary.zeros == made.weights.floats.count { $0 == 0 } && !made.weights.floats.contains { $0.bitPattern == 1 << 31 })
        }
    }

    @Test(
        "Signal to noise is that of the product against the weights, and the kept energy that of the singular values",
        arguments: [false, true])
    func figures(isTransposed: Bool) throws {
        let layer = try layer(20, 33, seed: 9, isTransposed: isTransposed)
        func energy(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 } }
        let signal = energy(layer.weights.map(Double.init))
        for pruning in [Pruning.ratio(0), .level(0.4), .level(0.9)] {
            let kept = layer.pruned(pruning)
            let values = singularValues(kept, rows: 20, columns: 33)
            for rank in [1, 6, 20] {
                let (_, made) = try factors(layer, rank: rank, pruning: pruning)
                let noise = distance(made.weights.floats, layer.weights)
                let whole = try #require(made.summary.signalToNoise.whole)
                #expect(abs(whole - 10 * log10(signal / (noise * noise))) < 1e-9, "\(pruning) \(rank)")
                let share = try #require(made.summary.keptEnergy)
                #expect(abs(share - energy(values.prefix(rank)) / energy(values)) < 1e-9 && made.summary.factorization?.ranks == [rank])
            }
        }
        let trained = trained(layer, LayerPlan(pruning: .level(0.4), weights: .factors(.number(5))))
        for vector in trained.vectors { vector.values[0] += 0.5 }
        let made = trained.compressed(bias: nil)
        let noise = distance(made.weights.floats, trained.floats.floats)
        let floats = energy(trained.floats.floats.map(Double.init))
        #expect(abs(try #require(made.summary.signalToNoise.whole) - 10 * log10(floats / (noise * noise))) < 1e-4)
        #expect(made.summary.keptEnergy == nil)
    }

    @Test("Ranks above the largest, and factors that are no smaller than the weights, are remarks; summaries of older files are read")
    func remarks() throws {
        let layer = try layer(8, 24, seed: 2)
        func remarks(_ rank: LowRank) throws -> [LayerRemark] {
            try layer.compressed(LayerPlan(weights: .factors(rank))).summary.remarks
        }
        let grows = LayerRemark.factorsAboveWeights(byteCount: 4 * 8 * 32, weights: 4 * 8 * 24, paying: 5)
        #expect(try remarks(.number(700)) == [.rankAboveLargest(700, largest: 8), grows])
        #expect(try remarks(.number(8)) == [grows] && remarks(.share(1)) == [grows])
        #expect(try remarks(.number(6)) == [.factorsAboveWeights(byteCount: 4 * 6 * 32, weights: 4 * 8 * 24, paying: 5)])
        #expect(try remarks(.number(5)).isEmpty)
        var bypassed = LayerPlan(weights: .factors(.number(8)))
        bypassed.bypass = true
        #expect(try layer.compressed(bypassed).summary.remarks.isEmpty)
        var summary = try layer.compressed(LayerPlan(weights: .factors(.number(5)))).summary
        var fields = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(summary)) as? [String: Any])
        #expect(fields.removeValue(forKey: "keptEnergy") != nil)
        summary.keptEnergy = nil
        #expect(try JSONDecoder().decode(LayerSummary.self, from: JSONSerialization.data(withJSONObject: fields)) == summary)
    }

    @Test("Columns and rows are orthogonal, each with √σ: both factors have the same range")
    func orthogonality() throws {
        for (rows, columns) in [(12, 30), (30, 12)] {
            let layer = try layer(rows, columns, seed: 3)
            let values = singularValues(layer.weights, rows: rows, columns: columns)
            let (factors, _) = try factors(layer, rank: 12)
            let (left, right) = (factors.left.floats.map(Double.init), factors.right.floats.map(Double.init))
            for i in 0..<12 {
                for j in 0..<12 {
                    let a = (0..<rows).reduce(0.0) { $0 + left[$1 * 12 + i] * left[$1 * 12 + j] }
                    let b = (0..<columns).reduce(0.0) { $0 + right[i * columns + $1] * right[j * columns + $1] }
                    let expected = i == j ? values[i] : 0
                    #expect(abs(a - expected) < 2e-6 * values[0] && abs(b - expected) < 2e-6 * values[0])
                }
            }
        }
    }

    @Test("A planted rank is found whole; a matrix of zeros and one with equal singular values too")
    func degenerate() throws {
        let (left, right) = (try layer(50, 5, seed: 1).weights, try layer(5, 70, seed: 2).weights)
        let product = (0..<50 * 70).map { place -> Float in
            let (row, column) = (place / 70, place % 70)
            return (0..<5).reduce(Float(0)) { sum, index in sum + left[row * 5 + index] * right[index * 70 + column] }
        }
        let planted = try LayerCase(product, shape: [50, 70])
        let norm = distance(product, product.map { _ in 0 })
        let fifth = try factors(planted, rank: 5).1
        let fourth = try factors(planted, rank: 4).1
        #expect(distance(fifth.weights.floats, product) < 1e-6 * norm && distance(fourth.weights.floats, product) > 1e-2 * norm)
        let zeros = try factors(try LayerCase(Array(repeating: 0, count: 35), shape: [5, 7]), rank: 3)
        #expect(zeros.0.left.floats.allSatisfy { $0 == 0 } && zeros.1.weights.floats.allSatisfy { $0 == 0 })
        let identity = try LayerCase((0..<64).map { $0 % 9 == 0 ? 1 : 0 }, shape: [8, 8])
        for rank in 1...8 {
            let made = try factors(identity, rank: rank).1
            #expect(abs(distance(made.weights.floats, identity.weights) - Double(8 - rank).squareRoot()) < 1e-6)
        }
    }

    @Test("A share is rounded to a multiple of 16 where it has one; a number is held to the largest rank")
    func ranks() {
        let expected: [(LowRank, Int, Int, Int)] = [
            (.share(0.25), 300, 784, 80), (.share(0.25), 100, 300, 32), (.share(0.5), 10, 100, 5), (.share(0), 10, 100, 1),
            (.share(1), 300, 784, 300), (.share(1), 10, 12, 10), (.number(7), 300, 784, 7), (.number(900), 300, 784, 300),
        ]
        for (rank, rows, columns, value) in expected {
            #expect(rank.factorization(of: WeightGeometry([rows, columns])).ranks == [value], "\(rank)")
        }
    }

    @Test("The same layer gives the same bits whatever was asked before; a cancelled search gives nothing")
    func repetition() throws {
        let layer = try layer(33, 21, seed: 9)
        let first = try factors(layer, rank: 6)
        _ = try factors(layer, rank: 20)
        _ = try factors(try self.layer(33, 21, seed: 10), rank: 6)
        let again = try factors(layer, rank: 6)
        #expect(again.0 == first.0 && again.1.weights.floats == first.1.weights.floats)
        let other = try self.layer(40, 50, seed: 11)
        let cancelled = try LayerCompressor.compress(
            layer: other.layer, weights: other.tensor, bias: nil, distribution: other.distribution,
            plan: LayerPlan(weights: .factors(.number(3))), rule: .none, isCancelled: { true })
        #expect(cancelled == nil)
    }

    @Test("A layer that can't become two is refused with its name")
    func refusal() throws {
        var layer = try layer(4, 4, seed: 1).layer
        layer.isFactorable = false
        let plan = LayerPlan(weights: .factors(.number(2)))
        let error = #expect(throws: PlanError.self) { try plan.validate(for: layer) }
        #expect(error.map { "\($0)" }?.hasPrefix("fc1 can't be factors: only a Gemm") == true)
        var bypassed = plan
        bypassed.bypass = true
        #expect(throws: Never.self) { try bypassed.validate(for: layer) }
    }
}

extension FactorTests {
    /// A layer under training, with the gradients of its two factors for a gradient of its weights.
    private func trained(_ layer: LayerCase, _ plan: LayerPlan) -> TrainedLayer {
        let trained = TrainedLayer(
            layer: layer.layer, weights: layer.tensor, plan: .unchanged, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
        trained.adopt(plan, mask: nil, threshold: 0)
        return trained
    }

    private func effective(_ layer: TrainedLayer) -> [Float] {
        Tensor(shape: [layer.layer.count]) { layer.writeEffective(into: $0) }.floats
    }

    @Test("Gradients of both factors against differences of Σ G · W", arguments: [false, true])
    func gradients(isTransposed: Bool) throws {
        let layer = try layer(9, 13, seed: 4, isTransposed: isTransposed)
        let trained = trained(layer, LayerPlan(weights: .factors(.number(4))))
        #expect(trained.vectors.map(\.name) == ["fc1.weight/left", "fc1.weight/right"])
        var generator = SeededGenerator(seed: 5)
        var gradient = (0..<9 * 13).map { _ in Float(generator.normal()) }
        let slope = gradient
        gradient.withUnsafeMutableBufferPointer { trained.receive($0) }
        func loss() -> Double { zip(effective(trained), slope).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        for vector in trained.vectors {
            let found = Array(vector.gradient)
            #expect(found.contains { $0 != 0 })
            for index in vector.values.indices {
                let value = vector.values[index]
                vector.values[index] = value + 0.5
                let above = loss()
                vector.values[index] = value - 0.5
                let difference = above - loss()
                vector.values[index] = value
                #expect(abs(difference - Double(found[index])) < 1e-4, "\(vector.name) \(index)")
            }
        }
    }

    @Test("A trained layer goes on from its state and from its tables with the same bits; what the rank left out stays beside it")
    func keeping() throws {
        let layer = try layer(12, 20, seed: 6)
        let plan = LayerPlan(weights: .factors(.number(5)))
        let trained = trained(layer, plan)
        #expect(distance(trained.floats.floats, layer.weights) < 1e-6)
        for vector in trained.vectors { for index in vector.values.indices { vector.values[index] += Float(index % 7) * 0.01 } }
        let made = trained.compressed(bias: nil)
        #expect(made.weights.floats == effective(trained))
        let kept = CompressedLayer(
            weights: made.weights, bias: nil, tables: try coded(StoredTables(made)), of: layer.layer, summary: made.summary)
        #expect(kept.form == made.form)
        var damaged = made.weights.floats
        damaged[3] += 1
        let other = CompressedLayer(
            weights: Tensor(shape: [12, 20], floats: damaged), bias: nil, tables: StoredTables(made), of: layer.layer, summary: made.summary
        )
        #expect(other.form != made.form)
        let next = self.trained(try LayerCase(trained.floats.floats, shape: [12, 20]), plan)
        #expect(next.takeCodebook(of: kept) && effective(next) == effective(trained))
        let resumed = self.trained(layer, plan)
        try resumed.restore(trained.buffers, plan: plan, threshold: 0, movesPruned: false)
        #expect(effective(resumed) == effective(trained) && resumed.floats.floats == trained.floats.floats)
    }

    private func coded(_ tables: StoredTables) throws -> StoredTables {
        try JSONDecoder().decode(StoredTables.self, from: JSONEncoder().encode(tables))
    }
}
