import Compression
import Foundation
import Networks
import Tensors
import Testing

/// Tensors that people report tools to break on, under every representation: constant, zero, of two values, denormal, huge, negative zeros, dead and tiny rows,
/// one outlier.
@Suite("Layer: degenerate tensors")
struct DegenerateTensorTests {
    private static let rows = 8, columns = 24

    private static let tensors: [(name: String, weights: [Float])] = {
        var generator = SeededGenerator(seed: 26)
        let usual = (0..<rows * columns).map { _ in Float(0.1 * generator.laplace()) }
        func changed(_ change: (Int, Float) -> Float) -> [Float] { usual.enumerated().map { change($0.offset, $0.element) } }
        return [
            ("constant", changed { _, _ in 0.25 }), ("zeros", changed { _, _ in 0 }),
            ("two values", changed { _, w in w < 0 ? -0.5 : 0.125 }),
            ("denormal", changed { i, _ in Float(bitPattern: UInt32(i + 1)) }), ("huge", changed { _, w in w * 1e37 }),
            ("negative zeros", changed { i, w in i % 3 == 0 ? -0.0 : w }), ("dead row", changed { i, w in i / columns == 2 ? 0 : w }),
            ("tiny row", changed { i, w in i / columns == 5 ? w * 1e-30 : w }), ("outlier", changed { i, w in i == 77 ? 300 : w }),
            ("one sign", changed { _, w in abs(w) }),
        ]
    }()

    static let representations: [WeightRepresentation] =
        [
            .float32, .float16, .bfloat16, .ternary, .binary(.layer), .binary(.channel), .dorefa(bits: 2), .dorefa(bits: 8),
            .normalFloat(group: 64),
        ]
        + [2, 4, 8].flatMap { bits -> [WeightRepresentation] in
            [
                .linear(LinearQuantization(bits: bits)), .linear(LinearQuantization(bits: bits, isSymmetric: false)),
                .linear(LinearQuantization(bits: bits, isPerChannel: true, clip: .maximum)), .shared(WeightSharing(bits: bits)),
                .shared(WeightSharing(bits: bits, method: .optimal)),
            ]
        } + [.lattice(LatticeQuantization(step: 0.5))]

    @Test("values are numbers, what is counted is what is there, and what is held gives the same bits", arguments: representations)
    func counts(representation: WeightRepresentation) throws {
        for (name, weights) in Self.tensors {
            let layer = try LayerCase(weights, shape: [Self.rows, Self.columns])
            for pruning in [Pruning.ratio(0), .level(0.5)] {
                let state = try layer.compressed(LayerPlan(pruning: pruning, weights: representation))
                let made = state.weights.floats
                let words = "\(name) \(representation) \(pruning)"
                let (zeros, positive, areFinite) = (made.count { $0 == 0 }, made.map { $0 + 0 }, made.allSatisfy(\.isFinite))
                #expect(areFinite, "\(words)")
                #expect(state.summary.zeros == zeros, "\(words)")
                let (signal, noise) = (squared(weights), squaredError(weights, made))
                if noise == 0 || signal == 0 {
                    #expect(state.summary.signalToNoise.whole == nil, "\(words)")
                } else if let whole = state.summary.signalToNoise.whole {
                    #expect(abs(whole - 10 * log10(signal / noise)) < 1e-3 * max(1, abs(whole)), "\(words): \(whole)")
                } else {
                    Issue.record("\(words): no dB, and \(noise) of \(signal) is lost")
                }
                let held = state.stored.floats().map(\.bitPattern)
                #expect(held == positive.map(\.bitPattern), "\(words)")
            }
        }
    }

    private func squared(_ weights: [Float]) -> Double { weights.reduce(0) { $0 + Double($1) * Double($1) } }
}
