import Compression
import Foundation
import GRDB
import Networks
import Tensors

extension SessionFile {
    /// A state with all its tensors, as it was saved, bit for bit; the first thing that is not so is an error that names it.
    func state(_ id: String, of network: Network) throws(SessionError) -> TrainedState {
        try perform { db in
            guard found >= 2, let row = try Row.fetchOne(db, sql: "SELECT * FROM state WHERE id = ?", arguments: [id]) else {
                throw SessionError.noState(id: id, path: path)
            }
            guard let summary = try summary(row, figures: (nil, 0)), let count = row.value(Int.self, "tensors") else {
                throw damaged(id, "state", "its row is damaged")
            }
            var reader = StateReader(id: id, path: path, opened: network)
            try reader.read(rows(of: id, db), count: count)
            return TrainedState(
                id: id, graph: reader.graph, parameters: reader.tensors[.parameter] ?? [:], layers: try layers(reader, db),
                plan: summary.plan, recipe: summary.recipe, epochs: summary.epochs)
        }
    }

    /// The rows of a state's tensors with their contents: the graph first, then the parameters, for they tell what the others are of.
    private func rows(of id: String, _ db: Database) throws -> [Row] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT stateTensor.*, blob.encoding, blob.bytes FROM stateTensor
                LEFT JOIN blob ON blob.sha256 = stateTensor.sha256 AND NOT isOriginal WHERE state = ?
                ORDER BY kind <> 'graph', kind <> 'parameter'
                """, arguments: [id])
    }

    private func damaged(_ id: String, _ part: String, _ reason: String) -> SessionError {
        .damagedState(id: id, part: part, path: path, reason: reason)
    }

    private func layers(_ reader: StateReader, _ db: Database) throws -> [String: TrainedState.Layer] {
        let (id, tensors) = (reader.id, reader.tensors)
        var layers: [String: TrainedState.Layer] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT weight, value FROM stateLayer WHERE state = ?", arguments: [id]) {
            guard let weight = row.value(String.self, "weight"), let text = row.value(String.self, "value")
            else { throw damaged(id, "state", "the row of a layer is damaged") }
            guard let layer = reader.network.layer(of: weight) else { throw damaged(id, weight, "the network has no such layer") }
            guard let weights = tensors[.weights]?[weight] else { throw damaged(id, weight, "its weights are missing") }
            guard let stored = try? Self.decode(StoredLayer.self, from: text, path: path, what: weight) else {
                throw damaged(id, weight, "its plan and codebook are damaged")
            }
            layers[weight] = TrainedState.Layer(
                plan: stored.plan,
                compressed: CompressedLayer(
                    weights: weights, bias: tensors[.bias]?[weight], tables: stored.tables, of: layer, summary: stored.summary),
                deviation: stored.deviation, dense: stored.dense, mask: tensors[.mask]?[weight]?.maskAsBytes)
        }
        guard layers.count == tensors[.weights]?.count ?? 0 else { throw damaged(id, "state", "the row of a layer is missing") }
        return layers
    }
}
