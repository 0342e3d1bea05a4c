import Compression
import Tensors
import TestSupport
import Testing

/// The order in which channels go by what their readers lose, beside a new fit of every choice.
@Suite("Channels that readers can do without")
struct ChannelEliminationTests {
    private struct Reader {
        let inputs: Int
        let weights: [[Double]]
        let moments: SecondMoments
        /// C + λ, and C, about the means.
        let ridged: [[Double]]
        let covariance: [[Double]]

        init(inputs: Int, outputs: Int, generator: inout SeededGenerator) {
            func draw() -> Double { Double(Float.random(in: -1...1, using: &generator)) }
            let (columns, mix) = (60, (0..<inputs).map { _ in (0..<inputs).map { _ in draw() } })
            weights = (0..<outputs).map { _ in (0..<inputs).map { _ in draw() } }
            self.inputs = inputs
            let points = (0..<columns).map { _ in
                let hidden = (0..<inputs).map { _ in draw() }
                return mix.map { row in Double(Float(0.5 + zip(row, hidden).reduce(0) { $0 + $1.0 * $1.1 })) }
            }
            var rows = (0..<inputs).flatMap { input in points.map { Float($0[input]) } }
            rows += weights.flatMap { row in points.map { point in Float(zip(row, point).reduce(0) { $0 + $1.0 * $1.1 }) } }
            var (moments, start) = (SecondMoments(inputs: inputs, outputs: outputs), 0)
            while start < columns { start = moments.add(rows, columns: columns, from: start) }
            self.moments = moments
            let means = (0..<inputs).map { input in points.reduce(0) { $0 + $1[input] } / Double(columns) }
            let covariance = (0..<inputs).map { a in
                (0..<inputs).map { b in points.reduce(0) { $0 + ($1[a] - means[a]) * ($1[b] - means[b]) } / Double(columns) }
            }
            let ridge = ReaderFit.ridge * (0..<inputs).reduce(0) { $0 + covariance[$1][$1] } / Double(inputs)
            ridged = covariance.enumerated().map { a, row in row.enumerated().map { $1 + ($0 == a ? ridge : 0) } }
            self.covariance = covariance
        }

        /// What the best weights on some inputs alone lose of the outputs' variance.
        func lost(keeping kept: [Int]) -> Double {
            let variance = weights.reduce(0) { $0 + form($1, covariance) }
            let lost = weights.reduce(0.0) { sum, row in
                let sides = kept.map { place in zip(row, ridged[place]).reduce(0) { $0 + $1.0 * $1.1 } }
                let best = gaussianSolution(kept.map { a in kept.map { ridged[a][$0] } }, sides)
                return sum + form(row, ridged) - zip(best, sides).reduce(0) { $0 + $1.0 * $1.1 }
            }
            return lost / variance
        }

        private func form(_ row: [Double], _ matrix: [[Double]]) -> Double {
            row.indices.reduce(0) { sum, a in sum + row[a] * zip(row, matrix[a]).reduce(0) { $0 + $1.0 * $1.1 } }
        }
    }

    @Test(
        "Each step takes the channel whose loss, of all readers after a new fit, is least, and its score is that loss",
        arguments: [1, 2, 3])
    func greedy(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        // Seven channels: one input each of the first reader, two each of the second, where the third channel is none of it.
        let readers = [Reader(inputs: 7, outputs: 3, generator: &generator), Reader(inputs: 12, outputs: 4, generator: &generator)]
        let places = [(0..<7).map { [$0] }, [[0, 1], [2, 3], [], [4, 5], [6, 7], [8, 9], [10, 11]]]
        let losses = zip(readers, places).map { reader, channels in
            let weights = reader.weights.flatMap { row in row.map { Float($0) } }
            return ReaderLoss(reader.moments, weights: weights, isCentred: true, channels: channels)
        }
        var elimination = ChannelElimination(losses, channels: 7)
        while elimination.step() {}
        func lost(_ gone: Set<Int>) -> Double {
            zip(readers, places).reduce(0) { sum, pair in
                let away = Set(gone.flatMap { pair.1[$0] })
                return sum + pair.0.lost(keeping: (0..<pair.0.inputs).filter { !away.contains($0) })
            }
        }
        var (gone, last) = (Set<Int>(), 0.0)
        for channel in elimination.scores.indices.sorted(by: { elimination.scores[$0] < elimination.scores[$1] }) {
            let now = lost(gone)
            let steps = (0..<7).filter { !gone.contains($0) }.map { (channel: $0, loss: lost(gone.union([$0])) - now) }
            let least = try #require(steps.map(\.loss).min())
            let own = try #require(steps.first { $0.channel == channel }).loss
            #expect(own <= least + 1e-7, "\(channel)")
            last = max(last, own)
            #expect(abs(elimination.scores[channel] - last) < 1e-6 * max(1, last), "\(channel): \(elimination.scores[channel]) \(last)")
            gone.insert(channel)
        }
    }

    @Test("Of two channels that are the same one goes first, and for nothing")
    func twins() {
        var generator = SeededGenerator(seed: 9)
        let (inputs, columns) = (5, 64)
        var rows = (0..<inputs * columns).map { _ in Float.random(in: -1...1, using: &generator) }
        for column in 0..<columns { rows[3 * columns + column] = 2 * rows[1 * columns + column] }
        let weights: [Float] = [1, -1, 0.5, 0.8, 1]
        rows += (0..<columns).map { column in (0..<inputs).reduce(0) { $0 + weights[$1] * rows[$1 * columns + column] } }
        var (moments, start) = (SecondMoments(inputs: inputs, outputs: 1), 0)
        while start < columns { start = moments.add(rows, columns: columns, from: start) }
        let loss = ReaderLoss(moments, weights: weights, isCentred: false, channels: (0..<inputs).map { [$0] })
        var elimination = ChannelElimination([loss], channels: inputs)
        while elimination.step() {}
        let order = elimination.scores.indices.sorted { elimination.scores[$0] < elimination.scores[$1] }
        #expect([1, 3].contains(order[0]) && elimination.scores[order[0]] < 1e-3)
        #expect(elimination.scores[order[1]] > 0.02)
    }
}
