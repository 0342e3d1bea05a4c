/// Every level, zeros too: with the fewest bits that hold all of them, or by a Huffman code; floats as they are.
struct DenseCoder: TallyCoder {
    let isHuffman: Bool

    var coding: WeightCoding { isHuffman ? .denseHuffman : .dense }

    private func form(_ weights: StoredWeights) -> LevelStream? {
        guard let bits = weights.rawBits else { return isHuffman ? .huffman : .packed }
        return isHuffman ? nil : .raw(bits: bits)
    }

    func size(_ tally: LevelTally) -> StreamSize? {
        guard let size = form(tally.weights)?.size(tally.all) else { return nil }
        return StreamSize(bytes: size.bytes, positionBits: 0, valueBits: size.bits)
    }

    func encode(_ tally: LevelTally) -> CodedLevels? {
        guard let size = size(tally), let form = form(tally.weights) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size.bytes)
        form.append(tally.weights.levels, counts: tally.all, to: &bytes)
        return CodedLevels(coding: coding, bytes: bytes, positionBits: 0, valueBits: size.valueBits)
    }

    func decode(_ bytes: ContainerBytes, count: Int, form weights: StoredWeights) throws(CodingError) -> [Int32] {
        guard let form = form(weights) else { throw CodingError(.unsuitable, offset: 0) }
        var stream = StreamReader(bytes)
        var reader = try LevelReader(form, count: count, range: weights.codableRange, stream: &stream)
        let levels = try [Int32](count: count) { (levels) throws(CodingError) in try reader.read(into: levels) }
        try reader.end(of: &stream)
        try stream.finish()
        return levels
    }
}

extension StoredWeights {
    /// Levels that a stream may hold.
    var codableRange: ClosedRange<Int> { levelRange ?? Int(Int32.min)...Int(UInt32.max) }
}

extension [Int32] {
    /// Zeros that `body` writes levels over.
    init(count: Int, _ body: (UnsafeMutableBufferPointer<Int32>) throws(CodingError) -> Void) throws(CodingError) {
        self.init(repeating: 0, count: count)
        var failure: CodingError?
        withUnsafeMutableBufferPointer { buffer in
            do throws(CodingError) { try body(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
