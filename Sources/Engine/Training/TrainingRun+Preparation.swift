import Compression
import Kernels
import Networks

extension TrainingRun {
    /// What is made before the first batch, one step each.
    enum Preparation {
        case executor
        case parameters
        case evaluator
        /// The index of the teacher.
        case teacher(Int)
    }

    func prepare(_ preparation: Preparation) throws(TrainingFailure) {
        switch preparation {
        case .executor:
            let executor = try made { () throws(KernelError) in try request.makeExecutor(request.network, batchSize) }
            executorInWaiting = executor
            work = .prepare(.parameters)
        case .parameters:
            guard let executor = executorInWaiting else { return work = .prepare(.executor) }
            try makeParts(executor)
            work = .prepare(.evaluator)
        case .evaluator:
            if measured == nil { measured = try makeEvaluator() }
            progress.measure = measured?.scorer.flatMap { $0.reading.measure == .accuracy ? nil : $0.reading.measure }
            work = .prepare(.teacher(0))
        case .teacher(let index): try prepareTeacher(index)
        }
    }

    var batchSize: Int { request.network.batch(min(request.recipe.batchSize, request.training.count)) }

    private func makeParts(_ executor: any TrainingExecutor) throws(TrainingFailure) {
        var begun = request
        begun.plan = planInForce
        if let resumed { begun.plan = resumed.header.currentPlan }
        let network = try TrainedNetwork(request: begun, executor: executor)
        try resumed?.check(beginning: network)
        try resumed?.restore(network, requestedPlan: planInForce)
        let policies = try PolicyEngine(
            request.policies, network: network, deviations: resumed?.header.policyDeviations ?? [:],
            masked: resumed?.header.maskedChannels ?? MaskedChannels())
        let ranks: RankLearning?
        if let resumed {
            ranks = try resumed.ranks(request, network.layers)
        } else {
            ranks = try RankLearning(request.policies, epochs: request.recipe.epochs, layers: network.layers)
        }
        parts = TrainingParts(
            executor: executor, network: network, policies: policies, ranks: ranks,
            loss: OutputLoss(request.trainedReading, of: request.training, classes: executor.classCount))
        if let resumed {
            counters = resumed.header.counters
            best = try resumed.best(for: request)
        }
    }

    private func makeEvaluator() throws(TrainingFailure) -> Evaluator {
        try made { () throws(KernelError) in
            try Evaluator(of: Applied(unchanged: request.network), dataset: request.validation, options: request.options)
        }
    }

    /// A batch of a teacher's logits on the training split, then on validation; with augmentation only the latter.
    private func prepareTeacher(_ index: Int) throws(TrainingFailure) {
        guard index < request.teachers.count, !hasKnownTeachers else { return try beginWork() }
        if teachers.count == index {
            let (network, size) = (request.teachers[index], batchSize)
            teachers.append(try made { () throws(KernelError) in try TeacherLogits(network: network, batchSize: size) })
            validationTeachers.append(try made { () throws(KernelError) in try TeacherLogits(network: network, batchSize: size) })
            teacherPart = request.recipe.augmentation.isOff ? 0 : 1
            return
        }
        let (teacher, data) = teacherPart == 0 ? (teachers[index], request.training) : (validationTeachers[index], request.validation)
        let isMore = try made { () throws(KernelError) in try teacher.computeNext(of: data) }
        (progress.measured, progress.toMeasure) = (teacher.done, data.count)
        guard !isMore else { return }
        teacherPart += 1
        if teacherPart > 1 { work = .prepare(.teacher(index + 1)) }
    }

    /// Begins with measuring epoch 0, or goes on where the checkpoint stood.
    private func beginWork() throws(TrainingFailure) {
        (progress.measured, progress.toMeasure) = (nil, nil)
        let finished = progress.history.count - 1
        if resumed != nil, finished >= request.recipe.epochs { return finish() }
        if progress.history.isEmpty || (resumed != nil && progress.batch == progress.batches && finished < progress.epoch) {
            return work = .measure(Measurement(state: .collect([])))
        }
        guard progress.batch > 0 else { return work = .beginEpoch }
        order = epochOrder
        clock.beginBatches()
        progress.phase = .training
        work = .batch(stage: 0)
    }

    /// Takes over what another run computed of the same teachers on the same examples.
    func takeTeachers(of other: TrainingRun) {
        guard case .prepare = work, other.teachers.count == request.teachers.count, other.teacherPart > 1 || request.teachers.isEmpty else {
            return
        }
        (teachers, validationTeachers, hasKnownTeachers) = (other.teachers, other.validationTeachers, true)
        teacherPart = other.teacherPart
    }

    var epochOrder: [Int] {
        ExampleOrder.permutation(count: request.training.count, seed: request.recipe.seed, epoch: progress.epoch)
    }

    func made<Value>(_ body: () throws(KernelError) -> Value) throws(TrainingFailure) -> Value {
        do { return try body() } catch { throw .kernels(error) }
    }
}
