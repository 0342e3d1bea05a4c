import Formats
import Foundation
import Kernels
import Networks
import Tensors

/// The usual image classifiers that `Scripts/make-networks.py` exported: logits beside ONNX Runtime's, and the time of one image.
enum NetworksCase {
    /// `networks FOLDER NAME REPEATS`: one line of JSON with the largest difference of logits, relative to the largest logit, the fastest of
    /// REPEATS runs of one image in milliseconds, and top-1 agreement. With `--stages` the slowest stages are listed on standard error.
    static func run(_ arguments: [String]) throws {
        guard arguments.count >= 3, let repeats = Int(arguments[2]) else { throw CocoaError(.featureUnsupported) }
        let folder = URL(fileURLWithPath: arguments[0])
        let path = { (name: String) in folder.appendingPathComponent(name).path }
        let inputs = try NPY.read(path("inputs.npy"))
        let example = Shape(Array(inputs.shape.dimensions.dropFirst()))
        let network = try NetworkReader.read(path("\(arguments[1]).onnx"), example: example)
        if let node = network.unsupportedNodes.first, case .unsupported(let operation) = node.operation {
            print(#"{"error": "\#(operation.name): \#(operation.reason)"}"#)
            return
        }
        let expected = try NPY.read(path("\(arguments[1]).logits.npy")).floats
        let actual = try logits(network, inputs)
        let scale = expected.reduce(0) { max($0, abs($1)) }
        let difference = zip(actual, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) } / scale
        let classes = expected.count / inputs.shape[0]
        let agreed = (0..<inputs.shape[0]).count { best(actual, $0, classes) == best(expected, $0, classes) }
        let fastest = try time(network, inputs, repeats, listsStages: arguments.contains("--stages"))
        print(
            #"{"difference": \#(difference), "milliseconds": \#(fastest), "agreed": \#(agreed), "images": \#(inputs.shape[0]), "#
                + #""parameters": \#(network.parameterCount)}"#)
    }

    private static func logits(_ network: Network, _ inputs: Tensor) throws -> [Float] {
        let executor = try OneDNNExecutor(network: network, batchSize: inputs.shape[0])
        executor.withInput { _ = $0.update(fromContentsOf: inputs.floats) }
        for stage in executor.stages.indices { try executor.run(stage: stage) }
        return try executor.withLogits { Array($0) }
    }

    private static func time(_ network: Network, _ inputs: Tensor, _ repeats: Int, listsStages: Bool) throws -> Double {
        let executor = try OneDNNExecutor(network: network, batchSize: 1)
        let image = Array(inputs.floats.prefix(inputs.shape.rowCount))
        var fastest = Double.infinity
        var stages = [Double](repeating: .infinity, count: executor.stages.count)
        let clock = ContinuousClock()
        for _ in 0..<repeats {
            executor.withInput { _ = $0.update(fromContentsOf: image) }
            let start = clock.now
            for stage in executor.stages.indices {
                let begun = clock.now
                try executor.run(stage: stage)
                stages[stage] = min(stages[stage], (clock.now - begun).milliseconds)
            }
            _ = try executor.withLogits { $0[0] }
            fastest = min(fastest, (clock.now - start).milliseconds)
        }
        guard listsStages else { return fastest }
        for (index, stage) in executor.stages.enumerated().sorted(by: { stages[$0.offset] > stages[$1.offset] }).prefix(25) {
            FileHandle.standardError.write(Data("\(stages[index]) \(stage.name): \(executor.implementations[index])\n".utf8))
        }
        return fastest
    }

    private static func best(_ logits: [Float], _ row: Int, _ classes: Int) -> Int? {
        let row = logits[row * classes..<(row + 1) * classes]
        return row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex }
    }
}

extension Duration {
    fileprivate var milliseconds: Double { Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15 }
}
