import Compression
import Foundation
import Kernels
import Networks
import Reports

extension TrainingRun {
    /// The policies of the epoch, new grids and assignments, a new order; then the channels that policies mask.
    func beginEpoch() throws(TrainingFailure) {
        guard progress.epoch <= request.recipe.epochs else { return finish() }
        clock.beginEpoch()
        if progress.epoch > 1 { for layer in parts?.network.layers ?? [] { layer.renew() } }
        if let layers = parts?.network.layers { parts?.policies.begin(epoch: progress.epoch - 1, layers: layers) }
        parts?.ranks?.begin(epoch: progress.epoch - 1)
        order = epochOrder
        counters.lossSum = 0
        progress.batch = 0
        if let parts, let masking = FilterMasking(parts, epoch: progress.epoch - 1, data: request.training) {
            work = .mask(masking)
        } else {
            try beginBatches()
        }
    }

    func mask(_ masking: FilterMasking) throws(TrainingFailure) {
        if try masking.step() { return }
        parts?.policies.masked = masking.masked
        try beginBatches()
    }

    private func beginBatches() throws(TrainingFailure) {
        progress.phase = .training
        clock.beginBatches()
        try beginBatch()
    }

    /// As many stages of a batch as fit before `deadline`, at least one: 0 is parameters and input, then forward, loss, backward, update.
    func advance(from stage: Int, until deadline: Date) throws(TrainingFailure) {
        guard let parts else { return }
        progress.phase = .training
        let forward = parts.executor.forwardStageCount
        let last = forward + 1 + parts.executor.backwardStageCount + 1
        var stage = stage
        repeat {
            try run(stage, forward: forward, last: last, parts)
            stage += 1
            if case .batch = work { work = .batch(stage: stage) } else { return }
        } while stage <= last && Date() < deadline
        if stage > last { try finishBatch() }
    }

    private func run(_ stage: Int, forward: Int, last: Int, _ parts: TrainingParts) throws(TrainingFailure) {
        switch stage {
        case 0: try load(parts)
        case 1...forward:
            let seed = ExampleOrder.mixed(request.recipe.seed, 3, UInt64(counters.step))
            try made { () throws(KernelError) in try parts.executor.runForward(stage: stage - 1, seed: seed) }
        case forward + 1: try evaluateLoss(parts)
        case last: update(parts)
        default: try made { () throws(KernelError) in try parts.executor.runBackward(stage: stage - forward - 2) }
        }
    }

    private var batchExamples: ArraySlice<Int> { order[progress.batch * batchSize..<(progress.batch + 1) * batchSize] }

    private func load(_ parts: TrainingParts) throws(TrainingFailure) {
        parts.network.writeEffective()
        let examples = batchExamples
        var failure: ExampleFailure?
        var place: Int?
        parts.executor.withInput { input in
            failure = fill(input, examples)
            place = input.indexOfNoNumber
        }
        if let failure { throw .unavailable(failure.description) }
        if let place {
            return diverge(.example(examples[examples.startIndex + place / request.training.exampleShape.count]))
        }
        guard !teachers.isEmpty else { return }
        if request.recipe.augmentation.isOff {
            batchLogits = teachers.map { $0.rows(examples) }
        } else {
            batchLogits = []
            for teacher in teachers {
                batchLogits.append(try made { () throws(KernelError) in try teacher.logits { fill($0, examples) } })
            }
        }
    }

    /// Writes a batch; the answer is why that failed.
    private func fill(_ input: UnsafeMutableBufferPointer<Float>, _ examples: ArraySlice<Int>) -> ExampleFailure? {
        let data = request.training
        do throws(ExampleFailure) { try data.fill(input, with: examples) } catch { return error }
        request.recipe.augmentation.apply(
            to: input, examples: examples, shape: request.network.inputShape, normalization: data.normalization,
            seed: request.recipe.seed, epoch: progress.epoch, isChannelsLast: data.fillsChannelsLast)
        return nil
    }

    private func evaluateLoss(_ parts: TrainingParts) throws(TrainingFailure) {
        var loss = parts.loss
        loss.softmax = self.loss
        let (teachers, examples) = (batchLogits, batchExamples)
        batchLoss = try made { () throws(KernelError) in
            try parts.executor.withLogits { outputs in
                var value = Double.nan
                parts.executor.withLogitsGradient { gradient in
                    value = loss.evaluate(outputs: outputs, examples: examples, teachers: teachers, gradient: gradient)
                }
                return value
            }
        }
        if !batchLoss.isFinite { diverge(.loss) }
    }

    /// Gradients of what is trained, the terms of policies, the clip of the norm, one step of the optimizer.
    private func update(_ parts: TrainingParts) {
        let recipe = request.recipe
        parts.network.receiveGradients()
        batchLoss += parts.policies.addPenalties(epoch: progress.epoch - 1, layers: parts.network.layers)
        let vectors = parts.network.vectors
        let norm = vectors.reduce(0) { $0 + $1.squaredGradient }.squareRoot()
        guard norm.isFinite else { return diverge(.gradient) }
        if let clip = recipe.gradientClip, norm > clip { for vector in vectors { vector.scaleGradient(clip / (norm + 1e-6)) } }
        progress.rate =
            recipe.rate.rate(step: counters.step, stepsPerEpoch: progress.batches, epochs: recipe.epochs)
            * parts.policies.rateFactor(epoch: progress.epoch - 1, measured: progress.history, rate: recipe.rate.rate)
        let step = OptimizerStep(
            optimizer: recipe.optimizer, rate: progress.rate, weightDecay: recipe.weightDecay, number: counters.step + 1)
        for vector in vectors { vector.step(step) }
        parts.ranks?.pull(parts.network.layers, rate: progress.rate)
    }

    private func finishBatch() throws(TrainingFailure) {
        counters.step += 1
        progress.batch += 1
        clock.count(examples: batchSize)
        progress.examplesPerSecond = clock.examplesPerSecond
        record(batchLoss)
        if let layers = parts?.network.layers {
            parts?.policies.after(batches: progress.batch, of: progress.batches, epoch: progress.epoch - 1, layers: layers)
        }
        parts?.ranks?.after(batches: progress.batch, of: progress.batches, epoch: progress.epoch - 1)
        if case .end = work { return }
        if progress.batch < progress.batches || parts?.ranks?.isDue == true { return try beginBatch() }
        work = .measure(Measurement(state: .collect([])))
    }

    private func record(_ loss: Double) {
        counters.lossSum += loss
        let mean = counters.meanLoss.map { $0 + (loss - $0) / 16 } ?? loss
        counters.meanLoss = mean
        progress.loss = mean
        if (counters.step - 1) % counters.curveStride == 0 { progress.lossCurve.append(loss) }
        if progress.lossCurve.count > 512 {
            progress.lossCurve = stride(from: 0, to: progress.lossCurve.count, by: 2).map { progress.lossCurve[$0] }
            counters.curveStride *= 2
        }
        if let least = counters.leastLoss, mean > 10 * least + runawayMargin { diverge(.runaway(mean, least: least)) }
        counters.leastLoss = min(counters.leastLoss ?? mean, mean)
    }

    /// Four times the loss of a guess, so that a small minimum is no alarm, weighted as the loss is.
    private var runawayMargin: Double {
        let guess = parts?.loss.guess ?? log(2)
        guard !teachers.isEmpty else { return 4 * guess }
        return 4 * guess * (loss.studentWeight + loss.distillationWeight * max(1, loss.temperature))
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// The first NaN or infinity. Cost: a pass of integers.
    fileprivate var indexOfNoNumber: Int? {
        let largest = reduce(UInt32(0)) { Swift.max($0, $1.magnitude.bitPattern) }
        return largest < Float.infinity.bitPattern ? nil : firstIndex { !$0.isFinite }
    }
}
