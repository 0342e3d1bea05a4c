/// What a pattern leaves: of each piece of M which N places, as one number of ⌈log₂ C(M, N)⌉ bits, or of each block whether it stays; then the levels that stay.
///
/// The stream begins with the pattern and the axis that it lies along. Of blocks the marks are a bit each, or Huffman-coded by eights.
struct PatternCoder: TallyCoder {
    let isHuffman: Bool

    var coding: WeightCoding { isHuffman ? .patternHuffman : .pattern }

    private func form(_ weights: StoredWeights) -> LevelStream {
        weights.rawBits.map { .raw(bits: $0) } ?? (isHuffman ? .huffman : .packed)
    }

    func size(_ tally: LevelTally) -> StreamSize? { PatternPlaces(tally.weights).flatMap { size($0, tally) } }

    private func size(_ places: PatternPlaces, _ tally: LevelTally) -> StreamSize? {
        if tally.weights.count == 0 { return StreamSize(bytes: 0, positionBits: 0, valueBits: 0) }
        guard let values = form(tally.weights).size(counts(places, tally)), let marks = marks(places) else { return nil }
        return StreamSize(bytes: places.stored.byteCount + marks.bytes + values.bytes, positionBits: marks.bits, valueBits: values.bits)
    }

    /// Numbers of N:M are about as frequent as each other: nothing is gained by a code for them.
    private func marks(_ places: PatternPlaces) -> (bits: Int, bytes: Int)? {
        guard isHuffman, !places.stored.pattern.setsAmount else { return (places.markBits, places.marks.count) }
        return LevelStream.huffman.size(LevelCounts(places.marks.map(Int32.init)))
    }

    /// Levels of the places that stay; zeros among them fill pieces that have fewer.
    private func counts(_ places: PatternPlaces, _ tally: LevelTally) -> LevelCounts {
        tally.weights.rawBits == nil
            ? tally.others.with(zeros: places.kept - tally.others.total, total: places.kept) : LevelCounts(total: places.kept)
    }

    func encode(_ tally: LevelTally) -> CodedLevels? {
        guard let places = PatternPlaces(tally.weights), let size = size(places, tally) else { return nil }
        var bytes: [UInt8] = []
        if tally.weights.count > 0 {
            bytes.reserveCapacity(size.bytes)
            places.stored.append(to: &bytes)
            if isHuffman, !places.stored.pattern.setsAmount {
                let marks = places.marks.map(Int32.init)
                LevelStream.huffman.append(marks, counts: LevelCounts(marks), to: &bytes)
            } else {
                bytes += places.marks
            }
            let levels = zip(tally.weights.levels, places.mask).compactMap { $1 == 0 ? nil : $0 }
            form(tally.weights).append(levels, counts: counts(places, tally), to: &bytes)
        }
        return CodedLevels(coding: coding, bytes: bytes, positionBits: size.positionBits, valueBits: size.valueBits)
    }

    func decode(_ bytes: ContainerBytes, count: Int, form weights: StoredWeights) throws(CodingError) -> [Int32] {
        var stream = StreamReader(bytes)
        guard count > 0 else {
            try stream.finish()
            return []
        }
        let stored = try StoredPattern(&stream, shape: weights.shape)
        guard let lines = stored.lines(weights.shape), lines.count == count else { throw CodingError(.unsuitable, offset: 0) }
        let levels = try [Int32](count: count) { (levels) throws(CodingError) in
            let kept =
                stored.pattern.setsAmount
                ? try PatternMarks.ofEach(stored.pattern, lines, levels, &stream)
                : try PatternMarks.blocks(stored.pattern, lines, levels, isHuffman: isHuffman, &stream)
            var reader = try LevelReader(form(weights), count: kept, range: weights.codableRange, stream: &stream)
            try reader.fill(levels, marked: kept)
            try reader.end(of: &stream)
        }
        try stream.finish()
        return levels
    }
}

extension StoredWeights {
    /// The pattern that a stream begins with, so that it can be written once more.
    package func taking(_ coding: WeightCoding, _ stream: ContainerBytes) -> StoredWeights {
        guard coding == .pattern || coding == .patternHuffman else { return self }
        var (weights, reader) = (self, StreamReader(stream))
        weights.pattern = try? StoredPattern(&reader, shape: shape)
        return weights
    }
}
