import Engine
import Formats
import Foundation
import Networks

extension DatasetLoader {
    /// Loads what was asked for, fitted to a network.
    init(_ choice: DataChoice, card: ModelCard?, network: Network) {
        self.init(directory: choice.path, card: card)
        options = choice.options
        inputShape = network.inputShape
        classCount = network.classCount
    }
}

extension OpenedModel {
    /// Whether the examples were named by an option, so that what is wrong with them is an error.
    var isDataNamed: Bool { loader.directory != nil && generated == nil }

    /// Where the engine gets a split from. Where nobody named data and those installed do not fit, inputs are drawn, and only agreement is measured.
    func data(_ split: DatasetSplit) -> DataSource {
        let (loader, network, card, generated, count) = (loader, network, card, generated, generatedCount)
        if let generated {
            return split == .train
                ? .none : .load { GeneratedInputs.dataset(for: network, card: card, distribution: generated, count: count) }
        }
        guard loader.suitsInstalled else { return undirected(split) }
        return .load {
            do {
                return try Self.checked(loader.load(split), network)
            } catch {
                guard split != .train, !loader.isNamed, network.inputShape.checkedCount != nil else { throw error }
                var drawn = GeneratedInputs.dataset(for: network, card: card)
                drawn.remark =
                    "no examples that fit were found: agreement with the original is measured on generated inputs; --data names examples"
                return drawn
            }
        }
    }

    /// Nobody named data, and those installed are no examples for such a network.
    private func undirected(_ split: DatasetSplit) -> DataSource {
        let (network, card) = (network, card)
        return .load {
            let text = "the network takes \(network.inputShape), no example of the installed data: "
            guard split != .train else { throw CommandFailure(text + "name training examples with --data.", .noInput) }
            var drawn = GeneratedInputs.dataset(for: network, card: card)
            drawn.remark = text + "agreement with the original is measured on generated inputs; --data names examples"
            return drawn
        }
    }

    /// Throws where the data that were named are not there.
    func checkDataIsThere() throws(CommandFailure) {
        guard isDataNamed else { return }
        do throws(FormatError) { try loader.checkIsThere() } catch { throw CommandFailure(error) }
    }

    /// Looks at the named data before the screen opens: files, labels, shape and normalization. Throws with the place.
    func checkData() throws(CommandFailure) {
        guard isDataNamed, !network.isWeightsOnly else { return }
        let sample: Dataset
        do throws(FormatError) { sample = try loader.sample(.validation) } catch { throw CommandFailure(error) }
        if network.unsupportedNodes.isEmpty { _ = try Self.checked(sample, network) }
    }

    private static func checked(_ dataset: Dataset, _ network: Network) throws(CommandFailure) -> Dataset {
        do throws(DatasetMismatch) { try dataset.check(against: network) } catch { throw CommandFailure(error.message, .badData) }
        return dataset
    }
}
