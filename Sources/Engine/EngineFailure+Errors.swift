import Compression
import Kernels

extension EngineFailure {
    /// A kernel's error as the engine publishes it.
    init(_ error: KernelError) {
        switch error {
        case .library(let operation, let status): self = .kernels("\(operation): \(status)")
        case .unsupported(let node, let operation, let reason):
            self = .cannotRun(node: node, operation: operation, reason: reason)
        case .shape(let node, let expected, let actual): self = .kernels("\(node): expected \(expected), found \(actual)")
        case .notANumber(let node): self = .kernels("\(node) met a NaN")
        case .examples(let sentence): self = .data(sentence)
        }
    }

    /// Why the weights of a parameter can't be sorted.
    init(_ error: DistributionError, of parameter: String) {
        switch error {
        case .notFinite(let index, _): self = .notFinite(parameter: parameter, index: index)
        case .noMemory(let bytes): self = .noMemory(parameter: parameter, bytes: bytes)
        }
    }
}
