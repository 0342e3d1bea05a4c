import Foundation
import Networks
import Tensors

extension Factors {
    /// All parts as records of a container, from left to right; those of plain channel SVD as matrices.
    var records: Data {
        var writer = ByteWriter()
        for values in isPlain ? [left, right] : parts.reversed() {
            ParameterRecord.record(of: Parameter(name: "", role: .weight, values: values), coding: .dense)?.record.write(to: &writer)
        }
        return Data(writer.bytes)
    }

    /// From ``records``; nil where they hold no factors of these weights, bit for bit. Without a factorization they are two matrices.
    init?(_ records: Data, _ factorization: Factorization?, of product: Tensor, in layer: Layer) {
        let weights = WeightGeometry(product.shape, groups: factorization == nil ? 1 : layer.groups)
        if let factorization, factorization != Factorization(factorization.method, ranks: factorization.ranks, of: weights) { return nil }
        var reader = ByteReader(ContainerBytes(Array(records)), part: .parameter(0))
        // Two matrices have no more numbers than twice the weights.
        let numbers = factorization?.parameterCount(of: weights) ?? 2 * product.count
        var budget = RecordBudget(weights: numbers, tableEntries: PareContainer.Limits.tableEntries)
        var parts: [Tensor] = []
        for _ in 0..<(factorization?.parts(of: weights).count ?? 2) {
            guard let next = Factors.next(&reader, &budget) else { return nil }
            parts.insert(next, at: 0)
        }
        let rank = parts[0].shape[0]
        let ranks = factorization ?? Factorization(.channel, ranks: [rank], of: weights)
        guard reader.remaining == 0, factorization != nil || ranks.first == rank else { return nil }
        self.init(ranks, of: weights, parts: parts)
        let own = Tensor(shape: product.shape) { values in
            _ = multiply(into: values)
            values.clearNegativeZeros(in: values.indices)
        }
        guard own.floats == product.floats else { return nil }
    }

    /// The tensor of the next record.
    private static func next(_ reader: inout ByteReader, _ budget: inout RecordBudget) -> Tensor? {
        guard let record = try? ParameterRecord(&reader, version: PareContainer.version, budget: &budget), record.shape.rank > 1,
            let tensor = try? record.tensor(index: 0), tensor.elementType == .float32
        else { return nil }
        return tensor
    }
}
