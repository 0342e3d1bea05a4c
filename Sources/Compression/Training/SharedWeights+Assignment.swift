import CKernels
import Tensors

extension SharedWeights {
    /// k-means over the kept weights, from the centroids as they are; writes the assignments.
    func nearest(_ values: FloatMemory, _ context: TrainedContext) -> (values: [Float], steps: Int)? {
        let masked = FloatMemory(values.floats)
        defer { withExtendedLifetime(masked) {} }
        context.mask(masked.floats)
        guard let survivors = context.survivors(of: masked), survivors.count > 0 else { return nil }
        let book = Centroids.lloyd(survivors, from: centroids.values.map(Double.init).sorted(), origin: .lloyd) {}
        guard let source = masked.floats.baseAddress, let target = assignments.bytes.baseAddress else { return nil }
        pare_assign(source, masked.floats.count, book.boundaries, book.boundaries.count, target)
        return (book.values, book.steps)
    }

    /// Lloyd's algorithm with a weight each, from the centroids as they are (Choi, El-Khamy and Lee 2017): assigned to the nearest centroid,
    /// each centroid the mean of its members weighted by their squared gradients. Cost: O(steps · n · log k), at most 100 steps.
    func weighted(_ values: FloatMemory, _ context: TrainedContext) -> (values: [Float], steps: Int)? {
        guard let information else { return nearest(values, context) }
        let floor = Self.floor(of: information, context)
        var book = centroids.values.map(Double.init).sorted()
        let former = ByteMemory(repeatElement(255, count: assignments.bytes.count))
        defer { withExtendedLifetime(former) {} }
        var steps = 0
        while steps < 100 {
            steps += 1
            assign(values, to: book)
            if assignments.bytes.elementsEqual(former.bytes) { break }
            _ = former.bytes.update(from: assignments.bytes)
            book = means(values, information, floor: floor, book: book, context)
        }
        return (book.map { Float($0) }, steps)
    }

    /// A thousandth of the mean information: a weight whose gradient was always 0 still counts a little.
    private static func floor(of information: FloatMemory, _ context: TrainedContext) -> Double {
        let sum = information.floats.reduce(0.0) { $0 + Double($1) }
        return max(sum / Double(max(1, information.floats.count)) / 1_000, 1e-30)
    }

    private func assign(_ values: FloatMemory, to book: [Double]) {
        let boundaries = zip(book, book.dropFirst()).map { Float(notAbove: ($0 + $1) / 2) }
        guard let source = values.floats.baseAddress, let target = assignments.bytes.baseAddress else { return }
        pare_assign(source, values.floats.count, boundaries, boundaries.count, target)
    }

    private func means(
        _ values: FloatMemory, _ information: FloatMemory, floor: Double, book: [Double], _ context: TrainedContext
    ) -> [Double] {
        var (sums, totals) = ([Double](repeating: 0, count: book.count), [Double](repeating: 0, count: book.count))
        for index in values.floats.indices where context.isKept(index) {
            let cluster = Int(assignments.bytes[index])
            let weight = Double(information.floats[index]) + floor
            sums[cluster] += weight * Double(values.floats[index])
            totals[cluster] += weight
        }
        return book.indices.map { totals[$0] > 0 ? sums[$0] / totals[$0] : book[$0] }
    }
}
