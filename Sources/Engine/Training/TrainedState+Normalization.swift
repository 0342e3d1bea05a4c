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

    /// Mean and variance of the normalizations, moved by what the plan did to what they read: a repair of ranks and pruning without training.
    public static let followingNormalization = StateDerivation(label: "normalizations that follow") {
        state, request throws(TrainingFailure) in
        try state.followingNormalization(from: request.graph, kept: KeptPlaces(), of: request.graph, on: request.training)
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
        let size = network.batch(min(batchSize, data.count))
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

    /// The state with normalizations that follow what a cut did to what they read, measured on the same examples in the network before and in this one.
    ///
    /// By ``NormalizationStatistics``: where nothing changed, statistics stay those of the file, whatever these examples' own are. Cost: two forward runs a batch in each network.
    ///
    /// - Parameters:
    ///   - before: The network before the cut.
    ///   - kept: Which of its channels are left.
    ///   - followed: Statistics that followed already, and stay.
    public func followingNormalization(
        from before: Network, kept: KeptPlaces, but followed: Set<String> = [], of network: Network, on data: Dataset
    ) throws(TrainingFailure) -> TrainedState {
        let graph = network.graph(of: self)
        let normalizations = graph.nodes.filter { if case .batchNormalization = $0.operation { true } else { false } }
        guard normalizations.contains(where: { !followed.isSuperset(of: $0.inputs.dropFirst(3)) }) else { return self }
        let here = try withNormalization(of: network, on: data)
        let there = try TrainedState(id: "before", network: before).withNormalization(of: before, on: data)
        var state = self
        state.id = here.id
        for node in normalizations where node.inputs.count > 4 {
            let scales = Self.scales(of: node.inputs[4], here, there, kept, count: before.parameters[node.inputs[4]]?.count ?? 0)
            for (place, name) in node.inputs[3...4].enumerated() where !followed.contains(name) {
                guard let own = before.parameters[name], let old = there.parameters[name], let new = here.parameters[name] else { continue }
                let left = kept.places(name, axis: 0, count: own.count)
                guard left.count == new.count, scales.count == new.count else { continue }
                let (values, measured, now) = (own.values.floats, old.floats, new.floats)
                let floats = left.enumerated().map { row, index in
                    place == 0
                        ? NormalizationStatistics.mean(
                            values[index], now: Double(now[row]), before: Double(measured[index]), scale: scales[row])
                        : NormalizationStatistics.variance(values[index], scale: scales[row])
                }
                state.parameters[name] = Tensor(shape: new.shape, floats: floats)
            }
        }
        return state
    }

    /// How deviations changed, by channel that is left; none where a variance was not measured.
    private static func scales(
        of variance: String, _ here: TrainedState, _ there: TrainedState, _ kept: KeptPlaces, count: Int
    ) -> [Float] {
        guard let old = there.parameters[variance]?.floats, let new = here.parameters[variance]?.floats, old.count == count else {
            return []
        }
        let left = kept.places(variance, axis: 0, count: count)
        guard left.count == new.count else { return [] }
        return zip(left, new).map { NormalizationStatistics.scale(now: Double($1), before: Double(old[$0])) }
    }

    /// The same on as many examples as the command of the screen takes.
    public func withNormalization(of network: Network, on data: Dataset) throws(TrainingFailure) -> TrainedState {
        let isNormalized = network.graph(of: self).nodes.contains { if case .batchNormalization = $0.operation { true } else { false } }
        guard isNormalized else { return self }
        return try reestimatingNormalization(
            of: network, on: data, batches: StateDerivation.batches, batchSize: StateDerivation.batchSize,
            makeExecutor: TrainingRequest.fastExecutor)
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
