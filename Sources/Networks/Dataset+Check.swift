import Tensors

/// A data set that a network can't be measured on: both sides of what differs.
public struct DatasetMismatch: Error, Hashable, Sendable {
    /// What does not fit.
    public enum Reason: Hashable, Sendable {
        /// The examples have another number of values than the network reads.
        case exampleShape
        /// Labels go beyond the network's classes.
        case classes
        /// Nothing gives the network's output.
        case output
        /// Targets of several values fit neither the output's values nor classes along one of its axes.
        case targets
        /// Values are given for what a Softmax makes.
        case scores
        /// A figure that labels and output have not.
        case measure(OutputMeasure)
    }

    public var reason: Reason
    public var dataset: String
    public var network: String
    public var exampleShape: Shape
    public var inputShape: Shape
    /// Classes that the labels need: the largest label + 1.
    public var labelCount: Int
    /// Logits of the network; nil where unknown.
    public var classCount: Int?
    /// One example's targets and output; empty where unknown.
    public var targetShape: [Int] = []
    public var outputShape: [Int] = []
    /// What of the targets' values stands in the way.
    public var targetRemark = ""
    /// What could be measured instead, see ``Network/otherOutputs``.
    public var otherOutputs: [String]

    /// Both shapes or class counts in one sentence.
    public var message: String {
        switch reason {
        case .exampleShape: "\(dataset) has examples [\(exampleShape)] but \(network) reads [\(inputShape)]"
        case .classes: "\(dataset) has labels up to \(labelCount - 1) but \(network) has \(classCount ?? 0) classes" + cure
        case .targets:
            "\(dataset) has labels [N\(Self.words(targetShape))], but the output of \(network) is [N\(Self.words(outputShape))]: they are neither "
                + "its values nor classes along one of its axes\(targetRemark)" + cure
        case .scores:
            "\(dataset) has values [N\(Self.words(targetShape))], but \(network) ends in a Softmax, whose scores are held against class numbers: "
                + "give these as labels, or --measure fidelity to compare with the original alone" + cure
        case .measure(let measure):
            "\(dataset) has no \(measure.rawValue) with \(network): "
                + (measure == .r2
                    ? "its labels are classes" : outputShape.isEmpty ? "its output is not known" : "labels are values, or missing") + cure
        case .output: "nothing in \(network) gives its output, so it can't be measured" + cure
        }
    }

    private static func words(_ shape: [Int]) -> String { shape.map { "×\($0)" }.joined() }

    private var cure: String {
        otherOutputs.isEmpty ? "" : ": --output-name NAME chooses another output, " + otherOutputs.joined(separator: ", ")
    }
}

extension Dataset {
    /// Throws where the examples or labels do not fit the network; equal counts fit, as [1, 28, 28] and [784].
    ///
    /// A network with unsupported nodes is checked as far as its shapes are known.
    public func check(against network: Network) throws(DatasetMismatch) {
        guard exampleShape.count == network.inputShape.checkedCount else { throw mismatch(.exampleShape, network) }
        // What is no list of classes is compared with the original, whatever the labels are.
        if let classes = network.classCount, classes > 1 {
            guard Int(labels.max() ?? -1) < classes || measure == .r2 || measure == .fidelity else { throw mismatch(.classes, network) }
        } else if network.outputWithoutClasses == nil, network.blockingNodes.isEmpty {
            throw mismatch(.output, network)
        }
        _ = try network.reading(of: self)
    }

    private static func remark(_ targets: Targets) -> String {
        guard targets.isWhole else { return "; they hold fractions, which are no classes" }
        guard let range = targets.range else { return "; all say that there is none" }
        return "; they go from \(Int(range.lowerBound)) to \(Int(range.upperBound))"
    }

    /// What does not fit, with both sides of it.
    func mismatch(_ reason: DatasetMismatch.Reason, _ network: Network) -> DatasetMismatch {
        let output = network.isWeightsOnly ? nil : (try? network.shapes(batch: 1))?[network.output]
        return DatasetMismatch(
            reason: reason, dataset: name, network: network.name, exampleShape: exampleShape, inputShape: network.inputShape,
            labelCount: Int(labels.max() ?? -1) + 1, classCount: network.classCount,
            targetShape: targets?.values.shape.dimensions.dropFirst().map(\.self) ?? [],
            outputShape: output?.dimensions.dropFirst().map(\.self) ?? [], targetRemark: targets.map(Self.remark) ?? "",
            otherOutputs: network.otherOutputs)
    }
}
