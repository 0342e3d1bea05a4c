import Networks

/// Where the weights of each output channel lie: rows of [out, …], or columns of [in, out].
struct ChannelLayout {
    let channels: Int
    /// Weights of one channel.
    let length: Int
    let isTransposed: Bool
    /// Places to the neighbour above in a picture that a channel's weights may be, 0 for none.
    let period: Int
    /// What factors are of.
    let geometry: WeightGeometry

    init(_ layer: Layer) {
        channels = layer.shape.rank == 0 ? 1 : layer.outputCount
        length = channels == 0 ? 0 : layer.count / channels
        isTransposed = layer.hasColumns
        period = MatrixPath.periods(shape: layer.shape, channels: channels).first ?? 0
        geometry = layer.geometry
    }

    init(channels: Int, length: Int) {
        self.channels = channels
        self.length = length
        isTransposed = false
        period = 0
        geometry = WeightGeometry([channels, length])
    }

    /// The output channel of the weight at `index`.
    func channel(of index: Int) -> Int { isTransposed ? index % channels : index / max(1, length) }

    /// Lends a channel's weights as one piece, in order; changes are written back.
    func withChannel(
        _ channel: Int, of values: UnsafeMutableBufferPointer<Float>, scratch: UnsafeMutableBufferPointer<Float>,
        _ body: (UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        guard isTransposed else {
            return body(UnsafeMutableBufferPointer(rebasing: values[channel * length..<(channel + 1) * length]))
        }
        for index in 0..<length { scratch[index] = values[index * channels + channel] }
        body(scratch)
        for index in 0..<length { values[index * channels + channel] = scratch[index] }
    }

    /// Calls `body` with the weights of each channel, which may sort them; false when cancelled before the last one.
    func forEachChannel(
        of values: UnsafeMutableBufferPointer<Float>, blocks: WeightBlocks,
        _ body: (UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: isTransposed ? length : 0) { scratch in
            for channel in 0..<channels {
                guard !blocks.isCancelled() else { return false }
                withChannel(channel, of: values, scratch: scratch, body)
            }
            return true
        }
    }
}
