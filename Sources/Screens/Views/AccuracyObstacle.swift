import Frames
import Networks

/// Why accuracy can't be measured, and what to do; made of facts that the state holds.
enum AccuracyObstacle: Hashable {
    case noData
    case weightsOnly
    case cannotRun(node: String, operation: String)
    case inputShape(network: String, data: String)
    case classCount(network: Int, data: Int)

    /// Nil where nothing known stands in the way.
    init?(_ explorer: Explorer) {
        if explorer.network.isWeightsOnly {
            self = .weightsOnly
            return
        }
        if let node = explorer.desk.graph.unsupported {
            self = .cannotRun(node: node.name, operation: node.operation.name)
            return
        }
        guard let dataset = explorer.dataset else {
            if explorer.isDataExpected { return nil }
            self = .noData
            return
        }
        if dataset.exampleShape.count != explorer.network.inputShape.count {
            self = .inputShape(network: explorer.network.inputShape.description, data: dataset.exampleShape.description)
        } else if let classes = explorer.desk.graph.classCount, classes > 1, explorer.findings.classCount > classes {
            self = .classCount(network: classes, data: explorer.findings.classCount)
        } else {
            return nil
        }
    }

    /// Two sentences: what is missing, what can be done.
    var text: String {
        switch self {
        case .noData:
            "no data were found, so accuracy can't be measured. Start Pare with --data and their folder; the weights can be explored without."
        case .weightsOnly:
            "the file has weights only, no graph, so accuracy can't be measured. Export the network as ONNX (torch.onnx.export) and open that; all else works here."
        case .cannotRun(let node, let operation):
            "node \(node) (\(operation)) can't be run, so accuracy can't be measured. The weights can be explored without."
        case .inputShape(let network, let data):
            "the network takes \(network) and the data are \(data), so accuracy can't be measured. Choose other data with --data."
        case .classCount(let network, let data):
            "the data have \(NumberFormat.unicode.count(data, "class", "classes")) and the network \(network), so accuracy can't be measured. Choose other data with --data."
        }
    }
}
