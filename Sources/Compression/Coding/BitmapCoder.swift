import CKernels

/// One bit a weight says which are not 0, the lowest bit of a byte first; then their levels.
struct BitmapCoder: TallyCoder {
    let isHuffman: Bool

    var coding: WeightCoding { isHuffman ? .bitmapHuffman : .bitmap }

    private func form(_ weights: StoredWeights) -> LevelStream? {
        guard let bits = weights.rawBits else { return isHuffman ? .huffman : .packed }
        return isHuffman ? nil : .raw(bits: bits)
    }

    func size(_ tally: LevelTally) -> StreamSize? {
        guard let values = form(tally.weights)?.size(tally.others) else { return nil }
        let count = tally.weights.count
        return StreamSize(bytes: (count + 7) / 8 + values.bytes, positionBits: count, valueBits: values.bits)
    }

    func encode(_ tally: LevelTally) -> CodedLevels? {
        guard let size = size(tally), let form = form(tally.weights) else { return nil }
        let weights = tally.weights
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size.bytes)
        bytes.appendWritten(atMost: (weights.count + 7) / 8) { target in
            pare_mark_levels(weights.levels, weights.count, target)
            return (weights.count + 7) / 8
        }
        form.append(tally.otherLevels(), counts: tally.others, to: &bytes)
        return CodedLevels(coding: coding, bytes: bytes, positionBits: size.positionBits, valueBits: size.valueBits)
    }

    func decode(_ bytes: ContainerBytes, count: Int, form weights: StoredWeights) throws(CodingError) -> [Int32] {
        guard let form = form(weights) else { throw CodingError(.unsuitable, offset: 0) }
        var stream = StreamReader(bytes)
        let start = bytes.startIndex + (try stream.skip((count + 7) / 8))
        let marks = bytes[start..<start + (count + 7) / 8]
        if count % 8 != 0, let last = marks.last, last >> UInt8(count % 8) != 0 {
            throw CodingError(.positionOutOfRange(count), offset: stream.offset - 1)
        }
        let others = marks.reduce(0) { $0 + $1.nonzeroBitCount }
        let range = weights.codableRange
        var reader = try LevelReader(form, count: others, range: range, stream: &stream)
        let levels = try [Int32](count: count) { (levels) throws(CodingError) in
            for (index, byte) in marks.enumerated() {
                var rest = byte
                while rest != 0 {
                    levels[8 * index + rest.trailingZeroBitCount] = 1
                    rest &= rest - 1
                }
            }
            try reader.fill(levels, marked: others)
        }
        try reader.end(of: &stream)
        try stream.finish()
        return levels
    }
}

extension LevelReader {
    /// Replaces each mark, a level that is not 0, by the next level of the stream. There are `marked` of them.
    mutating func fill(_ levels: UnsafeMutableBufferPointer<Int32>, marked: Int) throws(CodingError) {
        var piece = [Int32](repeating: 0, count: LevelReader.piece)
        var (left, index) = (marked, 0)
        while left > 0 {
            let count = min(left, piece.count)
            var failure: CodingError?
            piece.withUnsafeMutableBufferPointer { buffer in
                do throws(CodingError) { try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count])) } catch { failure = error }
                guard failure == nil, let target = levels.baseAddress, let source = buffer.baseAddress else { return }
                index += pare_fill_marks(target + index, levels.count - index, source, count)
            }
            if let failure { throw failure }
            left -= count
        }
    }
}
