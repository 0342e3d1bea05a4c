import Compression
import Kernels
import Networks
import Reports
import Tensors

/// What jobs measure and train with: examples, evaluators, teachers; made or loaded at the first call. Owned by the lane.
final class EngineMaterials {
    private let network: Network
    private let source: DataSource
    private var options: EngineOptions
    private let mailbox: EngineMailbox
    private let training: TrainingMaterials
    private var known: Result<Evaluator, EngineFailure>?
    private var edited = EditedEvaluation()
    /// What measures the network where another one is the reference.
    private var ownEvaluator: Evaluator?
    private var trainingExamples: Dataset?
    private var clipExamples: Dataset?
    private var fitExamples: Dataset?

    init(network: Network, source: DataSource, training: TrainingMaterials, options: EngineOptions, mailbox: EngineMailbox) {
        self.network = network
        self.source = source
        self.training = training
        self.options = options
        self.mailbox = mailbox
    }

    /// What measures accuracy, or why that can't be measured.
    func evaluator() -> Result<Evaluator, EngineFailure> {
        let result = known ?? makeEvaluator()
        known = result
        return result
    }

    /// Measures with another arithmetic from now on; false where it is the one in use.
    func use(_ arithmetic: Arithmetic) -> Bool {
        guard arithmetic != options.arithmetic else { return false }
        options.arithmetic = arithmetic
        if case .success(let evaluator)? = known { evaluator.arithmetic = arithmetic }
        ownEvaluator?.arithmetic = arithmetic
        edited.kept?.evaluator.arithmetic = arithmetic
        return true
    }

    /// Lets go of what came from files that were changed.
    func lose(_ role: WatchedFiles.Role, _ change: FileChange) {
        (trainingExamples, fitExamples) = (nil, nil)
        guard role == .examples else { return }
        known = .failure(.data("\(change)"))
        clipExamples = nil
        edited = EditedEvaluation()
    }

    /// The evaluator for a plan's scores: the original's own where the graph stays as it is and nothing else is the reference.
    func evaluator(for applied: Applied, besides plain: Evaluator) throws(KernelError) -> Evaluator {
        if applied.graph.isOpened { return try options.reference == nil ? plain : ownEvaluator(besides: plain) }
        return try edited.evaluator(for: applied, plain: plain, options: options)
    }

    /// Measures the network itself on the same examples in the same batches as the reference.
    private func ownEvaluator(besides plain: Evaluator) throws(KernelError) -> Evaluator {
        if let known = ownEvaluator { return known }
        let made = try plain.beside(Applied(unchanged: network), options: options)
        ownEvaluator = made
        return made
    }

    private func makeEvaluator() -> Result<Evaluator, EngineFailure> {
        if network.isWeightsOnly { return .failure(.weightsOnly) }
        let data: Dataset
        switch source {
        case .none: return .failure(.noData)
        case .ready(let ready):
            data = ready
            mailbox.files.add(data.maps, as: .examples)
        case .load(let load):
            do { data = try load() } catch { return .failure(.data("\(error)")) }
            mailbox.files.add(data.maps, as: .examples)
            mailbox.post(.data(data))
        }
        let unsupported = network.blockingNodes + (options.reference?.blockingNodes ?? [])
        if let node = unsupported.first, case .unsupported(let operation) = node.operation {
            return .failure(.cannotRun(node: node.name, operation: operation.name, reason: operation.reason))
        }
        guard data.exampleShape.count == network.inputShape.checkedCount else {
            return .failure(.inputShape(network: network.inputShape.description, data: data.exampleShape.description))
        }
        do {
            let made = try originalEvaluator(data)
            let labels = Int((data.labels.max() ?? -1) + 1)
            guard labels <= made.classCount || made.shapeWithoutClasses != nil else {
                return .failure(.classCount(network: made.classCount, data: labels))
            }
            return .success(made)
        } catch {
            return .failure(EngineFailure(error))
        }
    }

    /// Measures what accuracy is held against.
    private func originalEvaluator(_ data: Dataset) throws(KernelError) -> Evaluator {
        try Evaluator(of: Applied(unchanged: options.reference ?? network), dataset: data, options: options)
    }
}

extension EngineMaterials {
    /// What measures the answers of a network that labels are of the form of; another one has none.
    private func answerEvaluator() -> Result<Evaluator, EngineFailure> {
        evaluator().flatMap { made in
            guard let shape = made.shapeWithoutClasses, made.scorer == nil else { return .success(made) }
            return .failure(.noClasses(output: network.ended.output, shape: shape.description))
        }
    }

    /// The examples to train on and what measures them; loaded at the first call.
    func forTraining() throws(TrainingFailure) -> (Dataset, Evaluator) {
        let measuring: Evaluator
        switch answerEvaluator() {
        case .success(let ready): measuring = ready
        case .failure(let failure): throw .unavailable(failure.description)
        }
        return (try loadedTrainingExamples(), measuring)
    }

    /// The examples to train on, loaded at the first call.
    func loadedTrainingExamples() throws(TrainingFailure) -> Dataset {
        if let known = trainingExamples { return known }
        let examples: Dataset
        switch training.examples {
        case .none: throw .unavailable("there are no examples to train on; name their folder with --data DIR")
        case .ready(let ready): examples = ready
        case .load(let load):
            do { examples = try load() } catch { throw .unavailable("\(error)") }
        }
        trainingExamples = examples
        mailbox.files.add(examples.maps, as: .training)
        return examples
    }

    /// What clips are measured on: training examples that fit, else the others. Decided once.
    func calibrationExamples(besides measured: Dataset) -> Dataset {
        if let known = clipExamples { return known }
        let own = try? loadedTrainingExamples()
        let fits = own.map { $0.count > 0 && $0.exampleShape.count == network.inputShape.checkedCount } ?? false
        let chosen = fits ? own ?? measured : measured
        clipExamples = chosen
        return chosen
    }

    /// What the outputs of layers are gathered on: training examples and no others.
    func outputExamples() throws(OutputCalibration.Failure) -> Dataset {
        let own: Dataset
        do throws(TrainingFailure) { own = try loadedTrainingExamples() } catch { throw .noExamples("\(error)") }
        try check(own)
        return own
    }

    /// What the inputs of layers are gathered on: the same, or others that were named for it.
    func inputExamples() throws(InputCalibration.Failure) -> Dataset {
        if let known = fitExamples { return known }
        do {
            let found: Dataset
            switch training.calibration {
            case .none: found = try loadedTrainingExamples()
            case .ready(let ready): found = ready
            case .load(let load): found = try load()
            }
            try check(found)
            mailbox.files.add(found.maps, as: .training)
            fitExamples = found
            return found
        } catch OutputCalibration.Failure.noExamples(let reason) {
            throw Self.nothingToFit(reason)
        } catch {
            throw Self.nothingToFit("\(error)")
        }
    }

    private static func nothingToFit(_ reason: String) -> InputCalibration.Failure {
        let text = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
        return InputCalibration.Failure("compensated layers are fitted on training examples, and \(text)")
    }

    /// Throws where there is none, or they don't fit.
    private func check(_ examples: Dataset) throws(OutputCalibration.Failure) {
        guard examples.count > 0 else { throw .noExamples("there is none") }
        guard examples.exampleShape.count == network.inputShape.checkedCount else {
            throw .noExamples("they are of \(examples.exampleShape), not of \(network.inputShape)")
        }
    }

    /// The networks of a recipe's teachers.
    func teachers(_ teachers: [Teacher]) throws(TrainingFailure) -> [Network] {
        var networks: [Network] = []
        for teacher in teachers {
            switch teacher {
            case .original: networks.append(network)
            case .file(let path):
                do { networks.append(try training.readTeacher(path)) } catch { throw .unavailable("\(error)") }
                mailbox.files.add(networks.last?.maps ?? [], as: .training)
            }
        }
        return networks
    }
}
