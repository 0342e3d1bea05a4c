import Compression
import Foundation
import GRDB
import Networks
import Tensors

extension SessionFile {
    /// Keeps a state with those of its tensors that are not kept yet; one with the same id is replaced.
    ///
    /// Cost: hashing every tensor, and encoding the new ones.
    func insert(_ record: StateRecord, of network: Network, _ db: Database) throws {
        let state = record.state
        let tensors = try Self.tensors(of: state)
        try db.execute(sql: "DELETE FROM state WHERE id = ?", arguments: [state.id])
        try db.execute(
            sql: """
                INSERT INTO state (id, parent, training, created, plan, recipe, policies, epochs, history, note, tensors)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                state.id, record.parent, record.training, record.created, try Self.encode(state.plan),
                try state.recipe.map(Self.encode), try Self.encode(record.policies), state.epochs, try Self.encode(record.history),
                record.note, tensors.count,
            ])
        for tensor in tensors { try insert(tensor, state: state.id, network: network, db) }
        for (weight, layer) in state.layers { try insert(layer, weight: weight, state: state.id, db) }
        if let training = record.training { try finishEpoch(record, of: training, db) }
    }

    private static func tensors(of state: TrainedState) throws -> [StateTensor] {
        let graph = try state.graph.map { graph in
            StateTensor(kind: .graph, name: graph.id, parameter: "", values: try StoredGraph(state, graph.network).tensor())
        }
        let parameters = state.parameters.map { StateTensor(kind: .parameter, name: $0.key, parameter: $0.key, values: $0.value) }
        return (graph.map { [$0] } ?? []) + parameters
            + state.layers.flatMap { weight, layer in
                let mask = layer.mask.map { StateTensor(kind: .mask, name: weight, parameter: weight, values: $0.maskAsFloats) }
                return tensors(of: layer.compressed, weight: weight) + (mask.map { [$0] } ?? [])
            }
    }

    private static func tensors(of layer: CompressedLayer, weight: String) -> [StateTensor] {
        let weights = StateTensor(kind: .weights, name: weight, parameter: weight, values: layer.weights)
        guard let values = layer.bias, let bias = layer.layer.bias else { return [weights] }
        return [weights, StateTensor(kind: .bias, name: weight, parameter: bias, values: values)]
    }

    private func insert(_ tensor: StateTensor, state: String, network: Network, _ db: Database) throws {
        let isOriginal = tensor.isOriginal(of: network)
        let hash = StateTensor.hash(tensor.values)
        if !isOriginal { try keep(tensor.values, hash: hash, db) }
        try db.execute(
            sql: """
                INSERT INTO stateTensor (state, kind, name, type, shape, sha256, isOriginal) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                state, tensor.kind.rawValue, tensor.name, tensor.values.elementType.rawValue, try Self.encode(tensor.values.shape), hash,
                isOriginal,
            ])
    }

    private func keep(_ values: Tensor, hash: Data, _ db: Database) throws {
        let known = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM blob WHERE sha256 = ?", arguments: [hash]) ?? 0
        guard known == 0 else { return }
        let (encoding, bytes) = withExtendedLifetime(values) { TensorEncoding.smallest(of: values.bytes) }
        try db.execute(
            sql: "INSERT INTO blob (sha256, encoding, bytes) VALUES (?, ?, ?)", arguments: [hash, encoding.rawValue, bytes])
    }

    private func insert(_ layer: TrainedState.Layer, weight: String, state: String, _ db: Database) throws {
        let summary = layer.compressed.summary
        let stored = StoredLayer(
            plan: layer.plan, deviation: layer.deviation, dense: layer.dense, summary: summary, tables: StoredTables(layer.compressed))
        try db.execute(
            sql: "INSERT INTO stateLayer (state, weight, weights, zeros, value) VALUES (?, ?, ?, ?, ?)",
            arguments: [state, weight, summary.weights, summary.zeros, try Self.encode(stored)])
    }
}
