extension EngineFailure: CustomStringConvertible {
    /// One sentence for people, and the cure where there is one.
    public var description: String {
        switch self {
        case .notFinite(let parameter, let index):
            "\(parameter) holds a NaN or an infinity at index \(index): it can't be sorted or compressed. Repair the file, or train again."
        case .changed(let change): change.description
        case .noMemory(let parameter, let bytes):
            "\(parameter) can't be sorted: \(bytes) bytes of memory were refused. Close something, or open a smaller network."
        case .tooLarge(let parameter, let representation):
            "\(parameter) is too large to be stored as '\(representation)' while you look: choose linear with one scale, shared, or float16."
        case .weightsOnly:
            "The file has weights only, so accuracy can't be measured; all else works. For accuracy, export the network as ONNX (torch.onnx.export) and open that."
        case .cannotRun(let node, let operation, let reason):
            "Accuracy can't be measured: node \(node) (\(operation)) can't be run: \(reason)."
        case .inputShape(let network, let data):
            "Accuracy can't be measured: the network takes examples of \(network), the data hold \(data)."
        case .noData: "Accuracy can't be measured without examples: name their folder with --data DIR."
        case .data(let message): message
        case .classCount(let network, let data):
            "Accuracy can't be measured: the data have labels of \(data) class\(data == 1 ? "" : "es"), the network has \(network)."
        case .noClasses(let output, let shape):
            "The output “\(output)” [\(shape)] is no list of classes, so there are no answers to count: only how near it comes to the original is measured."
        case .kernels(let text): "The kernels failed: \(text)."
        case .plan(let text): "The plan can't be applied: \(text)"
        }
    }

    /// Whether the numbers of the plan do not exist at all; else only accuracy is missing.
    public var isFatal: Bool {
        switch self {
        case .plan, .notFinite, .noMemory, .changed: true
        default: false
        }
    }
}
