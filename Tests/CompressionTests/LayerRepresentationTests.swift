import Compression
import Foundation
import Tensors
import Testing

@Suite("Layer: representations against their definitions")
struct LayerRepresentationTests {
    /// Prunings to put before each representation.
    static let prunings: [Pruning] = [.ratio(0), .ratio(0.8), .level(0.6)]

    private func forEachCase(_ count: UInt64 = 60, _ body: (LayerCase, Pruning, [Float]) throws -> Void) throws {
        for seed in 0..<count {
            let layer = try LayerCase(seed: seed)
            for pruning in LayerRepresentationTests.prunings { try body(layer, pruning, layer.pruned(pruning)) }
        }
    }

    @Test("float16 by the processor's type; tiny values become zeros that count, large ones stay finite")
    func float16() throws {
        try forEachCase { layer, pruning, kept in
            let state = try layer.compressed(LayerPlan(pruning: pruning, weights: .float16))
            #expect(state.weights.floats == kept.map { Float(Float16($0)) })
        }
        let extremes = try LayerCase([1e-9, -1e-9, 7e4, -1e30, 1, 6e-8], shape: [2, 3])
        let state = try extremes.compressed(LayerPlan(weights: .float16))
        #expect(state.weights.floats == [0, 0, 65_504, -65_504, 1, 0x1p-24])
        #expect(state.summary.zeros == 2)
    }

    @Test("bfloat16 is the nearer of the two neighbours, ties to even")
    func bfloat16() throws {
        try forEachCase { layer, pruning, kept in
            let state = try layer.compressed(LayerPlan(pruning: pruning, weights: .bfloat16))
            for (weight, value) in zip(kept, state.weights.floats) {
                let lower = Float(bitPattern: weight.bitPattern & 0xFFFF_0000)
                let upper = Float(bitPattern: (weight.bitPattern & 0xFFFF_0000) &+ 0x1_0000)
                let (below, above) = (abs(weight - lower), abs(upper - weight))
                let isUp = above < below || above == below && upper.bitPattern & 0x1_0000 == 0
                #expect(value == (isUp ? upper : lower))
            }
        }
    }

    @Test("ternary: 0.7 of the survivors' mean, and the mean of the rest")
    func ternary() throws {
        try forEachCase { layer, pruning, kept in
            let state = try layer.compressed(LayerPlan(pruning: pruning, weights: .ternary))
            let survivors = kept.filter { $0 != 0 }.map { Double(abs($0)) }
            let threshold = 0.7 * survivors.reduce(0, +) / Double(max(1, survivors.count))
            let rest = survivors.filter { $0 > threshold }
            let scale = Float(rest.reduce(0, +) / Double(max(1, rest.count)))
            let expected = kept.map { Double(abs($0)) > threshold ? ($0 < 0 ? -scale : scale) : 0 }
            #expect(isClose(state.weights.floats, expected))
            #expect(state.summary.scales.count == 1)
        }
    }

    @Test(
        "binary for each output channel and for the layer: sign(0) = +1, and zeros that stay on a pruned layer",
        arguments: BinaryScale.allCases)
    func binary(scale: BinaryScale) throws {
        try forEachCase { layer, pruning, kept in
            let state = try layer.compressed(LayerPlan(pruning: pruning, weights: .binary(scale)))
            let cameWithZeros = Double(layer.weights.count { $0 == 0 }) >= 0.1 * Double(layer.weights.count)
            let isPruned = pruning.amount > 0 || cameWithZeros
            var expected = kept
            for group in scale == .channel ? layer.channels : [Array(kept.indices)] {
                let members = group.filter { kept[$0] != 0 || !isPruned }
                let mean = Float(members.reduce(0.0) { $0 + Double(abs(kept[$1])) } / Double(max(1, members.count)))
                for index in members { expected[index] = kept[index] < 0 ? -mean : mean }
            }
            #expect(isClose(state.weights.floats, expected))
            #expect(state.summary.scales.count == (scale == .channel ? layer.channels.count : 1))
        }
    }

    @Test("linear with the clip at the maximum: every weight has the nearest level", arguments: [2, 3, 4, 8], [true, false])
    func linear(bits: Int, isSymmetric: Bool) throws {
        for isPerChannel in [false, true] {
            try forEachCase(30) { layer, pruning, kept in
                let linear = LinearQuantization(bits: bits, isSymmetric: isSymmetric, isPerChannel: isPerChannel, clip: .maximum)
                let state = try layer.compressed(LayerPlan(pruning: pruning, weights: .linear(linear)))
                let (values, groups) = (state.weights.floats, isPerChannel ? layer.channels : [Array(kept.indices)])
                for (group, scale) in zip(groups, state.summary.scales) {
                    let members = group.map { kept[$0] }
                    try checkLinear(members, group.map { values[$0] }, scale: scale, bits: bits, isSymmetric: isSymmetric)
                }
            }
        }
    }

    private func checkLinear(_ kept: [Float], _ values: [Float], scale: Double, bits: Int, isSymmetric: Bool) throws {
        let (low, high) = (Double(min(kept.min() ?? 0, 0)), Double(max(kept.max() ?? 0, 0)))
        guard low < high else { return #expect(values.allSatisfy { $0 == 0 }) }
        let steps = isSymmetric ? Double((1 << (bits - 1)) - 1) : Double((1 << bits) - 1)
        let expected = (isSymmetric ? max(-low, high) : high - low) / steps
        #expect(abs(scale / expected - 1) < 1e-6)
        let zeroPoint = isSymmetric ? 0 : (-low / expected).rounded()
        let codes = isSymmetric ? -steps...steps : -zeroPoint...(steps - zeroPoint)
        for (weight, value) in zip(kept, values) {
            let code = min(max((Double(weight) / expected).rounded(), codes.lowerBound), codes.upperBound)
            let nearest = abs(Double(weight) - code * expected)
            #expect(abs(Double(weight) - Double(value)) <= nearest + 1e-6 * (high - low))
            #expect(abs(Double(value) / expected - (Double(value) / expected).rounded()) < 1e-4)
        }
    }

    @Test("linear: the MSE-optimal clip is as good as the best of 400 clips, and percentiles cut where they say")
    func clips() throws {
        for seed in 1..<20 as Range<UInt64> {
            let layer = try LayerCase(seed: seed, rows: 10, columns: 80)
            let kept = layer.pruned(.ratio(0.5))
            let plan = { LayerPlan(pruning: .ratio(0.5), weights: .linear(LinearQuantization(bits: 3, clip: $0))) }
            let best = try layer.compressed(plan(.meanSquaredError))
            let largest = Double(kept.map(abs).max() ?? 0)
            let errors = (1...400).map { step -> Double in
                let scale = largest * Double(step) / 400 / 3
                return kept.reduce(0) { sum, weight in
                    let level = min(max((Double(weight) / scale).rounded(), -3), 3) * scale
                    return sum + (Double(weight) - level) * (Double(weight) - level)
                }
            }
            #expect(squaredError(kept, best.weights.floats) <= 1.002 * (errors.min() ?? 0))
            let percentile = try layer.compressed(plan(.percentile(90)))
            let ranked = kept.filter { $0 != 0 }.map(abs).sorted()
            let rank = Int((0.9 * Double(ranked.count)).rounded(.up))
            #expect(abs((percentile.summary.clip ?? 0) / Double(ranked[rank - 1]) - 1) < 1e-5)
        }
    }

    @Test(
        "shared: each survivor has the nearest value; counts, errors and pruned zeros are the result's own",
        arguments: WeightSharing.Method.allCases)
    func shared(method: WeightSharing.Method) throws {
        try forEachCase { layer, pruning, kept in
            let sharing = WeightSharing(bits: Int(layer.weights.count % 4) + 1, method: method)
            let state = try layer.compressed(LayerPlan(pruning: pruning, weights: .shared(sharing)))
            let book = state.summary.codebook
            #expect(book.count <= 1 << sharing.bits)
            for (weight, value) in zip(kept, state.weights.floats) {
                guard weight != 0 else { #expect(value == 0); continue }
                let nearest = book.map { abs(Double(weight) - $0.value) }.min() ?? .infinity
                #expect(abs(Double(weight) - Double(value)) <= nearest + 1e-6)
            }
            try checkCodebook(book, kept, state.weights.floats, areMeans: !isTied(layer.weights, kept))
            if method == .optimal, !book.isEmpty, let distance = state.summary.distanceFromOptimum { #expect(distance == 1) }
        }
    }

    /// Whether equal magnitudes were pruned and kept: the searches of k-means then share them out between the signs, not by index.
    private func isTied(_ weights: [Float], _ kept: [Float]) -> Bool {
        let largestPruned = zip(weights, kept).filter { $1 == 0 }.map { abs($0.0) }.max() ?? 0
        return largestPruned > 0 && kept.contains { abs($0) == largestPruned }
    }

    /// Counts, errors and, for k-means, that each value is the mean of its members.
    private func checkCodebook(_ book: [Centroid], _ kept: [Float], _ values: [Float], areMeans: Bool) throws {
        for centroid in book {
            let members = kept.indices.filter { kept[$0] != 0 && Double(values[$0]) == centroid.value }
            #expect(members.count == centroid.count)
            let mean = members.reduce(0.0) { $0 + Double(kept[$1]) } / Double(max(1, members.count))
            if areMeans { #expect(abs(mean - centroid.value) < 1e-6) }
            #expect(abs(squaredError(members.map { kept[$0] }, members.map { values[$0] }) - centroid.squaredError) < 1e-9)
        }
        #expect(book.reduce(0) { $0 + $1.count } == kept.count { $0 != 0 })
    }

    /// Scales are rounded to float32, so a sum in another order may move the last bit.
    private func isClose(_ first: [Float], _ second: [Float]) -> Bool {
        zip(first, second).allSatisfy { abs($0 - $1) <= 1e-6 * max(abs($0), abs($1)) }
    }
}
