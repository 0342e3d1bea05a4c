import CKernels

/// Distances to the next weight that is not 0, with fillers of level 0 where one is too long (Han, Mao and Dally 2016, section 2).
///
/// The number of entries; the zeros skipped before each, 0…2^g − 1; the level of each. A run of L zeros takes ⌊L / 2^g⌋ fillers, zeros
/// behind the last weight none. Floats stay as they are, their distances may be Huffman-coded all the same.
struct RelativeCoder: TallyCoder {
    /// g: 5 or 8.
    let bits: Int
    let isHuffman: Bool

    var coding: WeightCoding {
        switch (bits, isHuffman) {
        case (5, false): .relative5
        case (5, true): .relative5Huffman
        case (_, false): .relative8
        case (_, true): .relative8Huffman
        }
    }

    private var gaps: LevelStream { isHuffman ? .huffman : .known(PackedLevels(low: 0, codes: 1 << bits)) }

    private func form(_ weights: StoredWeights) -> LevelStream {
        weights.rawBits.map { .raw(bits: $0) } ?? (isHuffman ? .huffman : .packed)
    }

    func size(_ tally: LevelTally) -> StreamSize? {
        guard !tally.weights.levels.isEmpty else { return StreamSize(bytes: 0, positionBits: 0, valueBits: 0) }
        let counts = tally.gaps(bits: bits)
        guard let values = form(tally.weights).size(tally.entries(bits: bits)), let distances = gaps.size(counts.gaps) else {
            return nil
        }
        let bytes = [UInt8].byteCount(number: counts.gaps.total) + distances.bytes + values.bytes
        return StreamSize(bytes: bytes, positionBits: distances.bits, valueBits: values.bits)
    }

    func encode(_ tally: LevelTally) -> CodedLevels? {
        guard let size = size(tally) else { return nil }
        let weights = tally.weights
        var bytes: [UInt8] = []
        if !weights.levels.isEmpty {
            let counts = tally.gaps(bits: bits)
            let entries = counts.gaps.total
            var distances = [Int32](repeating: 0, count: entries)
            var values = distances
            pare_list_entries(weights.levels, weights.count, Int32(bits), &distances, &values)
            bytes.reserveCapacity(size.bytes)
            bytes.appendNumber(entries)
            gaps.append(distances, counts: counts.gaps, to: &bytes)
            form(weights).append(values, counts: tally.entries(bits: bits), to: &bytes)
        }
        return CodedLevels(coding: coding, bytes: bytes, positionBits: size.positionBits, valueBits: size.valueBits)
    }

    func decode(_ bytes: ContainerBytes, count: Int, form weights: StoredWeights) throws(CodingError) -> [Int32] {
        var stream = StreamReader(bytes)
        guard count > 0 else {
            try stream.finish()
            return []
        }
        let entries = try stream.number()
        guard entries <= count else { throw CodingError(.positionOutOfRange(entries), offset: 0) }
        var distances = try LevelReader(gaps, count: entries, range: 0...(1 << bits) - 1, stream: &stream)
        let levels = try [Int32](count: count) { (levels) throws(CodingError) in
            try distances.mark(levels, entries: entries)
            try distances.end(of: &stream)
            var reader = try LevelReader(form(weights), count: entries, range: weights.codableRange, stream: &stream)
            try reader.fill(levels, marked: entries)
            try reader.end(of: &stream)
        }
        try stream.finish()
        return levels
    }
}

extension LevelReader {
    /// Marks where entries stand, by the distances that the stream holds.
    fileprivate mutating func mark(_ levels: UnsafeMutableBufferPointer<Int32>, entries: Int) throws(CodingError) {
        var piece = [Int32](repeating: 0, count: LevelReader.piece)
        var (left, index) = (entries, 0)
        while left > 0 {
            let count = min(left, piece.count)
            var failure: CodingError?
            piece.withUnsafeMutableBufferPointer { buffer in
                do throws(CodingError) { try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count])) } catch { failure = error }
            }
            if let failure { throw failure }
            for distance in piece[..<count] {
                index += Int(distance)
                guard index < levels.count else { throw CodingError(.positionOutOfRange(index), offset: offset) }
                levels[index] = 1
                index += 1
            }
            left -= count
        }
    }
}
