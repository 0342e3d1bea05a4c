import Foundation
import Networks
import Tensors

/// What weights and bias of a state are held as, without their levels: kept beside the floats, from which the levels follow.
///
/// Each is a record of a container with an empty stream, so that what a file says is checked as a container is.
public struct StoredTables: Codable, Hashable, Sendable {
    private var weights: Data
    private var bias: Data?
    /// Records of the factors; nil where weights are no product.
    private var factors: Data?
    /// What they are the parts of; nil for two matrices.
    private var factorization: Factorization?
    /// The table of each factor, from right to left; nil where all are floats.
    private var factorTables: [Data]?
    /// Of factors that were trained under plans of their own.
    private var trainedParts: [TrainedPart]?

    /// Those of a layer.
    public init(_ layer: CompressedLayer) {
        weights = layer.form.tableBytes(shape: layer.weights.shape, isTransposed: layer.layer.hasColumns)
        trainedParts = layer.trainedParts
        bias = layer.bias.map { layer.biasForm.tableBytes(shape: $0.shape, isTransposed: false) }
        if case .factors(let held) = layer.form {
            factors = held.records
            factorization = held.isPlain ? nil : held.factorization
            if !held.areFloats {
                factorTables = zip(held.forms, held.parts).map { $0.tableBytes(shape: $1.shape, isTransposed: layer.layer.hasColumns) }
            }
        }
    }

    /// What the weights of a layer are held as; nil where they are not on the table, or it is none.
    func form(ofWeights weights: Tensor, of layer: Layer) -> StoredForm? {
        if let factors {
            return Factors(factors, factorization, of: weights, in: layer)?.on(factorTables, of: layer).map { .factors($0) }
        }
        return StoredForm(weights, on: self.weights, isTransposed: layer.hasColumns)
    }

    /// What training goes on from; nil where it does not fit the factors.
    fileprivate func trained(_ factors: Factors) -> [TrainedPart]? {
        guard let trainedParts, trainedParts.map(\.floats.count) == factors.parts.map(\.count) else { return nil }
        return trainedParts.allSatisfy { ($0.mask?.count ?? $0.floats.count) == $0.floats.count } ? trainedParts : nil
    }

    /// The same of its bias.
    func form(ofBias bias: Tensor) -> StoredForm? { self.bias.flatMap { StoredForm(bias, on: $0, isTransposed: false) } }
}

extension Factors {
    /// The same held on tables, one a part; nil where a part is not on its table.
    fileprivate func on(_ tables: [Data]?, of layer: Layer) -> Factors? {
        guard let tables else { return self }
        let forms = zip(parts, tables).compactMap { StoredForm($0, on: $1, isTransposed: layer.hasColumns) }
        return Factors(factorization, of: weights, parts: parts, forms: forms)
    }
}

extension Layer {
    /// Whether an output channel is a column of the weights.
    var hasColumns: Bool { isTransposed && shape.rank > 1 }
}

extension StoredForm {
    /// What the levels stand for; the format of floats.
    private var table: StoredWeights.Values {
        switch self {
        case .floats(let format): .floats(format)
        case .levels(let stored): stored.values
        case .factors: .floats(.float32)
        }
    }

    fileprivate func tableBytes(shape: Shape, isTransposed: Bool) -> Data { table.bytes(shape: shape, isTransposed: isTransposed) }

    /// Floats that are held on a table of ``tableBytes(shape:isTransposed:)``; nil where one of them is not on it, or the bytes hold no table of
    /// such a parameter. Cost: O(n log k).
    init?(_ floats: Tensor, on bytes: Data, isTransposed: Bool) {
        var reader = ByteReader(ContainerBytes(Array(bytes)), part: .parameter(0))
        var budget = RecordBudget(weights: .max, tableEntries: PareContainer.Limits.tableEntries)
        guard let record = try? ParameterRecord(&reader, version: PareContainer.version, budget: &budget), reader.remaining == 0,
            record.shape == floats.shape, record.isTransposed == isTransposed, case .levels(let table, _) = record.form
        else { return nil }
        if case .floats(let format) = table {
            self = .floats(format)
        } else {
            let floats = floats.floats.withoutNegativeZeros
            guard let stored = StoredWeights(floats, shape: record.shape, isTransposed: isTransposed, on: table) else { return nil }
            self = .levels(stored)
        }
    }
}

extension StoredWeights.Values {
    /// A record of them with an empty stream.
    fileprivate func bytes(shape: Shape, isTransposed: Bool) -> Data {
        var writer = ByteWriter()
        let record = ParameterRecord(
            role: .weight, shape: shape, isTransposed: isTransposed, form: .levels(self, .dense), stream: ContainerBytes([]))
        record.write(to: &writer)
        return Data(writer.bytes)
    }
}

extension CompressedLayer {
    /// A layer of a state whose weights and bias come as floats, with the tables that they are held on; without those, or where they do not fit,
    /// it is recognized, see ``StoredForm/init(recognizing:of:summary:)``.
    public init(weights: Tensor, bias: Tensor?, tables: StoredTables?, of layer: Layer, summary: LayerSummary) {
        guard let tables, let form = tables.form(ofWeights: weights, of: layer) else {
            self.init(recognizing: weights, bias: bias, of: layer, summary: summary)
            return
        }
        self.init(
            layer: layer, weights: weights, form: form, bias: bias, biasForm: bias.flatMap { tables.form(ofBias: $0) } ?? .floats(.float32),
            summary: summary)
        if case .factors(let factors) = form { trainedParts = tables.trained(factors) }
    }
}

extension ParameterRecord {
    /// What its levels stand for, as ``IntegerOrigin/table`` has it; nil of elements.
    public var tableBytes: Data? {
        guard case .levels(let table, _) = form else { return nil }
        return table.bytes(shape: shape, isTransposed: isTransposed)
    }
}
