import Compression
import Formats
import Foundation
import Networks
import Tensors

/// The graph of a state that has one of its own, as a session keeps it: ONNX without the values of parameters, which are tensors of the state.
struct StoredGraph: Codable {
    private var skeleton: Data
    private var folded: [String]

    /// - Throws: where what is read back would be another graph, or ONNX has no form for it.
    init(_ state: TrainedState, _ graph: Network) throws(SessionError) {
        var plain = graph
        // The outputs stay in their order, the measured one first.
        plain.statedOutputs = []
        do { skeleton = try NetworkWriter.skeleton(of: plain, file: state.id) } catch {
            throw .noGraph(state: state.id, reason: "\(error)")
        }
        folded = graph.folded.sorted()
        let back: Network
        do { back = try network(state.parameters, like: graph) } catch { throw .noGraph(state: state.id, reason: "\(error)") }
        if let place = Self.difference(graph, back) { throw .noGraph(state: state.id, reason: "what is read back has another \(place)") }
    }

    /// Where two graphs differ; nil where they do not.
    private static func difference(_ graph: Network, _ other: Network) -> String? {
        if let pair = zip(graph.nodes, other.nodes).first(where: { $0 != $1 }) { return "node \(pair.0.name)" }
        if graph.nodes.count != other.nodes.count { return "number of nodes" }
        if graph.inputs != other.inputs { return "input" }
        if graph.outputs.map(\.name) != other.outputs.map(\.name) { return "output" }
        return Set(graph.parameters.keys).symmetricDifference(other.parameters.keys).min().map { "parameter \($0)" }
    }

    /// The graph with these values.
    ///
    /// - Parameter opened: The network that the state came from, whose name, inputs, ending and order of outputs the graph has.
    func network(_ values: [String: Tensor], like opened: Network) throws(FormatError) -> Network {
        var network = try NetworkReader.read(skeleton: skeleton, values: values, file: opened.name)
        network.name = opened.name
        // What comes in is what the network as it was opened says: ONNX is written with a name of its own for the axis of examples.
        network.inputs = opened.inputs
        (network.packed, network.statedInputs) = (opened.packed, opened.statedInputs)
        network.folded = Set(folded)
        (network.ending, network.statedOutputs) = (opened.ending, opened.statedOutputs)
        return network
    }

    /// Its bytes as a tensor, for they are kept like one.
    func tensor() throws -> Tensor {
        let bytes = try JSONEncoder().encode(self)
        return Tensor(
            shape: [bytes.count], elementType: .uint8,
            storage: TensorStorage(byteCount: bytes.count) { memory in _ = bytes.copyBytes(to: memory) })
    }

    /// What ``tensor()`` holds.
    init(_ tensor: Tensor) throws {
        self = try JSONDecoder().decode(StoredGraph.self, from: withExtendedLifetime(tensor) { Data(tensor.bytes) })
    }
}
