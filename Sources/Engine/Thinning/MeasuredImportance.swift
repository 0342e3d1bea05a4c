import Compression
import Kernels
import Networks
import Tensors

/// The importance of channels by any criterion, step by step: off the weights, or measured on training examples. Owned by the lane.
public final class MeasuredImportance {
    private enum Work {
        case weights
        case gradients(GradientImportance)
        case activations(ActivationImportance)
        case reconstruction(ReconstructionImportance)
    }

    private var importance: FilterImportance
    private let removal: FilterRemoval
    private var work = Work.weights
    private var isDone = false

    /// Throws where the criterion needs what is not there.
    public init(_ removal: FilterRemoval, in network: Network, data: Result<Dataset, ThinningData>) throws(FilterObstacle) {
        self.removal = removal
        importance = try removal.importance(in: network)
        let criterion = removal.criterion
        guard criterion.need != .nothing, !importance.makers.isEmpty else { return }
        let examples: Dataset
        switch data {
        case .success(let found): examples = found
        case .failure(let missing): throw .noExamples(criterion, reason: missing.reason)
        }
        if criterion.need == .labels, examples.labels.isEmpty, examples.targets == nil { throw .unlabelled(criterion) }
        if criterion.isOfGradients, let shape = network.outputWithoutClasses {
            let isKnown = criterion != .fisher && ((try? network.reading(of: examples)) ?? nil) != nil
            guard isKnown else { throw .noGradient(criterion, reason: "the output [\(shape)] has no loss with these labels") }
        }
        if criterion == .reconstruction {
            work = .reconstruction(ReconstructionImportance(importance.makers, of: network, data: examples))
            return
        }
        if criterion == .apoz { try dropUnactivated(network) }
        let makers = importance.makers.flatMap(\.makers)
        do throws(KernelError) {
            if criterion.isOfGradients {
                work = .gradients(
                    try GradientImportance(
                        makers, by: criterion, of: network, data: examples, key: removal.examples,
                        makeExecutor: TrainingRequest.fastExecutor))
            } else {
                work = .activations(
                    try ActivationImportance(makers, by: criterion, of: network, data: examples, key: removal.examples))
            }
        } catch { throw .noGradient(criterion, reason: TrainingFailure.kernels(error).description) }
    }

    /// Sets of which a maker has no activation that makes zeros.
    private func dropUnactivated(_ network: Network) throws(FilterObstacle) {
        for (weight, makers) in importance.makers {
            guard let maker = makers.first(where: { network.activation(of: $0.weight)?.makesZeros != true }) else { continue }
            let obstacle = FilterObstacle.unactivated(layer: network.layer(of: maker.weight)?.name ?? maker.weight)
            if !importance.passesHeld { throw obstacle }
            importance.take(.failure(obstacle), of: weight)
        }
    }

    /// Examples that are done, and all; nil where none are needed.
    public var counts: (done: Int, total: Int)? {
        switch work {
        case .weights: nil
        case .gradients(let work): work.counts
        case .activations(let work): work.counts
        case .reconstruction(let work): work.counts
        }
    }

    /// Once all is done.
    public var scores: FilterScores { importance.result }

    /// About 10 ms; false when all is done.
    public func step() throws(FilterObstacle) -> Bool {
        do throws(KernelError) {
            switch work {
            case .weights:
                let end = ContinuousClock.now + .milliseconds(8)
                while ContinuousClock.now < end { guard importance.step() else { return false } }
                return true
            case .gradients(let work):
                if try work.step() { return true }
                try take(work.result)
            case .activations(let work):
                if try work.step() { return true }
                try take(work.result)
            case .reconstruction(let work):
                if try work.step() { return true }
            }
        } catch { throw .noGradient(removal.criterion, reason: TrainingFailure.kernels(error).description) }
        if case .reconstruction(let work) = work { try take(work) }
        return false
    }

    private func take(_ found: ReconstructionImportance) throws(FilterObstacle) {
        guard !isDone else { return }
        isDone = true
        for (weight, scores) in found.result {
            if case .failure(let obstacle) = scores, !importance.passesHeld { throw obstacle }
            importance.take(scores.map { [$0] }, of: weight)
        }
    }

    private func take(_ rows: [[Double]]) throws(KernelError) {
        guard !isDone else { return }
        isDone = true
        guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw .examples("what the network gives on these examples is no number")
        }
        var next = 0
        for (weight, makers) in importance.makers {
            importance.take(.success(Array(rows[next..<next + makers.count])), of: weight)
            next += makers.count
        }
    }
}

/// Why there are no examples.
public struct ThinningData: Error, Hashable, Sendable {
    public var reason: String

    public init(reason: String) { self.reason = reason }
}
