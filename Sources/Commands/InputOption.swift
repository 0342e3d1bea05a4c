import ArgumentParser
import Formats
import Foundation
import Frames
import Networks
import Reports

/// What an input is, `NAME=VALUE` or `NAME=FILE`, or that it differs by example, `NAME=each`.
struct InputOption: ExpressibleByArgument {
    var setting: InputSetting

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        setting = InputSetting(name: parts[0], value: parts[1])
        guard setting.number == nil, setting.exampleShape == nil else { return }
        let place = parts[1].split(separator: "#", maxSplits: 1).map(String.init)
        setting.value = URL(fileURLWithPath: place[0]).standardizedFileURL.path + (place.count > 1 ? "#" + place[1] : "")
    }
}

extension InputOption {
    /// Throws where one input is given twice.
    static func check(_ options: [InputOption]) throws(ValidationError) {
        let names = options.map(\.setting.name)
        guard let twice = names.first(where: { name in names.count { $0 == name } > 1 }) else { return }
        throw ValidationError("--input \(twice) is given twice.")
    }
}

extension OpenedModel {
    /// What further inputs are, one sentence each; empty where there are none.
    var inputNotes: [String] {
        [network.packedNote].compactMap(\.self)
            + network.fixedInputFacts.map { input in
                let form = "the input “\(input.name)” (\(input.shape.isEmpty ? "one number" : input.shape), \(input.type ?? "unknown"))"
                guard let value = input.value else {
                    return form + " is 0 in every example; --input \(input.name)=VALUE, or a file, says otherwise"
                }
                return form + " is \(value) in every example"
            }
    }

    /// What of the file does not run, and what is written for one value of an input alone.
    var keptNotes: [String] {
        let unused = network.unusedPartFacts.map { part in
            "not run: a branch of \(part.node) with \(NumberFormat.unicode.count(part.parameters, "parameter")), for \(part.reason); they are counted and written as they are"
        }
        guard let first = network.kept.settled.first else { return unused }
        let others = network.kept.settled.count > 1 ? " and \(network.kept.settled.count - 1) more" : ""
        return unused + [
            "settings of \(first)\(others) come from inputs that are the same for every example: files are written for these values alone"
        ]
    }
}

extension Network {
    /// Numbers that operators hold which Pare has not; nil where there are none.
    var uncountedNote: String? {
        let holders = nodes.compactMap { node -> UnsupportedOperator? in
            guard case .unsupported(let operation) = node.operation, operation.numberCount > 0 else { return nil }
            return operation
        }
        guard !holders.isEmpty else { return nil }
        let names = Array(Set(holders.map(\.name))).sorted().joined(separator: ", ")
        let count = holders.reduce(0) { $0 + $1.numberCount }
        return
            "\(NumberFormat.unicode.count(count, "number")) in attributes of \(names) \(count == 1 ? "is" : "are") no parameters here: not counted, and written again as they are"
    }
}
