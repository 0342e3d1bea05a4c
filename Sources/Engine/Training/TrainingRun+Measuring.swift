import Compression
import Foundation
import Kernels
import Networks
import Reports
import Tensors

/// A measurement of validation on its way: layers are made one by one, then batches run one by one.
struct Measurement {
    enum State {
        case collect([CompressedLayer])
        case run(batch: Int)
    }

    var state: State
    var trained: TrainedState?
    var applied: Applied?
    var scores: ExampleScores?
}

extension TrainingRun {
    func measure(_ measurement: Measurement) throws(TrainingFailure) {
        guard let parts, let evaluator = measured else { return }
        progress.phase = .measuring
        var measurement = measurement
        switch measurement.state {
        case .collect(let made) where made.count < parts.network.layers.count:
            measurement.state = .collect(made + [parts.network.compressed(parts.network.layers[made.count])])
            work = .measure(measurement)
        case .collect(let made):
            prepare(&measurement, made, parts, evaluator)
            work = .measure(measurement)
        case .run(let batch):
            let isDone = try runBatch(batch, &measurement, evaluator)
            if isDone { measurement.state = .run(batch: batch + 1) }
            let count = evaluator.order.count
            (progress.measured, progress.toMeasure) = (min(count, (isDone ? batch + 1 : batch) * evaluator.batchSize), count)
            work = .measure(measurement)
            if isDone, batch + 1 == evaluator.batchCount { conclude(measurement, evaluator) }
        }
    }

    private func prepare(_ measurement: inout Measurement, _ made: [CompressedLayer], _ parts: TrainingParts, _ evaluator: Evaluator) {
        let state = parts.network.state(
            made, identifier: stateIdentifier, plan: parts.network.plan(like: planInForce), recipe: request.recipe, epochs: finishedEpochs)
        measurement.trained = state
        let version = evaluator.makeVersion()
        let base = state.base(of: request.graph)
        measurement.applied = Applied(
            base: base, layers: state.layersInOrder(of: request.graph), plan: state.plan,
            edits: GraphEdits(activations: request.edits.activations, clips: state.clips(of: request.graph)),
            versions: Applied.Versions(layers: base.layers.map { _ in version }, others: version, graph: state.graph?.id))
        measurement.scores = evaluator.emptyScores
        measurement.state = .run(batch: 0)
    }

    /// Goes on with a batch; true when it is measured.
    private func runBatch(_ batch: Int, _ measurement: inout Measurement, _ evaluator: Evaluator) throws(TrainingFailure) -> Bool {
        guard var scores = measurement.scores, let applied = measurement.applied else { return true }
        measurement.scores = nil
        let isDone: Bool
        do throws(KernelError) {
            let own =
                try evaluator.runs(applied) ? evaluator : edited.evaluator(for: applied, plain: evaluator, options: request.options)
            isDone = try own.measure(batch: batch, of: applied, into: &scores)
        } catch { throw .kernels(error) }
        measurement.scores = scores
        return isDone
    }

    /// Epochs that are finished when it is measured.
    private var finishedEpochs: Int { progress.history.isEmpty ? 0 : progress.epoch }
    private var stateIdentifier: String { "\(request.identifier)/\(finishedEpochs)" }

    private func conclude(_ measurement: Measurement, _ evaluator: Evaluator) {
        guard let scores = measurement.scores, let state = measurement.trained else { return }
        let entropies = FiniteMean(scores.crossEntropies)
        let divergences = divergences(scores)
        let summaries = state.layers.values.map(\.compressed.summary)
        var epoch = TrainingProgress.Epoch(
            number: finishedEpochs, loss: finishedEpochs == 0 ? nil : counters.lossSum / Double(max(1, progress.batches)),
            accuracy: evaluator.figure(of: scores), crossEntropy: entropies.mean, divergence: divergences?.mean,
            sparsity: summaries.sparsity, seconds: clock.epochSeconds)
        (epoch.crossEntropyLeftOut, epoch.divergenceLeftOut) = (entropies.leftOut, divergences?.leftOut)
        if parts?.policies.hasBytes == true { epoch.bytes = summaries.compactMap(\.fileEstimate).reduce(0, +) }
        (progress.measured, progress.toMeasure) = (nil, nil)
        progress.history.append(epoch)
        latest = state
        if !isRival(state) || epoch.accuracy >= progress.best?.accuracy ?? -1 { (progress.best, best) = (epoch, state) }
        goOn(after: epoch)
    }

    /// Whether accuracy alone decides between a state and the best one: a schedule that prunes on or lowers bytes, or a knob, makes the old ones another network.
    private func isRival(_ state: TrainedState) -> Bool {
        guard let best, best.plan == state.plan, parts?.policies.lowersBytes(epoch: finishedEpochs - 1) != true else { return false }
        return state.layers.allSatisfy { weight, layer in layer.keptCount == best.layers[weight]?.keptCount }
    }

    private func goOn(after epoch: TrainingProgress.Epoch) {
        if epoch.number > 0 { progress.epoch += 1 }
        progress.batch = 0
        if progress.epoch > min(request.recipe.epochs, request.lastEpoch ?? .max) {
            finish()
            progress.batch = progress.batches
        } else {
            work = .beginEpoch
        }
    }

    /// KL(teachers ‖ student) at T = 1 over validation; nil without a teacher.
    private func divergences(_ scores: ExampleScores) -> FiniteMean? {
        guard !validationTeachers.isEmpty, !scores.predictions.isEmpty else { return nil }
        let classes = scores.classCount
        var mean = FiniteMean()
        for example in 0..<scores.predictions.count {
            let range = example * classes..<(example + 1) * classes
            var target = [Double](repeating: 0, count: classes)
            for teacher in validationTeachers {
                for (index, share) in Softmax.probabilities(teacher.logits[range], temperature: 1).enumerated() {
                    target[index] += share / Double(validationTeachers.count)
                }
            }
            let student = Softmax.probabilities(scores.logits[range], temperature: 1)
            let isKnown = (target + student).allSatisfy(\.isFinite)
            mean.add(isKnown ? Softmax.divergence(target, from: student) : .nan)
        }
        return mean
    }

    /// The state as it is now; nil while the run is being prepared. Cost: O(parameters).
    public func current() -> TrainedState? {
        guard let parts else { return nil }
        let epochs = max(0, progress.history.count - 1)
        return parts.network.state(
            parts.network.layers.map(parts.network.compressed), identifier: "\(request.identifier)/\(epochs)+\(progress.batch)",
            plan: parts.network.plan(like: planInForce), recipe: request.recipe, epochs: epochs)
    }
}
