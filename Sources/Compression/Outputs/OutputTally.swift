import CKernels

/// Sums of a layer's outputs and of their products in double, batch by batch, in pieces of some milliseconds. Owned by one thread.
///
/// Outputs are taken about a shift, the mean of the first batch, so that nothing cancels: S = Σ (y − s)(y − s)ᵀ − n (m − s)(m − s)ᵀ.
/// Cost: O(pixels · T²).
public struct OutputTally {
    /// How a layer's outputs lie in a batch.
    public struct Layout: Hashable, Sendable {
        /// T.
        public var channels: Int
        /// Of one example.
        public var pixels: Int
        /// Whether a channel's pixels lie together.
        public var isChannelFirst: Bool
        /// From where on they lie in an example's row.
        public var offset: Int

        public init(channels: Int, pixels: Int, isChannelFirst: Bool, offset: Int = 0) {
            (self.channels, self.pixels, self.isChannelFirst, self.offset) = (channels, pixels, isChannelFirst, offset)
        }

        /// How far a channel and a pixel are from the next one.
        var steps: (channel: Int, pixel: Int) { isChannelFirst ? (pixels, 1) : (1, channels) }
    }

    public let layout: Layout
    private var count = 0
    private var examples = 0
    private var shift: [Float] = []
    private var sums: [Double]
    /// Lower triangle.
    private var products: [Double]
    private var gram: [Double]
    /// The batch under way, [T, its pixels], and how many rows of its products are counted.
    private var batch: [Float] = []
    private var done = 0

    /// Multiply-adds of one piece.
    private static let work = 1 << 24

    public init(_ layout: Layout) {
        self.layout = layout
        sums = Array(repeating: 0, count: layout.channels)
        products = Array(repeating: 0, count: layout.channels * layout.channels)
        gram = products
    }

    /// Takes the next examples in, [examples, rowLength]; their products are counted by ``step()``. Cost: O(values).
    public mutating func take(_ values: UnsafeBufferPointer<Float>, examples: Int, rowLength: Int) {
        let (channels, pixels) = (layout.channels, layout.pixels)
        let columns = examples * pixels
        if shift.isEmpty { shift = firstMean(values, examples: examples, rowLength: rowLength) }
        batch = [Float](unsafeUninitializedCapacity: channels * columns) { rows, filled in
            for example in 0..<examples {
                guard let start = values.baseAddress, let target = rows.baseAddress else { return }
                pare_centre_rows(
                    start + example * rowLength + layout.offset, channels, pixels, layout.steps.channel, layout.steps.pixel, shift,
                    target + example * pixels, columns, &sums)
            }
            filled = channels * columns
        }
        count += columns
        self.examples += examples
        done = 0
    }

    /// The mean of each channel over the first examples.
    private func firstMean(_ values: UnsafeBufferPointer<Float>, examples: Int, rowLength: Int) -> [Float] {
        let steps = layout.steps
        return (0..<layout.channels).map { channel in
            var sum = 0.0
            for example in 0..<examples {
                let start = example * rowLength + layout.offset + channel * steps.channel
                for pixel in 0..<layout.pixels { sum += Double(values[start + pixel * steps.pixel]) }
            }
            let mean = Float(sum / Double(max(1, examples * layout.pixels)))
            return mean.isFinite ? mean : 0
        }
    }

    /// Counts some more of the batch's products; false where there are none left.
    public mutating func step() -> Bool {
        let channels = layout.channels
        guard done < channels, channels > 0 else { return false }
        let columns = batch.count / channels
        let rows = max(1, Self.work / max(1, 4 * channels * columns)) * 4
        let end = min(channels, done + rows)
        pare_gram(batch, channels, columns, done, end, &gram)
        for row in done..<end { for place in row * channels...row * channels + row { products[place] += gram[place] } }
        done = end
        if done == channels { batch = [] }
        return done < channels
    }

    /// What came of all batches; nil of none.
    public func moments(_ key: CalibrationKey) -> OutputMoments? {
        guard count > 0 else { return nil }
        let channels = layout.channels
        let offsets = sums.map { $0 / Double(count) }
        var scatter = [Double](repeating: 0, count: channels * channels)
        for row in 0..<channels {
            for column in 0...row {
                let value = products[row * channels + column] - sums[row] * offsets[column]
                (scatter[row * channels + column], scatter[column * channels + row]) = (value, value)
            }
        }
        let mean = zip(shift, offsets).map { Double($0) + $1 }
        return OutputMoments(key: key, examples: examples, count: count, mean: mean, scatter: scatter)
    }
}
