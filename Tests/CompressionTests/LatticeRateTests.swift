import CKernels
import Compression
import Foundation
import Networks
import Tensors
import Testing

/// Bits of levels as a term of the loss.
@Suite("Rate terms of levels")
struct LatticeRateTests {
    /// A layer whose lines and places are of very different size, so that most of it is 0.
    private func trained(
        rows: Int, columns: Int, rate: LatticeQuantization.Rate = .contexts, masked: Bool = false, isTransposed: Bool = false,
        options: TrainedOptions = TrainedOptions(assignment: .everyEpoch, learnsClips: true), onGrid: Bool = false
    ) -> TrainedLayer {
        var generator = SeededGenerator(seed: 5)
        let ofRows = (0..<rows).map { _ in exp(generator.normal()) }
        let ofColumns = (0..<columns).map { _ in exp(generator.normal()) }
        var values = (0..<rows * columns).map { Float(0.1 * ofRows[$0 / columns] * ofColumns[$0 % columns] * generator.laplace()) }
        if onGrid { values = values.map { ($0 / 0.5).rounded() * 0.5 } }
        let layer = Layer(
            name: "l", weight: "l.weight", bias: nil, shape: [rows, columns], node: 0, isConvolution: false, isTransposed: isTransposed)
        let mask = masked ? values.indices.map { UInt8($0 % 7 == 2 ? 0 : 1) } : nil
        return TrainedLayer(
            layer: layer, weights: Tensor(shape: layer.shape, floats: values),
            plan: LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5, lambda: 0, rate: rate))), mask: mask, threshold: 0,
            deviation: 1,
            options: options)
    }

    /// The gradients of the float weights and of the step that strength · R adds, and R.
    private func gradients(_ layer: TrainedLayer, _ strength: Double) -> (weights: [Float], step: Double, bits: Double) {
        var slope = [Float](repeating: 0, count: layer.layer.count)
        return slope.withUnsafeMutableBufferPointer { buffer in
            layer.receive(buffer)
            let bits = layer.addRate(strength)
            return (Array(buffer), layer.vectors.count > 1 ? Double(layer.vectors[1].gradient[0]) : 0, bits)
        }
    }

    private func write(_ layer: TrainedLayer) -> [Float] {
        var effective = [Float](repeating: 0, count: layer.layer.count)
        effective.withUnsafeMutableBufferPointer { layer.writeEffective(into: $0) }
        return effective
    }

    @Test("Rates in C are the straight lines of their definition, for any prices")
    func kernel() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20 {
            let weights = (0..<500).map { _ in generator.uniform() < 0.3 ? Float(0) : Float(generator.laplace()) }
            let others = weights.map { _ in Float(3 + generator.normal()) }
            let byLevel = (0..<Int(PARE_LATTICE_PRICES)).map { _ in Float(generator.uniform() * 4) }
            var lattice = pare_lattice(step: 0.25, limit: 2_047, is_dithered: 0, seed: 0)
            var slopes = [Float](repeating: 0, count: weights.count)
            let found = others.withUnsafeBufferPointer { others in
                byLevel.withUnsafeBufferPointer { byLevel in
                    var prices = pare_lattice_prices(others: others.baseAddress, levels: byLevel.baseAddress, importance: nil)
                    return pare_lattice_rate(weights, weights.count, &lattice, &prices, 2, &slopes)
                }
            }
            var (sum, ofStep) = (0.0, 0.0)
            for (index, weight) in weights.enumerated() where weight != 0 {
                func bits(_ level: Int) -> Double { level == 0 ? 0 : Double(others[index]) + Double(byLevel[64 + level]) }
                let (place, sign) = (Double(abs(weight)) / 0.25, weight < 0 ? -1 : 1)
                let below = Int(place)
                let slope = bits(sign * (below + 1)) - bits(sign * below)
                sum += bits(sign * below) + (place - Double(below)) * slope
                ofStep -= slope * place / 0.25
                #expect(abs(Double(slopes[index]) - 2 * slope * Double(sign) / 0.25) < 1e-3)
            }
            #expect(abs(found.bits - sum) < 1e-3 * abs(sum) && abs(found.of_step - ofStep) < 1e-3 * abs(ofStep))
            #expect(zip(weights, slopes).allSatisfy { $0 != 0 || $1 == 0 })
        }
    }

    @Test(
        "The gradients of the rate term by weights and step are those of finite differences",
        arguments: [LatticeQuantization.Rate.contexts, .independent], [false, true])
    func finiteDifferences(rate: LatticeQuantization.Rate, isTransposed: Bool) throws {
        let layer = trained(rows: 12, columns: 30, rate: rate, masked: true, isTransposed: isTransposed)
        _ = write(layer)
        layer.priceBits()
        let strength = 0.3
        let found = gradients(layer, strength)
        func bits() -> Double {
            _ = write(layer)
            return gradients(layer, 0).bits
        }
        var count = 0
        for index in 0..<layer.layer.count {
            let (value, step) = (layer.shadow.values[index], Float(1e-2))
            guard layer.isKept(index) else {
                #expect(found.weights[index] == 0)
                continue
            }
            // Inside one straight line only.
            let place = value.magnitude / 0.5
            guard min(place - place.rounded(.down), place.rounded(.up) - place) > 0.05, value != 0 else { continue }
            let sides = [step, -step].map { step in
                layer.shadow.values[index] = value + step
                return bits()
            }
            layer.shadow.values[index] = value
            let expected = strength * (sides[0] - sides[1]) / Double(2 * step)
            #expect(abs(Double(found.weights[index]) - expected) <= 5e-3 * max(1, abs(expected)), "weight \(index)")
            count += 1
        }
        #expect(count > 150)
        let steps = try #require(layer.vectors.last)
        let (value, kept) = (steps.values[0], (0..<layer.layer.count).count { layer.isKept($0) && layer.shadow.values[$0] != 0 })
        let sides = [Float(1e-5), -1e-5].map { step in
            steps.values[0] = value + step
            return bits()
        }
        let expected = strength * (sides[0] - sides[1]) / (Double(value + 1e-5) - Double(value - 1e-5)) / Double(kept).squareRoot()
        #expect(abs(found.step - expected) <= 0.02 * abs(expected), "\(found.step) \(expected)")
    }

    @Test("The step's gradient is Σ g · (k − w/Δ) over the kept weights, by √n")
    func step() {
        let layer = trained(rows: 9, columns: 11, masked: true)
        let effective = write(layer)
        var generator = SeededGenerator(seed: 2)
        var slope = effective.map { _ in Float(generator.normal()) }
        let given = slope
        slope.withUnsafeMutableBufferPointer { layer.receive($0) }
        var (sum, kept) = (0.0, 0)
        for index in effective.indices where layer.isKept(index) {
            sum += Double(given[index]) * Double(effective[index] - layer.shadow.values[index]) / 0.5
            kept += 1
        }
        #expect(abs(Double(layer.vectors[1].gradient[0]) - sum / Double(kept).squareRoot()) < 1e-3)
    }

    @Test(
        "On the levels the term is about what the coder writes, the nearer the larger the layer",
        arguments: [(40, 200, 0.12), (100, 400, 0.08), (300, 784, 0.05)])
    func estimate(rows: Int, columns: Int, tolerance: Double) throws {
        let layer = trained(rows: rows, columns: columns, onGrid: true)
        _ = write(layer)
        layer.priceBits()
        let found = gradients(layer, 1).bits
        let stored = layer.compressed(bias: nil).stored
        let real = Double(8 * (try #require(LevelCoders.encode(stored, as: .arithmetic)).bytes.count))
        #expect(abs(found / real - 1) < tolerance, "\(found) \(real)")
        // Away from the levels, and with the prices of before, it is another one.
        for index in 0..<layer.layer.count { layer.shadow.values[index] *= 0.9 }
        _ = write(layer)
        #expect(gradients(layer, 0).bits < found)
    }

    @Test("A learned step is written, kept and gone on with; with fixed assignments zeros stay, and have no term")
    func keeping() throws {
        for assignment in SharedAssignment.allCases {
            let options = TrainedOptions(assignment: assignment, learnsClips: true)
            let layer = trained(rows: 20, columns: 30, options: options)
            let start = write(layer)
            layer.priceBits()
            layer.vectors[1].values[0] = 0.6
            let effective = write(layer)
            #expect(effective.allSatisfy { abs($0 / 0.6 - ($0 / 0.6).rounded()) < 1e-4 } && effective.contains { $0 != 0 })
            let compressed = layer.compressed(bias: nil)
            #expect(compressed.summary.scales == [Double(Float(0.6))] && compressed.stored.floats() == effective)
            let other = trained(rows: 20, columns: 30, options: options)
            try other.restore(layer.buffers, plan: layer.plan, threshold: 0, movesPruned: false)
            #expect(write(other) == effective)
            let (own, again) = (gradients(layer, 1), gradients(other, 1))
            #expect(own.weights == again.weights && own.bits == again.bits && own.step == again.step)
            let third = trained(rows: 20, columns: 30, options: options)
            #expect(third.takeCodebook(of: compressed) && write(third) == effective)
            if assignment == .fixed { #expect(zip(own.weights, start).allSatisfy { $1 != 0 || $0 == 0 }) }
        }
    }

    @Test("Layers without levels on a lattice have no term, and say so")
    func obstacles() {
        let layer = trained(rows: 3, columns: 4)
        #expect(layer.rateObstacle == nil)
        layer.adopt(LayerPlan(weights: .lattice(LatticeQuantization(step: 1, dither: 3))), mask: nil, threshold: 0)
        #expect(layer.rateObstacle == "dithered levels have no such term" && gradients(layer, 1).bits == 0)
        layer.adopt(.unchanged, mask: nil, threshold: 0)
        #expect(layer.rateObstacle?.contains("\"entropy\"") == true && gradients(layer, 1).weights.allSatisfy { $0 == 0 })
    }
}
