import Formats
import Networks

extension OpeningEdits {
    /// With the output to measure that fits, where none is named and it is not the first one.
    func choosing(
        of network: Network, data: DataChoice, _ card: ModelCard?, _ arrays: [String: ExampleArrays]
    ) -> OpeningEdits {
        guard output == nil, measured == nil, network.outputs.count > 1 else { return self }
        let loader = DatasetLoader(data, card: card, network: network, arrays)
        let labels = data.generated == nil && loader.suitsInstalled ? (try? loader.sample(.validation))?.labels.max() : nil
        guard let name = network.fittingOutput(labels: labels.map { Int($0) + 1 }), name != network.ended.output else { return self }
        var edits = self
        edits.measured = name
        return edits
    }

    /// The network of a file with these edits.
    func opening(_ network: Network, _ path: String) throws(CommandFailure) -> Network {
        do { return try applied(to: network) } catch {
            throw CommandFailure("\(path): \(error.sentence)", .badData)
        }
    }
}

extension OpenedModel {
    /// Which output was chosen; nil where it is the file's first one.
    var outputChange: String? {
        network.source?.edits.output.map { "the output is “\($0)”, and only what it needs is opened, measured and written" }
    }

    /// Which of several outputs is measured where none was chosen; nil where there is no choice.
    var outputNote: String? {
        let whole = network.ended
        let others = whole.otherOutputs
        guard !others.isEmpty || whole.outputs.count > 1 else { return nil }
        let which = network.statedOutputs.isEmpty ? "the first of several outputs" : "one of several outputs"
        let isMeasured = (network.classCount ?? 0) > 1 && whole.outputs.first?.elementType?.isFraction != false
        let cure = others.isEmpty ? "" : "; --output-name NAME chooses another: \(others.joined(separator: ", "))"
        let equal = isMeasured ? network.equalOutputs : []
        let fits = equal.isEmpty ? "" : "; \(equal.joined(separator: ", ")) \(equal.count == 1 ? "has" : "have") as many classes"
        return "“\(whole.output)”, \(which), \(isMeasured ? "is measured" : "has no class scores")\(cure)\(fits)"
    }
}

extension ChosenOutput.Failure {
    /// What is the matter, and the cure.
    fileprivate var sentence: String {
        switch self {
        case .unknown(let name, let outputs):
            "There is no output “\(name)”. Its outputs: \(outputs.joined(separator: ", "))."
        }
    }
}
