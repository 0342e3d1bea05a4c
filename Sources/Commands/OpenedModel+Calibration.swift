import Engine
import Formats
import Foundation
import Networks

extension OpenedModel {
    /// Takes what compensated layers are fitted with; examples of their own are loaded now, for their hash names what is made.
    mutating func calibrate(_ choice: CalibrationChoice) throws(CommandFailure) {
        calibration = choice.key
        guard let path = choice.path else { return }
        if path == CalibrationChoice.third {
            guard loader.hasOnlySet else {
                throw CommandFailure(
                    "--calibrate third is for data that are one set; here training examples are apart from the others.", .usage)
            }
            return try calibrate(if: true)
        }
        let examples: Dataset
        if path == CalibrationChoice.generated {
            examples = GeneratedInputs.dataset(for: network, card: card, count: choice.key.examples, seed: choice.key.seed)
            warnings.append(
                "compensated layers are fitted to generated inputs, which nothing real looks like: on real ones they may lose more than nearest values"
            )
        } else {
            examples = try calibrationExamples(path)
        }
        calibrate(on: examples)
    }

    /// Of data that are one set, a third is set apart where layers are fitted to examples and nobody said to which.
    mutating func calibrate(if isFitted: Bool) throws(CommandFailure) {
        guard isFitted, calibrationExamples == nil, generated == nil, !network.isWeightsOnly, loader.hasOnlySet else { return }
        loader.onlySet = .calibrating
        let examples: Dataset
        do { examples = try fit.checked(loader.load(.train)) } catch {
            throw (error as? CommandFailure) ?? CommandFailure("\(error)", .badData)
        }
        // No training examples: what is trained is another matter.
        loader.onlySet = .thirds
        calibrate(on: examples, part: "third")
    }

    private mutating func calibrate(on examples: Dataset, part: String? = nil) {
        calibration.source = [examples.sha256 ?? examples.name, part].compactMap(\.self).joined(separator: " ")
        calibrationExamples = examples
    }

    /// Training examples of a folder or file, or, where it has one set, all of that.
    private func calibrationExamples(_ path: String) throws(CommandFailure) -> Dataset {
        if loader.isNamed, Self.isSame(path, loader.chosenDirectory) {
            throw CommandFailure("--calibrate names the examples that are measured: name others, or leave it out.", .usage)
        }
        var other = loader
        (other.directory, other.onlySet) = (path, .training)
        do { return try fit.checked(other.load(.train)) } catch {
            throw (error as? CommandFailure) ?? CommandFailure("--calibrate \(path): \(error)", .badData)
        }
    }

    private static func isSame(_ one: String, _ other: String) -> Bool {
        let paths = [one, other].map { URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path }
        return paths[0] == paths[1]
    }
}
