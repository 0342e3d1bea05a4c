import Compression
import Tensors
import Testing

/// Means and scatter of outputs, held against plain sums in double, and the directions that follow from them.
struct OutputMomentsTests {
    /// Outputs of some batches: [examples, offset + channels · pixels + rest] each.
    private struct Sample {
        var layout: OutputTally.Layout
        var rowLength: Int
        var batches: [(values: [Float], examples: Int)]

        init(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            let (channels, pixels) = (Int.random(in: 1...13, using: &random), Int.random(in: 1...9, using: &random))
            let offset = Int.random(in: 0...5, using: &random)
            layout = OutputTally.Layout(
                channels: channels, pixels: pixels, isChannelFirst: Bool.random(using: &random), offset: offset)
            let length = offset + channels * pixels + Int.random(in: 0...5, using: &random)
            rowLength = length
            // Far from 0, so that what cancels would be seen.
            let means = (0..<channels).map { _ in 50 * random.normal() }
            let dead = seed % 3 == 0 ? Int.random(in: 0..<channels, using: &random) : -1
            let layout = layout
            batches = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                let examples = Int.random(in: 1...8, using: &random)
                var values = (0..<examples * length).map { _ in Float(random.normal()) }
                for example in 0..<examples {
                    for channel in 0..<channels {
                        for pixel in 0..<pixels {
                            let place = example * length + Self.place(channel, pixel, layout)
                            values[place] = Float(channel == dead ? 3 : means[channel] + Double(values[place]) / Double(channel + 1))
                        }
                    }
                }
                return (values, examples)
            }
        }

        static func place(_ channel: Int, _ pixel: Int, _ layout: OutputTally.Layout) -> Int {
            layout.offset + (layout.isChannelFirst ? channel * layout.pixels + pixel : pixel * layout.channels + channel)
        }

        /// All outputs, one pixel a row.
        var outputs: [[Double]] {
            batches.flatMap { batch in
                (0..<batch.examples).flatMap { example in
                    (0..<layout.pixels).map { pixel in
                        (0..<layout.channels).map { Double(batch.values[example * rowLength + Self.place($0, pixel, layout)]) }
                    }
                }
            }
        }

        func moments() throws -> OutputMoments {
            var tally = OutputTally(layout)
            for batch in batches {
                batch.values.withUnsafeBufferPointer { tally.take($0, examples: batch.examples, rowLength: rowLength) }
                while tally.step() {}
            }
            return try #require(tally.moments(.standard))
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func sumsArePlainSums(seed: UInt64) throws {
        let sample = Sample(seed: seed)
        let (found, outputs) = (try sample.moments(), sample.outputs)
        let channels = sample.layout.channels
        #expect(found.count == outputs.count && found.channels == channels)
        #expect(found.examples == sample.batches.reduce(0) { $0 + $1.examples } && found.isFinite)
        #expect(found.isFew == (outputs.count < 10 * channels))
        let mean = (0..<channels).map { channel in outputs.reduce(0) { $0 + $1[channel] } / Double(outputs.count) }
        for channel in 0..<channels { #expect(abs(found.mean[channel] - mean[channel]) <= 1e-6 * (1 + abs(mean[channel]))) }
        for row in 0..<channels {
            for column in 0..<channels {
                let plain = outputs.reduce(0) { $0 + ($1[row] - mean[row]) * ($1[column] - mean[column]) }
                // Differences from the shift are rounded to float once.
                #expect(abs(found.scatter[row * channels + column] - plain) <= 1e-5 * (1 + abs(plain)))
            }
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func halvesAreTheWhole(seed: UInt64) throws {
        var sample = Sample(seed: seed)
        sample.batches += sample.batches
        let whole = try sample.moments()
        sample.batches = Array(sample.batches.prefix(sample.batches.count / 2))
        let half = try sample.moments()
        let joined = half.joined(with: half)
        #expect(joined.count == whole.count)
        for (a, b) in zip(joined.scatter + joined.mean, whole.scatter + whole.mean) { #expect(abs(a - b) <= 1e-6 * (1 + abs(b))) }
        #expect(half.without([1]).mean[0] == half.mean[0] - 1)
    }

    @Test func manyRowsArePieces() throws {
        var random = SeededGenerator(seed: 5)
        let (channels, examples) = (203, 700)
        let values = (0..<channels * examples).map { _ in Float(random.normal()) }
        var tally = OutputTally(OutputTally.Layout(channels: channels, pixels: 1, isChannelFirst: false))
        values.withUnsafeBufferPointer { tally.take($0, examples: examples, rowLength: channels) }
        var steps = 1
        while tally.step() { steps += 1 }
        #expect(steps > 1)
        let found = try #require(tally.moments(.standard))
        var plain = 0.0
        for channel in 0..<channels {
            let own = (0..<examples).map { Double(values[$0 * channels + channel]) }
            let mean = own.reduce(0, +) / Double(examples)
            plain += own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let trace = (0..<channels).reduce(0.0) { $0 + found.scatter[$1 * channels + $1] }
        #expect(abs(trace - plain) < 1e-6 * plain)
        let basis = try #require(OutputBasis(found, hasBias: true))
        #expect(abs(basis.values.reduce(0, +) - trace) < 1e-9 * trace)
        #expect(zip(basis.values, basis.values.dropFirst()).allSatisfy(>=))
        #expect(OutputBasis(found, hasBias: true) { true } == nil)
    }

    @Test func examplesAreDrawnBySeed() {
        let key = CalibrationKey(examples: 20, seed: 3)
        let drawn = key.indices(of: 1_000)
        #expect(drawn.count == 20 && Set(drawn).count == 20 && drawn == drawn.sorted() && drawn.allSatisfy((0..<1_000).contains))
        #expect(drawn == key.indices(of: 1_000) && drawn != CalibrationKey(examples: 20, seed: 4).indices(of: 1_000))
        #expect(key.indices(of: 20) == Array(0..<20) && key.indices(of: 3) == [0, 1, 2] && key.indices(of: 0).isEmpty)
        #expect(key.indices(of: 21).count == 20)
    }
}
