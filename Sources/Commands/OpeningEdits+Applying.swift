import Networks

extension OpeningEdits {
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
        let others = network.otherOutputs
        guard !others.isEmpty else { return nil }
        let isMeasured = network.classCount != nil && network.outputs.first?.elementType?.isFraction != false
        return "“\(network.output)”, the first of several outputs, \(isMeasured ? "is measured" : "has no class scores"); "
            + "--output-name NAME chooses another: \(others.joined(separator: ", "))"
    }
}

extension ChosenOutput.Failure {
    /// What is the matter, and the cure.
    fileprivate var sentence: String {
        switch self {
        case .unknown(let name, let outputs):
            "There is no output “\(name)”. Its outputs: \(outputs.joined(separator: ", "))."
        case .noLogits(let name, let shape):
            "The output “\(name)” is \(shape.description) for one example, no list of classes: accuracy can't be measured on it. Choose another one."
        }
    }
}
