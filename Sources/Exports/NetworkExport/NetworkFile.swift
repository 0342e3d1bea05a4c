import Formats
import Networks
import Tensors

/// Files that hold a network, told apart by their first bytes: ONNX, Pare's container, and weights without a graph.
public enum NetworkFile {
    /// The network and the card beside it or in it; the one beside it goes first.
    ///
    /// - Parameters:
    ///   - example: The shape of one example of an ONNX file that leaves sizes open.
    ///   - inputs: What its inputs are.
    public static func read(
        _ path: String, example: Shape? = nil, inputs: [String: GivenInput] = [:]
    ) throws(FormatError) -> (network: Network, card: ModelCard?) {
        let found = try content(of: path, example, inputs)
        if let change = found.network.maps.firstChange { throw FormatError(change) }
        return found
    }

    /// The inputs that a file states, in its order, and which of them have a value in it; none of weights without a graph. Cost: O(graph), of
    /// containers O(file).
    public static func inputs(of path: String) throws(FormatError) -> (inputs: [NetworkValue], fixed: Set<String>) {
        if PareFile.isContainer(path) { return try PareFile.inputs(of: path) }
        return try WeightsReader.isWeights(path) ? ([], []) : (NetworkReader.inputs(of: path), [])
    }

    private static func content(
        of path: String, _ example: Shape?, _ inputs: [String: GivenInput]
    ) throws(FormatError) -> (network: Network, card: ModelCard?) {
        if let weights = try WeightsReader.read(path) { return (weights, nil) }
        let card = try ModelCardReader.card(besides: path)
        guard PareFile.isContainer(path) else { return (try NetworkReader.read(path, card: card, example: example, inputs: inputs), card) }
        let content = try PareFile.read(path, inputs: inputs)
        return (content.network, card ?? content.card)
    }
}
