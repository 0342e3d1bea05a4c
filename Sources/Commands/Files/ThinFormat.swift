import ArgumentParser
import Exports

/// What `pare thin` writes: a network, or how a network is made smaller.
enum ThinFormat: ExpressibleByArgument, Hashable {
    case network(ExportFormat)
    case torchPruning

    init?(argument: String) {
        if argument == "torch-pruning" {
            self = .torchPruning
        } else if let format = ExportFormat(rawValue: argument) {
            self = .network(format)
        } else {
            return nil
        }
    }

    var network: ExportFormat? { if case .network(let format) = self { format } else { nil } }
}
