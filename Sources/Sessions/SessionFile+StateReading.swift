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
            let known = Dictionary(uniqueKeysWithValues: network.layers.map { ($0.weight, $0) })
            let clips = Set(network.layers.map(\.clip))
            let tensors = try tensors(of: id, count: count, network: network, layers: known, clips: clips, db)
            return TrainedState(
                id: id, parameters: tensors[.parameter] ?? [:], layers: try layers(of: id, known: known, tensors: tensors, db),
                plan: summary.plan, recipe: summary.recipe, epochs: summary.epochs)
        }
    }

    private func damaged(_ id: String, _ part: String, _ reason: String) -> SessionError {
        .damagedState(id: id, part: part, path: path, reason: reason)
    }

    /// A row that is gone must not be taken for an unchanged tensor: their number is kept with the state.
    private func tensors(
        of id: String, count: Int, network: Network, layers: [String: Layer], clips: Set<String>, _ db: Database
    ) throws -> [StateTensorKind: [String: Tensor]] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT stateTensor.*, blob.encoding, blob.bytes FROM stateTensor
                LEFT JOIN blob ON blob.sha256 = stateTensor.sha256 AND NOT isOriginal WHERE state = ?
                """, arguments: [id])
        guard rows.count == count else { throw damaged(id, "state", "\(count) tensors were saved, \(rows.count) are there") }
        var tensors: [StateTensorKind: [String: Tensor]] = [:]
        for row in rows {
            guard let kind = row.value(String.self, "kind").flatMap(StateTensorKind.init),
                let name = row.value(String.self, "name")
            else { throw damaged(id, "state", "the row of a tensor is damaged") }
            let parameter = kind == .bias ? layers[name]?.bias ?? name : name
            tensors[kind, default: [:]][name] = try tensor(row, name: parameter, id: id, network: network, clips: clips)
        }
        return tensors
    }

    private func tensor(_ row: Row, name: String, id: String, network: Network, clips: Set<String>) throws -> Tensor {
        let own = network.parameters[name]?.values
        // Clips of quantized activations come with the training.
        guard let known = own?.shape ?? (clips.contains(name) ? [1] : nil) else {
            throw damaged(id, name, "the network has no such parameter")
        }
        guard let type = row.value(String.self, "type").flatMap(ElementType.init), let hash = row.value(Data.self, "sha256"),
            let text = row.value(String.self, "shape"), let isOriginal = row.value(Bool.self, "isOriginal")
        else { throw damaged(id, name, "its row is damaged") }
        let shape = try Self.decode(Shape.self, from: text, path: path, what: "shape of \(name)")
        guard shape == known else { throw damaged(id, name, "it is \(shape), the network's is \(known)") }
        let tensor = if isOriginal, let own { own } else { try stored(row, shape: shape, type: type, name: name, id: id) }
        guard tensor.elementType == type, StateTensor.hash(tensor) == hash else {
            throw damaged(
                id, name, isOriginal ? "it was the network's own, which has changed since" : "its bytes are not those that were saved")
        }
        return tensor
    }

    private func stored(_ row: Row, shape: Shape, type: ElementType, name: String, id: String) throws -> Tensor {
        guard let encoding = row.value(String.self, "encoding").flatMap(TensorEncoding.init),
            let data = row.value(Data.self, "bytes")
        else { throw damaged(id, name, "its bytes are missing") }
        guard let bytes = encoding.decoded(data, byteCount: shape.count * type.byteCount) else {
            throw damaged(id, name, "its bytes are not those that were saved")
        }
        let storage = TensorStorage(byteCount: bytes.count) { memory in _ = bytes.copyBytes(to: memory) }
        return Tensor(shape: shape, elementType: type, storage: storage)
    }

    private func layers(
        of id: String, known: [String: Layer], tensors: [StateTensorKind: [String: Tensor]], _ db: Database
    ) throws -> [String: TrainedState.Layer] {
        var layers: [String: TrainedState.Layer] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT weight, value FROM stateLayer WHERE state = ?", arguments: [id]) {
            guard let weight = row.value(String.self, "weight"), let text = row.value(String.self, "value")
            else { throw damaged(id, "state", "the row of a layer is damaged") }
            guard let layer = known[weight] else { throw damaged(id, weight, "the network has no such layer") }
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
