import Compression
import Engine
import Reports
import Screens
import Tensors

extension EngineEvent {
    private static func training(_ news: TaskNews) -> EngineEvent { .task(TaskID(.training, "made up"), news) }

    static func training(_ progress: TrainingProgress) -> EngineEvent { training(.report(TrainingReport.standing(progress))) }
    static func epoch(_ state: TrainedState, _ epoch: TrainingProgress.Epoch) -> EngineEvent {
        training(.report(TrainingReport.epoch(state, epoch)))
    }
    static func trained(_ state: TrainedState?, _ progress: TrainingProgress) -> EngineEvent {
        training(.ended(TrainingReport.trained(state, progress)))
    }
    static func trainingFailed(_ reason: String) -> EngineEvent { training(.ended(TrainingReport.failed(reason))) }
    static func derived(_ state: TrainedState, label: String) -> EngineEvent {
        .task(TaskID(.derivation, label), .ended(DerivedState(state, label: label)))
    }
}

/// What a training engine says, made up: the weights move a little with each epoch.
extension Desk {
    /// The state that so many epochs leave: every layer under its plan, float weights 2 % larger with each epoch.
    func trained(_ id: String, epochs: Int) -> TrainedState {
        var parameters: [String: Tensor] = [:]
        var layers: [String: TrainedState.Layer] = [:]
        for layer in explorer.layers {
            guard let values = explorer.network.parameters[layer.weight]?.values,
                let distribution = try? WeightDistribution(values)
            else { continue }
            let weights = Tensor(shape: values.shape, floats: values.floats.map { $0 * (1 + 0.02 * Float(epochs)) })
            parameters[layer.weight] = weights
            let plan = explorer.plan(of: layer)
            guard let sorted = try? WeightDistribution(weights),
                let compressed = try? LayerCompressor.compress(
                    layer: layer, weights: weights, bias: nil, distribution: sorted, plan: plan,
                    rule: PruningRule(plan, distribution))
            else { continue }
            layers[layer.weight] = TrainedState.Layer(plan: plan, compressed: compressed, deviation: distribution.standardDeviation)
        }
        return TrainedState(
            id: id, parameters: parameters, layers: layers, plan: explorer.plan, recipe: TrainingRecipe(), epochs: epochs)
    }

    /// Where a training of five epochs stands after some of them.
    func progress(
        _ phase: TrainingProgress.Phase = .training, finished: Int, batch: Int = 0, message: String? = nil, hasTeacher: Bool = true
    ) -> TrainingProgress {
        var progress = TrainingProgress(phase: phase, epochs: 5, batches: 844)
        progress.history = (0...finished).map { Self.epoch($0, hasTeacher: hasTeacher) }
        progress.best = progress.history.last
        progress.epoch = min(5, finished + 1)
        progress.batch = batch
        progress.loss = 0.3121
        let count = finished * 40 + batch / 21
        progress.lossCurve = (0..<count).map(Self.loss)
        progress.rate = 0.0071
        progress.examplesPerSecond = 12_345
        progress.secondsLeft = finished == 0 && batch == 0 ? nil : 42
        progress.message = message
        return progress
    }

    private static func loss(_ step: Int) -> Double {
        let fall: Double = 1.5 / (1 + 0.1 * Double(step))
        let noise: Double = 0.02 * Double(step % 3)
        return 0.3 + fall + noise
    }

    static func epoch(_ number: Int, hasTeacher: Bool = true) -> TrainingProgress.Epoch {
        TrainingProgress.Epoch(
            number: number, loss: number == 0 ? nil : 0.9 / Double(number), accuracy: 0.8731 + 0.01 * Double(number),
            crossEntropy: 0.4 - 0.02 * Double(number), divergence: hasTeacher ? 0.1 / Double(number + 1) : nil, sparsity: 0.9, seconds: 3)
    }

    /// fc1 pruned and shared, and a training begun with Enter.
    mutating func beginTraining() {
        press([.down, .down, .enter])
        type("1.25")
        press([.enter, .tab, .enter])
        type("4")
        press(.enter)
        type("pr")
        press(.enter)
    }

    /// So many epochs finish, and some batches of the next.
    mutating func finish(_ epochs: Int, batch: Int = 0) {
        for number in 1...max(1, epochs) where number <= epochs {
            send(.engine(.training(progress(.measuring, finished: number - 1, batch: 844))))
            send(.engine(.epoch(trained("epoch \(number)", epochs: number), Self.epoch(number))))
        }
        send(.engine(.training(progress(finished: epochs, batch: batch))))
    }

    /// What trainings were told, in order.
    var wishes: [TaskWish] { effects.compactMap { if case .tell(let id, let wish) = $0, id.kind == .training { wish } else { nil } } }

    var requests: [RetrainingRequest] {
        effects.compactMap { if case .start(let start) = $0 { start.request as? RetrainingRequest } else { nil } }
    }
}
