import CKernels
import Compression
import Foundation
import Networks
import Tensors
import Testing

@Suite("Layer: entropy-constrained and universal quantization")
struct LatticeTests {
    /// SplitMix64's output function, as `Docs/Format.md` has it.
    private func dither(_ seed: UInt32, _ place: Int) -> Double {
        var z = UInt64(seed) &+ UInt64(place + 1) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 40) / 16_777_216 - 0.5
    }

    @Test("Without λ every survivor has the nearest level, or 0 where that is nearer; errors, counts and zeros are those of the result")
    func nearest() throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            let layer = try LayerCase(seed: seed)
            for dither in [nil, UInt32(seed)] {
                let lattice = LatticeQuantization(step: 0.7, lambda: 0, dither: dither)
                let state = try layer.compressed(LayerPlan(pruning: .level(0.4), weights: .lattice(lattice)))
                let kept = layer.pruned(.level(0.4))
                let step = try #require(state.summary.scales.first)
                #expect(abs(step - 0.7 * (layer.deviation > 0 ? layer.deviation : 1)) < 1e-6)
                for (index, (weight, value)) in zip(kept, state.weights.floats).enumerated() {
                    let shift = dither.map { self.dither($0, index) } ?? 0
                    let level = (Double(weight) / step + shift).rounded()
                    let wanted = level == 0 || weight == 0 ? 0 : (level - shift) * step
                    let least = min(abs(Double(weight) - wanted), abs(Double(weight)))
                    #expect(abs(abs(Double(weight) - Double(value)) - least) < 1e-5 * step, "seed \(seed) weight \(index)")
                    #expect(weight != 0 || value.bitPattern == 0)
                }
                #expect(state.summary.zeros == state.weights.floats.count { $0 == 0 })
                #expect(state.summary.codebook.reduce(0) { $0 + $1.count } == kept.count { $0 != 0 })
                let error = state.summary.codebook.reduce(0) { $0 + $1.squaredError }
                #expect(abs(error - squaredError(kept, state.weights.floats)) <= 1e-6 * max(error, 1e-9))
            }
        }
    }

    @Test("With λ each weight has one of three levels; more λ takes fewer real bytes and loses more, by both rates and with a dither")
    func tradeOff() throws {
        let layer = try LayerCase(seed: 7, rows: 60, columns: 200)
        for (rate, dither) in [(LatticeQuantization.Rate.contexts, nil), (.independent, nil), (.contexts, UInt32(3))] {
            var last: (bytes: Int, error: Double)?
            for lambda in [0, 0.05, 0.2, 0.8] {
                let lattice = LatticeQuantization(step: 0.4, lambda: lambda, rate: rate, dither: dither)
                let state = try layer.compressed(LayerPlan(weights: .lattice(lattice)))
                let step = try #require(state.summary.scales.first)
                for (index, value) in state.weights.floats.enumerated() where value != 0 {
                    let shift = dither.map { self.dither($0, index) } ?? 0
                    let level = (Double(value) / step + shift).rounded()
                    let nearest = (Double(layer.weights[index]) / step + shift).rounded()
                    #expect(level == nearest || level == nearest - (nearest > 0 ? 1 : -1))
                }
                let stored = state.stored
                let bytes = try #require(LevelCoders.encode(stored, as: .arithmetic)).bytes.count
                let error = squaredError(layer.weights, state.weights.floats)
                if let last { #expect(bytes < last.bytes && error > last.error, "\(rate) λ \(lambda)") }
                last = (bytes, error)
            }
        }
    }

    @Test("At equal bytes the prices of contexts lose less than nearest levels of a larger step")
    func gain() throws {
        // Rows and columns of very different size, as in pruned networks.
        var generator = SeededGenerator(seed: 4)
        let (rows, columns) = (100, 400)
        let ofRows = (0..<rows).map { _ in exp(generator.normal()) }
        let ofColumns = (0..<columns).map { _ in exp(generator.normal()) }
        let weights = (0..<rows * columns).map { Float(0.02 * ofRows[$0 / columns] * ofColumns[$0 % columns] * generator.laplace()) }
        let layer = try LayerCase(weights, shape: [rows, columns])
        func measured(_ lattice: LatticeQuantization) throws -> (bytes: Int, error: Double) {
            let state = try layer.compressed(LayerPlan(weights: .lattice(lattice)))
            let coded = try #require(LevelCoders.encode(state.stored, as: .arithmetic))
            return (coded.bytes.count, squaredError(weights, state.weights.floats))
        }
        let chosen = try measured(LatticeQuantization(step: 0.8, lambda: 0.25))
        // The nearest levels that take as many bytes, by bisection of the step.
        var (low, high) = (0.5, 8.0)
        for _ in 0..<20 {
            let middle = (low + high) / 2
            if try measured(LatticeQuantization(step: middle, lambda: 0)).bytes > chosen.bytes { low = middle } else { high = middle }
        }
        let plain = try measured(LatticeQuantization(step: low, lambda: 0))
        #expect(plain.bytes >= chosen.bytes)
        #expect(chosen.error < plain.error, "\(chosen) \(plain)")
    }

    @Test("The choice in C is that of plain Swift, for any prices")
    func choice() {
        var generator = SeededGenerator(seed: 11)
        for round in 0..<20 {
            let weights = (0..<999).map { _ in generator.uniform() < 0.3 ? Float(0) : Float(generator.laplace()) }
            let others = weights.map { _ in generator.uniform() < 0.1 ? Float.infinity : Float(generator.normal() * 0.3) }
            let byLevel = (0..<Int(PARE_LATTICE_PRICES)).map { _ in Float(generator.uniform() * 0.5) }
            let importance = weights.map { _ in Float(0.1 + generator.uniform()) }
            var lattice = pare_lattice(step: 0.25, limit: 6, is_dithered: Int32(round % 2), seed: 5)
            var levels = [Int32](repeating: 9, count: weights.count)
            var values = [Float](repeating: 9, count: weights.count)
            others.withUnsafeBufferPointer { others in
                byLevel.withUnsafeBufferPointer { byLevel in
                    importance.withUnsafeBufferPointer { importance in
                        var prices = pare_lattice_prices(
                            others: others.baseAddress, levels: byLevel.baseAddress, importance: importance.baseAddress)
                        pare_lattice_choose(weights, 0, weights.count, &lattice, &prices, &levels, &values)
                    }
                }
            }
            for index in weights.indices {
                let shift = round % 2 == 0 ? 0 : dither(5, index)
                let place = Double(weights[index]) / 0.25
                func cost(_ level: Int) -> Double {
                    let value = level == 0 ? 0 : Double(level) - shift
                    let error = Double(importance[index]) * (place - value) * (place - value)
                    return level == 0 ? error : error + Double(others[index]) + Double(byLevel[64 + level])
                }
                let nearest = min(max(Int((place + shift).rounded(.toNearestOrEven)), -6), 6)
                let candidates = weights[index] == 0 ? [0] : Set([nearest, nearest - nearest.signum(), 0]).sorted()
                let least = candidates.map(cost).min() ?? 0
                #expect(abs(cost(Int(levels[index])) - least) < 1e-4 && candidates.contains(Int(levels[index])))
                let value = levels[index] == 0 ? 0 : (Double(levels[index]) - shift) * 0.25
                #expect(abs(Double(values[index]) - value) < 1e-6)
            }
        }
    }

    @Test("Prices: a level costs its share's bits, and not being 0 costs more in an empty line than in a full one")
    func prices() {
        // Ten full lines, ten empty ones, and ten with one weight each.
        let (lines, length) = (30, 50)
        let levels = (0..<lines * length).map { index -> Int32 in
            let (line, place) = (index / length, index % length)
            return line < 10 ? (place % 5 == 0 ? 0 : place % 2 == 0 ? 1 : -2) : line < 20 ? 0 : place == line ? 1 : 0
        }
        var matrix = pare_level_matrix(
            lines: lines, length: length, line_step: length, step: 1, negatives: 0, positives: 0, period: 0)
        var others = [Float](repeating: 0, count: levels.count)
        var byLevel = [Float](repeating: 0, count: Int(PARE_LATTICE_PRICES))
        #expect(pare_lattice_price(levels, &matrix, 2, &others, &byLevel) == 0)
        let (ones, twos) = (levels.count { $0 == 1 }, levels.count { $0 == -2 })
        for (level, count) in [(1, ones), (-2, twos), (3, 0)] {
            let share = (Double(count) + 0.5) / (Double(ones + twos) + 2)
            #expect(abs(Double(byLevel[64 + level]) + 2 * log2(share)) < 1e-4)
        }
        let mean = { (range: Range<Int>) in others[range.lowerBound * length..<range.upperBound * length].reduce(0, +) / Float(10 * length)
        }
        #expect(mean(0..<10) < -1 && mean(10..<20) > 6 && mean(20..<30) > 6)
        // A lone weight sees its line without itself.
        #expect(others[25 * length + 25] > 6)
        var alike = [Float](repeating: 0, count: Int(PARE_LATTICE_PRICES))
        #expect(pare_lattice_price(levels, &matrix, 2, nil, &alike) == 0)
        let share = (Double(ones + twos) + 0.5) / (Double(levels.count) + 1)
        #expect(abs(Double(alike[65] - byLevel[65]) - 2 * (log2(1 - share) - log2(share))) < 1e-4)
    }

    @Test("Trained with fixed assignments what was 0 stays 0; found again after an epoch it may come back; a state's levels are taken over")
    func training() throws {
        let sample = try LayerCase(seed: 3, rows: 20, columns: 30)
        let plan = LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5, lambda: 0.3)))
        for assignment in SharedAssignment.allCases {
            let layer = TrainedLayer(
                layer: sample.layer, weights: sample.tensor, plan: plan, mask: nil, threshold: 0, deviation: sample.deviation,
                options: TrainedOptions(assignment: assignment))
            let before = layer.compressed(bias: nil)
            for index in layer.shadow.values.indices { layer.shadow.values[index] = 1 }
            var gradient = [Float](repeating: 1, count: sample.weights.count)
            gradient.withUnsafeMutableBufferPointer { layer.receive($0) }
            let moves = before.weights.floats.map { $0 != 0 || assignment != .fixed }
            #expect(gradient.map { $0 != 0 } == moves)
            let after = layer.compressed(bias: nil).weights.floats
            #expect(after.map { $0 != 0 } == moves)
            let taken = TrainedLayer(
                layer: sample.layer, weights: sample.tensor, plan: plan, mask: nil, threshold: 0, deviation: sample.deviation,
                options: TrainedOptions())
            let thinned = before.weights.floats.enumerated().map { $0 % 2 == 0 ? 0 : $1 }
            let state = CompressedLayer(
                recognizing: Tensor(shape: sample.layer.shape, floats: thinned), bias: nil, of: sample.layer, summary: before.summary)
            #expect(taken.takeCodebook(of: state))
            #expect(taken.compressed(bias: nil).weights.floats.enumerated().allSatisfy { $0 % 2 == 1 || $1 == 0 })
        }
    }
}
