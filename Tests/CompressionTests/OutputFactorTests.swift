import Compression
import Tensors
import Testing

/// Factors that are nearest to what a layer gives: the dropped eigenvalues are the squared error of its outputs on the calibration examples.
struct OutputFactorTests {
    /// A dense layer with examples that it is looked at on; some inputs and one output are dead.
    private struct Sample {
        let layer: LayerCase
        let bias: [Float]
        let inputs: [[Double]]
        /// Before the bias, in float as a network gives them.
        let outputs: [[Float]]
        let moments: OutputMoments

        init(seed: UInt64, isTransposed: Bool) throws {
            var random = SeededGenerator(seed: seed)
            let (rows, columns, examples) = (9, 14, 300)
            let mixing = (0..<columns).map { _ in (0..<columns).map { _ in random.normal() } }
            // Correlated, of very different sizes, not about 0, and the fourth one dead.
            var inputs: [[Double]] = []
            for _ in 0..<examples {
                let source = (0..<columns).map { random.normal() / Double($0 + 1) }
                var input = mixing.map { 0.7 + Self.product($0, source) }
                input[3] = 0
                inputs.append(input)
            }
            // weights[output][input]; the third output is dead.
            var weights: [[Float]] = []
            for row in 0..<rows { weights.append((0..<columns).map { _ in row == 2 ? 0 : Float(random.normal()) }) }
            var stored: [Float] = weights.flatMap(\.self)
            if isTransposed { stored = (0..<columns).flatMap { column in weights.map { $0[column] } } }
            layer = try LayerCase(stored, shape: isTransposed ? [columns, rows] : [rows, columns], isTransposed: isTransposed)
            bias = (0..<rows).map { _ in Float(random.normal()) }
            let exact = weights.map { $0.map { Double($0) } }
            outputs = inputs.map { input in exact.map { Float(Self.product($0, input)) } }
            self.inputs = inputs
            var tally = OutputTally(OutputTally.Layout(channels: rows, pixels: 1, isChannelFirst: true))
            let all: [Float] = outputs.flatMap(\.self)
            all.withUnsafeBufferPointer { tally.take($0, examples: examples, rowLength: rows) }
            while tally.step() {}
            moments = try #require(tally.moments(.standard))
        }

        private static func product(_ left: [Double], _ right: [Double]) -> Double {
            zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }

        /// Σ over examples and outputs of the squared difference that other weights and another bias make.
        func squaredError(_ made: CompressedLayer) -> Double {
            let (rows, columns) = (bias.count, inputs[0].count)
            let weights = made.weights.floats.map { Double($0) }
            let own = made.bias?.floats ?? bias
            var sum = 0.0
            for (input, output) in zip(inputs, outputs) {
                for row in 0..<rows {
                    var difference = Double(own[row]) - Double(bias[row]) - Double(output[row])
                    for column in 0..<columns {
                        let place = layer.layer.isTransposed ? column * rows + row : row * columns + column
                        difference += weights[place] * input[column]
                    }
                    sum += difference * difference
                }
            }
            return sum
        }

        func made(rank: Int, _ weighting: LowRank.Weighting, _ basis: OutputBasis?, hasBias: Bool = true) throws -> CompressedLayer {
            let plan = LayerPlan(weights: .factors(LowRank(.number(rank), weighting: weighting)))
            return try requireValue(
                try LayerCompressor.compress(
                    layer: layer.layer, weights: layer.tensor, bias: hasBias ? Tensor(shape: [bias.count], floats: bias) : nil,
                    distribution: layer.distribution, plan: plan, rule: .none, outputs: basis))
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, [false, true])
    func droppedEigenvaluesAreTheError(seed: UInt64, isTransposed: Bool) throws {
        let sample = try Sample(seed: seed, isTransposed: isTransposed)
        let basis = try #require(OutputBasis(sample.moments, hasBias: true))
        let plainBasis = try #require(OutputBasis(sample.moments, hasBias: false))
        #expect(basis.isCentred && !plainBasis.isCentred && basis.values.last ?? 1 < 1e-9 * basis.values[0])
        let size = sample.outputs.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
        for rank in [1, 3, 5, 7] {
            let made = try sample.made(rank: rank, .outputs, basis)
            let dropped = basis.values.dropFirst(rank).reduce(0, +)
            let error = sample.squaredError(made)
            // Factors are floats: what they give is off by 6e-8 of its size, whatever is dropped.
            let tolerance = max(1e-6 * dropped, 1e-7 * (dropped * size).squareRoot())
            #expect(abs(error - dropped) <= tolerance, "\(rank): \(error) for \(dropped)")
            let kept = try #require(made.summary.keptEnergy)
            #expect(abs(kept - (1 - dropped / basis.values.reduce(0, +))) < 1e-12)
            // Neither the nearest weights nor the directions about 0 lose less.
            #expect(error < sample.squaredError(try sample.made(rank: rank, .plain, nil)))
            let uncentred = sample.squaredError(try sample.made(rank: rank, .outputs, plainBasis))
            #expect(error <= uncentred * (1 + 1e-6))
            #expect(abs(uncentred - plainBasis.values.dropFirst(rank).reduce(0, +)) <= 10 * tolerance)
        }
    }

    @Test func allRanksAreTheLayer() throws {
        let sample = try Sample(seed: 9, isTransposed: false)
        let basis = try #require(OutputBasis(sample.moments, hasBias: true))
        let made = try sample.made(rank: 9, .outputs, basis)
        let size = sample.outputs.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(sample.squaredError(made) < 1e-10 * size)
        #expect(zip(made.weights.floats, sample.layer.weights).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// A layer without a bias is projected about 0, and none appears.
    @Test func noBias() throws {
        let sample = try Sample(seed: 11, isTransposed: false)
        let basis = try #require(OutputBasis(sample.moments, hasBias: false))
        let made = try sample.made(rank: 4, .outputs, basis, hasBias: false)
        #expect(made.bias == nil)
        let dropped = basis.values.dropFirst(4).reduce(0, +)
        #expect(abs(sample.squaredError(made) - dropped) <= 1e-6 * dropped)
    }

    @Test func outputsThatNobodyGatheredAreRefused() throws {
        let sample = try Sample(seed: 12, isTransposed: false)
        #expect(throws: CompressionError.outputsMissing(weight: "fc1.weight")) { try sample.made(rank: 3, .outputs, nil) }
        var grouped = sample.layer.layer
        grouped.groups = 3
        let rank = LowRank(.number(2), weighting: .outputs)
        #expect(rank.obstacle(in: grouped) != nil && rank.obstacle(in: sample.layer.layer) == nil)
    }
}
