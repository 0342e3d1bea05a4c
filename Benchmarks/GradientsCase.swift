import Formats
import Foundation
import Kernels
import Networks
import Tensors

/// One whole training step of a network, forward and backward, beside what PyTorch made of it.
enum GradientsCase {
    /// `gradients NETWORK STEP`: an ONNX file, and an NPZ file with `input`, `logits`, `logitsGradient`, each `gradient:NAME` and each moved
    /// `statistic:NAME`, as `Scripts/check-gradients.py` writes them.
    ///
    /// One line of JSON with the largest differences, each as a part of the largest value of its tensor; of gradients that are next to
    /// nothing beside the others as a part of a thousandth of the largest of all.
    static func run(_ arguments: [String]) throws {
        guard arguments.count == 2 else { throw CocoaError(.featureUnsupported) }
        let network = try NetworkReader.read(arguments[0])
        let step = try NPZ(path: arguments[1])
        let input = try step.tensor("input")
        let executor = try OneDNNTrainingExecutor(network: network, batchSize: input.shape[0])
        let start = ContinuousClock.now
        executor.withInput { _ = $0.update(fromContentsOf: input.floats) }
        try executor.forward(seed: 1)
        let logits = try executor.withLogits { Array($0) }
        let above = try step.tensor("logitsGradient").floats
        executor.withLogitsGradient { _ = $0.update(fromContentsOf: above) }
        try executor.backward()
        let seconds = ContinuousClock.now - start
        let gradients = try worst(of: executor.trainedParameters, "gradient", step) { Array(executor.gradient(of: $0)) }
        let statistics = try worst(of: executor.statistics, "statistic", step) { Array(executor.values(of: $0)) }
        let difference = Self.difference(logits, try step.tensor("logits").floats, least: 0)
        let figures =
            #""logits": \#(difference), "gradients": \#(gradients.difference), "worst": "\#(gradients.name)", "tensors": \#(gradients.count), "#
        print("{\(figures)\"statistics\": \(statistics.difference), \"milliseconds\": \(Int(seconds / .milliseconds(1)))}")
    }

    /// Over all tensors of a kind; every one that PyTorch has must be there.
    private static func worst(
        of names: [String], _ kind: String, _ step: NPZ, _ values: (String) -> [Float]
    ) throws -> (difference: Float, name: String, count: Int) {
        let known = step.headers.map(\.name).filter { $0.hasPrefix(kind + ":") }.map { String($0.dropFirst(kind.count + 1)) }
        guard Set(known) == Set(names) else {
            throw FormatError(
                .mismatch, file: step.path, reading: kind, expected: "\(Set(names).subtracting(known).sorted())",
                actual: "\(Set(known).subtracting(names).sorted())")
        }
        let expected = try Dictionary(uniqueKeysWithValues: known.map { ($0, try step.tensor("\(kind):\($0)").floats) })
        let least = expected.values.joined().reduce(0) { max($0, abs($1)) } / 1_000
        var worst = (difference: Float(0), name: "", count: names.count)
        for (name, values) in expected.map({ ($0.key, values($0.key)) }) {
            let difference = difference(values, expected[name] ?? [], least: least)
            if difference >= worst.difference { (worst.difference, worst.name) = (difference, name) }
        }
        return worst
    }

    private static func difference(_ actual: [Float], _ expected: [Float], least: Float) -> Float {
        guard actual.count == expected.count else { return .infinity }
        let scale = expected.reduce(least) { max($0, abs($1)) }
        return zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(scale, .leastNormalMagnitude)
    }
}
