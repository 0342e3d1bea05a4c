import Compression
import Kernels
import Networks

/// Why a training can't begin or go on: facts, words are in `description`.
public enum TrainingFailure: Error, Hashable, Sendable {
    /// Examples of another shape, labels beyond the classes, or a network without logits: both sides of it.
    case data(DatasetMismatch)
    /// A split without examples.
    case noExamples(dataset: String, split: DatasetSplit)
    /// A teacher that reads other examples or knows other classes.
    case teacher(name: String, expected: String, actual: String)
    case plan(PlanError)
    /// A policy that names no layer, or asks for what this network can't do.
    case policy(name: String, reason: String)
    /// A number of the recipe that makes no sense.
    case recipe(name: String, value: Double)
    /// The node that can't be run or trained, and what the kernels said.
    case kernels(KernelError)
    /// A parameter with a NaN or an infinity.
    case notFinite(parameter: String)
    /// A checkpoint of another network, plan or recipe.
    case checkpoint(reason: String)
    /// Examples or a teacher that can't be had: a sentence with file, place and cure.
    case unavailable(String)
}

extension TrainingFailure {
    /// ``description`` with one full stop.
    public var sentence: String { description.hasSuffix(".") ? description : description + "." }
}

extension TrainingFailure: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .data(let mismatch): mismatch.message
        case .noExamples(let dataset, let split): "\(dataset) has no labelled examples in its \(split.rawValue) split"
        case .teacher(let name, let expected, let actual): "the teacher \(name) has \(actual), the network \(expected)"
        case .plan(let error): error.description
        case .policy(let name, let reason): "the policy \(name) can't be followed: \(reason)"
        case .recipe(let name, let value): "\(name) is \(value), which can't be trained with"
        case .kernels(.library(let operation, let status)): "the kernels failed: \(operation): \(status)"
        case .kernels(.unsupported(let node, let operation, let reason)): "node \(node) (\(operation)) can't be trained: \(reason)"
        case .kernels(.shape(let node, let expected, let actual)): "\(node): expected \(expected), found \(actual)"
        case .kernels(.examples(let sentence)): sentence
        case .kernels(.notANumber(let node)): "\(node) met a NaN"
        case .notFinite(let parameter): "\(parameter) holds a NaN or an infinity"
        case .checkpoint(let reason): "the checkpoint does not fit: \(reason)"
        case .unavailable(let sentence): sentence
        }
    }
}
