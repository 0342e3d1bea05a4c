import Compression
import Kernels
import Networks
import Tensors

extension StateDerivation {
    /// Mean and variance of the normalizations, measured again under the plan.
    public static let normalization = StateDerivation(label: "batch-norm re-estimation") { state, request throws(TrainingFailure) in
        try state.reestimatingNormalization(
            of: request.graph, on: request.training, batches: batches, batchSize: batchSize, makeExecutor: request.makeExecutor)
    }
}

extension TrainedState {
    /// The state with mean and variance of its normalizations estimated again on `batches` batches of a data set, in its order.
    ///
    /// Each batch goes forward in training mode under the effective weights. A run moves the statistics by r ← r + m · (batch − r) with a momentum m
    /// of the node's; from runs that begin with r = 0 and r = 1 on the same batch, batch = r₀ / (1 − (r₁ − r₀)). What is kept is the mean over the
    /// batches. A network without normalizations is returned as it is. Cost: two forward runs a batch.
    ///
    /// - Parameter network: As it was opened.
    public func reestimatingNormalization(
        of network: Network, on data: Dataset, batches: Int, batchSize: Int = 64, makeExecutor: TrainingRequest.ExecutorFactory
    ) throws(TrainingFailure) -> TrainedState {
        let size = min(batchSize, data.count)
        guard size > 0, batches > 0 else { throw .noExamples(dataset: data.name, split: data.split) }
        do throws(DatasetMismatch) { try data.check(against: network) } catch { throw .data(error) }
        do throws(KernelError) {
            let network = applied(to: network).network
            let executor = try makeExecutor(network, size)
            guard !executor.statistics.isEmpty else { return self }
            for parameter in network.parameters.values {
                let target = executor.values(of: parameter.name)
                if target.count == parameter.count { parameter.values.withFloats { _ = target.update(from: $0) } }
            }
            var sums = executor.statistics.map { [Double](repeating: 0, count: executor.values(of: $0).count) }
            for batch in 0..<batches {
                let examples = (0..<size).map { (batch * size + $0) % data.count }
                try executor.take(examples[...], of: data)
                let found = try Self.statistics(of: executor)
                for index in sums.indices { for (place, value) in found[index].enumerated() { sums[index][place] += value } }
            }
            return withStatistics(executor.statistics, sums.map { $0.map { $0 / Double(batches) } }, of: network)
        } catch { throw .kernels(error) }
    }

    private static func statistics(of executor: any TrainingExecutor) throws(KernelError) -> [[Double]] {
        func moved(from start: Float) throws(KernelError) -> [[Double]] {
            for name in executor.statistics { executor.values(of: name).update(repeating: start) }
            try executor.forward()
            return executor.statistics.map { executor.values(of: $0).map(Double.init) }
        }
        let (fromZero, fromOne) = (try moved(from: 0), try moved(from: 1))
        return zip(fromZero, fromOne).map { zip($0, $1).map { $0 / max(1e-12, 1 - ($1 - $0)) } }
    }

    private func withStatistics(_ names: [String], _ values: [[Double]], of network: Network) -> TrainedState {
        var state = self
        for (name, values) in zip(names, values) {
            let shape = network.parameters[name]?.shape ?? [values.count]
            state.parameters[name] = Tensor(shape: shape, floats: values.map { Float($0) })
        }
        state.id += "+normalization"
        return state
    }
}
