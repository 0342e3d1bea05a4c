import Foundation
import Networks
import Tensors

extension Factors {
    /// Both as records of a container, one after another.
    var records: Data {
        var writer = ByteWriter()
        for values in [left, right] {
            ParameterRecord.record(of: Parameter(name: "", role: .weight, values: values), coding: .dense)?.record.write(to: &writer)
        }
        return Data(writer.bytes)
    }

    /// From ``records``; nil where they hold no factors of these weights, bit for bit.
    init?(_ records: Data, of weights: Tensor) {
        var reader = ByteReader(ContainerBytes(Array(records)), part: .parameter(0))
        // No factor has more numbers than the weights.
        var budget = RecordBudget(weights: 2 * weights.count, tableEntries: PareContainer.Limits.tableEntries)
        guard let left = Factors.next(&reader, &budget), let right = Factors.next(&reader, &budget), reader.remaining == 0,
            weights.shape.rank > 0, left.shape[0] == weights.shape[0], left.shape[1] == right.shape[0],
            left.shape[0] * right.shape[1] == weights.count
        else { return nil }
        self.init(left: left, right: right)
        let product = Tensor(shape: weights.shape) { values in
            _ = multiply(into: values)
            values.clearNegativeZeros(in: values.indices)
        }
        guard product.floats == weights.floats else { return nil }
    }

    /// The matrix of the next record.
    private static func next(_ reader: inout ByteReader, _ budget: inout RecordBudget) -> Tensor? {
        guard let record = try? ParameterRecord(&reader, version: PareContainer.version, budget: &budget), record.shape.rank == 2,
            let tensor = try? record.tensor(index: 0), tensor.elementType == .float32
        else { return nil }
        return tensor
    }
}
