import Tensors

/// Another output first, which is the one that is measured; all are kept, and written in the order of the file.
///
/// A Softmax over its classes at the very end is left out, as where a file is read, and the one that the first output ended in is there again.
public struct MeasuredOutput: NetworkEdit {
    public var name: String

    public func apply(to network: inout Network, _ index: GraphIndex) throws(ChosenOutput.Failure) {
        var whole = network.ended
        let names = whole.outputs.map(\.name)
        guard let place = names.firstIndex(of: name) else { throw .unknown(name: name, outputs: names) }
        guard place > 0 else { return }
        if whole.statedOutputs.isEmpty { whole.statedOutputs = names }
        whole.outputs.insert(whole.outputs.remove(at: place), at: 0)
        let shapes = try? whole.shapes(batch: 1)
        network = whole.applying(.withoutFinalSoftmax(shapes))
    }
}

extension NetworkEdit where Self == MeasuredOutput {
    public static func measuredOutput(named name: String) -> Self { Self(name: name) }
}

extension Network {
    /// Whether examples lie along the first axis of the output, as not in a state that is handed on.
    private var hasExamplesFirst: Bool {
        whole != nil
            || [2, 3].allSatisfy { batch in (try? shapes(batch: batch))?[output]?.dimensions.first?.isMultiple(of: batch) ?? false }
    }

    /// The network with the output measured that another reading of the same graph measures. Cost: O(nodes) where that is not the file's first one.
    public func measuring(as other: Network) -> Network {
        guard !other.statedOutputs.isEmpty else { return self }
        return (try? applying(.measuredOutput(named: other.ended.output))) ?? self
    }

    /// The output to measure where nobody chose one: the first that has as many classes as the labels, else one that has more, else, without labels, of the
    /// floats the last one, or the first of the same size. Nil where there is no choice, or none can be computed.
    ///
    /// - Parameter labels: Classes that the labels of the examples need; nil where there are none.
    public func fittingOutput(labels: Int?) -> String? {
        let ended = ended
        let maps = Set(
            ended.nodes.filter { if case .unsupported(let node) = $0.operation { node.isMapOfClasses } else { false } }.flatMap(\.outputs))
        let floats = ended.outputs.filter {
            maps.contains($0.name) || $0.otherType == nil && $0.elementType?.isFraction ?? true
        }.map(\.name)
        // Where the whole input is one example, no output tells by its first axis whether it is a state; the file's first one is none.
        guard outputs.count > 1, !floats.isEmpty, whole == nil || labels != nil else { return nil }
        let sizes = floats.map { name -> (name: String, shape: Shape?, classes: Int?) in
            let network = (try? applying(.measuredOutput(named: name))) ?? self
            guard let shapes = try? network.shapes(batch: 1), network.blockingNodes.isEmpty, network.hasExamplesFirst else {
                return (name, nil, nil)
            }
            return (name, shapes[network.output], network.classCount)
        }
        if let labels {
            let fitting = sizes.first { $0.classes == labels } ?? sizes.first { ($0.classes ?? 0) >= labels }
            if let fitting { return fitting.name }
        }
        guard let last = sizes.last(where: { $0.shape != nil }) else { return nil }
        return sizes.first { $0.shape == last.shape }?.name
    }

    /// The other outputs of as many classes as the measured one, which the same labels fit. Cost: O(nodes) an output.
    public var equalOutputs: [String] {
        guard let classes = classCount, classes > 1 else { return [] }
        return ended.otherOutputs.filter { (try? applying(.measuredOutput(named: $0)))?.classCount == classes }
    }
}
