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
    /// What could be measured instead, see ``Network/otherOutputs``.
    public var otherOutputs: [String]

    /// Both shapes or class counts in one sentence.
    public var message: String {
        switch reason {
        case .exampleShape: "\(dataset) has examples [\(exampleShape)] but \(network) reads [\(inputShape)]"
        case .classes: "\(dataset) has labels up to \(labelCount - 1) but \(network) has \(classCount ?? 0) classes" + cure
        case .output: "nothing in \(network) gives its output, so it can't be measured" + cure
        }
    }

    private var cure: String {
        otherOutputs.isEmpty ? "" : ": --output-name NAME chooses another output, " + otherOutputs.joined(separator: ", ")
    }
}

extension Dataset {
    /// Throws where the examples or labels do not fit the network; equal counts fit, as [1, 28, 28] and [784].
    ///
    /// A network with unsupported nodes is checked as far as its shapes are known.
    public func check(against network: Network) throws(DatasetMismatch) {
        let largest = Int(labels.max() ?? -1) + 1
        let classes = network.classCount
        func mismatch(_ reason: DatasetMismatch.Reason) -> DatasetMismatch {
            DatasetMismatch(
                reason: reason, dataset: name, network: network.name, exampleShape: exampleShape,
                inputShape: network.inputShape, labelCount: largest, classCount: classes, otherOutputs: network.otherOutputs)
        }
        guard exampleShape.count == network.inputShape.checkedCount else { throw mismatch(.exampleShape) }
        // What is no list of classes is compared with the original, whatever the labels are.
        if let classes, classes > 1 {
            guard largest <= classes else { throw mismatch(.classes) }
        } else if network.outputWithoutClasses == nil, network.blockingNodes.isEmpty {
            throw mismatch(.output)
        }
    }
}
