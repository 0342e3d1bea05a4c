import Compression
import Foundation
import GRDB
import Networks
import Tensors

/// The tensors of a state as its rows are read one by one: each is checked against the graph that it belongs to and the hash that was saved.
struct StateReader {
    let id: String
    let path: String
    /// Of which an unchanged tensor is.
    let opened: Network
    /// The state's own graph; nil where it has that of the opened network.
    private(set) var graph: StateGraph?
    private(set) var tensors: [StateTensorKind: [String: Tensor]] = [:]
    private var stored: (id: String, graph: StoredGraph)?
    /// Elements that tensors may still have whose size only their own rows tell.
    private var budget = PareContainer.defaultMaximumWeights
    private lazy var clips = Set(network.layers.map(\.clip) + network.junctions.map(\.clip))

    init(id: String, path: String, opened: Network) {
        (self.id, self.path, self.opened) = (id, path, opened)
    }

    /// What the state is of.
    var network: Network { graph?.network ?? opened }

    /// Reads the rows, those of the graph first and those of the parameters after it. A row that is gone must not be taken for an unchanged tensor:
    /// their number is kept with the state.
    mutating func read(_ rows: [Row], count: Int) throws {
        guard rows.count == count else { throw damaged("state", "\(count) tensors were saved, \(rows.count) are there") }
        for row in rows {
            guard let kind = row.value(String.self, "kind").flatMap(StateTensorKind.init), let name = row.value(String.self, "name")
            else { throw damaged("state", "the row of a tensor is damaged") }
            if kind != .parameter { try makeGraph() }
            try read(row, kind, name)
        }
        try makeGraph()
    }

    private mutating func read(_ row: Row, _ kind: StateTensorKind, _ name: String) throws {
        if kind == .graph {
            let bytes = try tensor(row, name: name, of: nil)
            guard let found = try? StoredGraph(bytes) else { throw damaged(name, "its graph is damaged") }
            stored = (name, found)
            return
        }
        let parameter = kind == .bias ? network.layer(of: name)?.bias ?? name : name
        tensors[kind, default: [:]][name] = try tensor(row, name: parameter, of: try shape(of: parameter))
    }

    /// The graph as soon as all its parameters are read.
    private mutating func makeGraph() throws {
        guard let stored, graph == nil else { return }
        do {
            graph = StateGraph(id: stored.id, network: try stored.graph.network(tensors[.parameter] ?? [:], like: opened))
        } catch { throw damaged(stored.id, "its graph does not fit its parameters: \(error)") }
    }

    /// What a parameter must be; nil while only its own row tells, as long as the graph is not made. Clips of quantized activations come with
    /// the training.
    private mutating func shape(of parameter: String) throws -> Shape? {
        if stored != nil, graph == nil { return nil }
        if let known = network.parameters[parameter]?.shape { return known }
        guard clips.contains(parameter) else { throw damaged(parameter, "the network has no such parameter") }
        return [1]
    }

    private mutating func tensor(_ row: Row, name: String, of known: Shape?) throws -> Tensor {
        guard let type = row.value(String.self, "type").flatMap(ElementType.init), let hash = row.value(Data.self, "sha256"),
            let text = row.value(String.self, "shape"), let isOriginal = row.value(Bool.self, "isOriginal")
        else { throw damaged(name, "its row is damaged") }
        let shape = try SessionFile.decode(Shape.self, from: text, path: path, what: "shape of \(name)")
        if let known {
            guard shape == known else { throw damaged(name, "it is \(shape), the network's is \(known)") }
        } else {
            guard let count = shape.checkedCount, count <= budget else { throw damaged(name, "it is too large") }
            budget -= count
        }
        let own = isOriginal ? opened.parameters[name]?.values : nil
        let tensor = if let own { own } else { try stored(row, shape: shape, type: type, name: name) }
        guard tensor.elementType == type, tensor.shape == shape, StateTensor.hash(tensor) == hash else {
            throw damaged(
                name, isOriginal ? "it was the network's own, which has changed since" : "its bytes are not those that were saved")
        }
        return tensor
    }

    private func stored(_ row: Row, shape: Shape, type: ElementType, name: String) throws -> Tensor {
        guard let encoding = row.value(String.self, "encoding").flatMap(TensorEncoding.init), let data = row.value(Data.self, "bytes")
        else { throw damaged(name, "its bytes are missing") }
        guard let bytes = encoding.decoded(data, byteCount: shape.count * type.byteCount) else {
            throw damaged(name, "its bytes are not those that were saved")
        }
        let storage = TensorStorage(byteCount: bytes.count) { memory in _ = bytes.copyBytes(to: memory) }
        return Tensor(shape: shape, elementType: type, storage: storage)
    }

    private func damaged(_ part: String, _ reason: String) -> SessionError {
        .damagedState(id: id, part: part, path: path, reason: reason)
    }
}
