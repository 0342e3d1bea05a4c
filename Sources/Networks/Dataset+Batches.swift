import Tensors

extension Dataset {
    /// Writes the examples `indices` as normalized float32 [indices.count, C, H, W] to the start of `batch`; what is left is set to 0.
    ///
    /// Cost: O(indices.count · C · H · W).
    public func fill(_ batch: UnsafeMutableBufferPointer<Float>, with indices: ArraySlice<Int>) {
        let size = exampleShape.count
        let channels = exampleShape.rank > 2 ? exampleShape[0] : 1
        precondition(indices.count * size <= batch.count, "the batch is too small for \(indices.count) examples")
        for (row, example) in indices.enumerated() {
            let target = UnsafeMutableBufferPointer(rebasing: batch[row * size..<(row + 1) * size])
            normalize(example, into: target, channels: channels)
        }
        batch[(indices.count * size)...].update(repeating: 0)
    }

    private func normalize(_ example: Int, into target: UnsafeMutableBufferPointer<Float>, channels: Int) {
        let plane = target.count / channels
        let bytes = inputs.bytes
        let offset = example * target.count
        for channel in 0..<channels {
            let mean = normalization.mean[min(channel, normalization.mean.count - 1)]
            let deviation = normalization.standardDeviation[min(channel, normalization.standardDeviation.count - 1)]
            let factor = normalization.scale / deviation
            let shift = -mean / deviation
            guard let pixels = bytes.baseAddress, let values = target.baseAddress else { return }
            let start = offset + channel * plane
            if inputs.elementType == .uint8 {
                let stored = (pixels + start).assumingMemoryBound(to: UInt8.self)
                for index in 0..<plane { values[channel * plane + index] = Float(stored[index]) * factor + shift }
            } else {
                for index in 0..<plane {
                    let pixel = pixels.loadUnaligned(fromByteOffset: (start + index) * 4, as: Float.self)
                    values[channel * plane + index] = pixel * factor + shift
                }
            }
        }
    }
}
