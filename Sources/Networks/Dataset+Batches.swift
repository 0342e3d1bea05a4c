import Tensors

extension Dataset {
    /// Writes the examples `indices` as normalized float32 [indices.count, C, H, W], or [indices.count, H, W, C], to the start of `batch`; what is left is set to 0.
    ///
    /// Throws where an example can't be read from its source. Cost: O(indices.count · C · H · W), and decoding.
    public func fill(_ batch: UnsafeMutableBufferPointer<Float>, with indices: ArraySlice<Int>) throws(ExampleFailure) {
        let size = exampleShape.count
        precondition(indices.count * size <= batch.count, "the batch is too small for \(indices.count) examples")
        for (row, example) in indices.enumerated() {
            let target = UnsafeMutableBufferPointer(rebasing: batch[row * size..<(row + 1) * size])
            normalize(try pixels(of: example), into: target)
        }
        batch[(indices.count * size)...].update(repeating: 0)
    }

    /// The stored pixels of one example, [C, H, W]: a view, or what the source has.
    public func pixels(of example: Int) throws(ExampleFailure) -> Tensor {
        if let source { return try source.pixels(of: example) }
        let shape = exampleShape
        return Tensor(
            shape: shape, elementType: inputs.elementType, storage: inputs.storage,
            byteOffset: inputs.byteOffset + example * shape.count * inputs.elementType.byteCount)
    }

    private func normalize(_ pixels: Tensor, into target: UnsafeMutableBufferPointer<Float>) {
        let channels = exampleShape.rank > 2 ? exampleShape[0] : 1
        let plane = target.count / max(1, channels)
        let bytes = pixels.bytes
        for channel in 0..<channels {
            let mean = normalization.mean[min(channel, normalization.mean.count - 1)]
            let deviation = normalization.standardDeviation[min(channel, normalization.standardDeviation.count - 1)]
            let factor = normalization.scale / deviation
            let shift = -mean / deviation
            guard let pixels = bytes.baseAddress, let values = target.baseAddress else { return }
            let start = channel * plane
            let (first, step) = fillsChannelsLast ? (channel, channels) : (start, 1)
            if inputs.elementType == .uint8 {
                let stored = (pixels + start).assumingMemoryBound(to: UInt8.self)
                for index in 0..<plane { values[first + index * step] = Float(stored[index]) * factor + shift }
            } else {
                for index in 0..<plane {
                    let pixel = pixels.loadUnaligned(fromByteOffset: (start + index) * 4, as: Float.self)
                    values[first + index * step] = pixel * factor + shift
                }
            }
        }
    }
}
