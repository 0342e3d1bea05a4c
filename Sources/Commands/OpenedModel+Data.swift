import Engine
import Formats
import Foundation
import Networks
import Reports
import Sessions

extension DatasetLoader {
    /// Loads what was asked for, fitted to a network.
    init(_ choice: DataChoice, card: ModelCard?, network: Network, _ arrays: [String: ExampleArrays] = [:]) {
        self.init(directory: choice.path, card: card)
        options = choice.options
        inputShape = network.inputShape
        readsIntegers = network.inputs.first?.elementType?.isFraction == false
        classCount = network.classCount
        measure = choice.measure
        (packed, self.arrays) = (network.packed, network.packed == nil ? [:] : arrays)
        inputNames = network.isWeightsOnly ? [] : network.exampleInputs.map(\.name)
    }
}

extension OpenedModel {
    /// Whether the examples were named by an option, so that what is wrong with them is an error.
    var isDataNamed: Bool { choice.isNamed && generated == nil }

    /// Where the engine gets a split from. Where nobody named data and those installed do not fit, inputs are drawn, and only agreement is measured.
    func data(_ split: DatasetSplit) -> DataSource {
        let (loader, network, card, generated, choice, fit) = (loader, network, card, generated, choice, fit)
        if let generated {
            return split == .train
                ? .none
                : .load {
                    choice.marked(
                        GeneratedInputs.dataset(for: network, card: card, distribution: generated, count: choice.generatedCount))
                }
        }
        guard loader.suitsInstalled else { return undirected(split) }
        return .load {
            do {
                return choice.marked(try fit.checked(loader.load(split)))
            } catch {
                if split != .train, choice.expectsExamples, !choice.isNamed { throw CommandFailure(choice.missing("\(error)"), .noInput) }
                guard split != .train, !loader.isNamed, choice.measure == nil, network.inputShape.checkedCount != nil else { throw error }
                var drawn = GeneratedInputs.dataset(for: network, card: card)
                drawn.remark =
                    "no examples that fit were found: \(Self.measured(network)) is measured on generated inputs; --data names examples"
                return choice.marked(drawn)
            }
        }
    }

    /// What can be measured without labels.
    private static func measured(_ network: Network) -> String {
        network.outputWithoutClasses == nil ? "agreement with the original" : "how near its output comes to the original's"
    }

    /// Nobody named data, and those installed are no examples for such a network.
    private func undirected(_ split: DatasetSplit) -> DataSource {
        let (network, card, choice) = (network, card, choice)
        return .load {
            let stated = network.inputs.first.flatMap { $0.isOpen && network.packed == nil ? $0 : nil }
            let takes = stated.map { "reads [\($0.statedAxes)], which the file leaves open" } ?? "takes \(network.exampleWords)"
            let text = "the network \(takes), no example of the installed data: "
            guard split != .train else { throw CommandFailure(text + "name training examples with --data.", .noInput) }
            var drawn = GeneratedInputs.dataset(for: network, card: card)
            drawn.remark = text + "\(Self.measured(network)) is measured on generated inputs; --data names examples"
            return choice.marked(drawn)
        }
    }

    /// The training examples; nil where none that fit are there and nobody named any.
    func trainingExamples() throws(CommandFailure) -> Dataset? {
        switch data(.train) {
        case .none: return nil
        case .ready(let data): return data
        case .load(let load):
            do { return try load() } catch {
                guard !isDataNamed else { throw CommandFailure("\(error)", .badData) }
                return nil
            }
        }
    }

    /// Why a command ends whose examples could not be used; nil where others may take their place, or none.
    func dataFailure(_ reason: String) -> CommandFailure? {
        if isDataNamed { return CommandFailure(reason, .badData) }
        guard choice.expectsExamples else { return nil }
        let isThere = (try? loader.checkIsThere()) != nil
        return CommandFailure(reason, isThere ? .badData : .noInput)
    }

    /// Throws where the data that were named are not there.
    func checkDataIsThere() throws(CommandFailure) {
        guard isDataNamed else { return }
        do throws(FormatError) { try loader.checkIsThere() } catch { throw CommandFailure(error) }
    }

    /// Looks at the named data before anything is done: files, labels, shape and normalization. Throws with the place.
    func checkData() throws(CommandFailure) {
        guard isDataNamed, !network.isWeightsOnly else { return }
        let sample: Dataset
        do throws(FormatError) { sample = try loader.sample(.validation) } catch { throw CommandFailure(error) }
        if network.blockingNodes.isEmpty { _ = try fit.checked(sample) }
    }
}

extension OpenSession {
    /// Keeps which examples a network is measured on in the session, and where they were found; others than those of before only where an
    /// option named them.
    mutating func keep(_ found: DataIdentity, of model: OpenedModel) {
        guard model.choice.isNamed || model.choice.remark(on: found) == nil else { return }
        var data = model.choice.sessionData.measured(on: found)
        if found.kind != .generated, model.generated == nil, model.loader.isNamed {
            data.path = URL(fileURLWithPath: model.loader.chosenDirectory).standardizedFileURL.path
        }
        guard data != contents.data else { return }
        contents.data = data
        writer.keep(data: data)
    }
}

extension DataChoice {
    /// A data set with a remark where the session was measured on another one.
    func marked(_ dataset: Dataset) -> Dataset {
        var dataset = dataset
        dataset.measure = measure
        let remarks = [remark(on: DataIdentity(dataset)), dataset.remark].compactMap(\.self)
        dataset.remark = remarks.isEmpty ? nil : remarks.joined(separator: "; ")
        return dataset
    }
}
