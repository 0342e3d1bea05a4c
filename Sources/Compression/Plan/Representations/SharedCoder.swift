import CKernels

/// Replaces each survivor by the nearest of at most 2^b shared values.
///
/// Zero is not added as a value. Where the mean of a cluster happens to be exactly 0 it is a stored value like the others,
/// and the weights that get it count as zeros, for zeros are counted on values. Where a level prunes some of equal magnitudes, the
/// values are those of a split between their signs in proportion; counts and errors are always the result's own.
struct SharedCoder: SurvivorCoder {
    let sharing: WeightSharing
    let warmStart: [Double]?
    let findsOptimum: Bool

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        guard let book = try? sharing.codebook(of: input.survivors, warmStart: warmStart, pause: input.blocks.pause) else { return nil }
        var tally = CodeTally(codes: book.values.count)
        let isFinished =
            !book.values.isEmpty
            && input.blocks.forEach(in: buffers.values.count) { assign(buffers, $0, by: book, into: &tally) }
        guard isFinished || book.values.isEmpty else { return nil }
        var coded = coded(book, tally, survivors: input.survivors)
        coded.table = buffers.codebook(of: book.values)
        guard findsOptimum || sharing.method == .optimal else { return coded }
        let distance = try? sharing.distanceFromOptimum(of: book, input.survivors, pause: input.blocks.pause)
        coded.distanceFromOptimum = distance
        return distance == nil ? nil : coded
    }

    private func assign(
        _ buffers: CodeBuffers, _ range: Range<Int>, by book: SharedCodebook, into tally: inout CodeTally
    ) {
        let values = buffers.values
        WeightBlocks.forEachPiece(of: range) { (piece, codes: UnsafeMutableBufferPointer<UInt8>) in
            guard let source = values.baseAddress, let target = codes.baseAddress else { return }
            pare_assign(source + piece.lowerBound, piece.count, book.boundaries, book.boundaries.count, target)
            for index in piece where values[index] != 0 {
                let code = Int(codes[index - piece.lowerBound])
                tally.add(code: code, weight: values[index], value: book.values[code])
                values[index] = book.values[code]
                buffers.levels[index] = Int32(code + 1)
            }
        }
    }

    private func coded(_ book: SharedCodebook, _ tally: CodeTally, survivors: Survivors) -> CodedValues {
        let counts = zip(book.values, tally.counts).map { $0 == 0 ? 0 : $1 }
        let codebook = tally.centroids(values: book.values)
        let coding = ValueCoding.codes(bits: sharing.bits, counts: counts, overheadBits: 32 * codebook.count)
        var coded = CodedValues(codebook: codebook, coding: coding)
        coded.squaredError = tally.squaredError
        coded.steps = book.steps
        if tally.squaredError == 0, survivors.count > 0, book.values.count < sharing.size {
            coded.remarks.append(.moreCentroidsThanValues(distinct: book.values.count))
        }
        return coded
    }
}
