import Compression
import Kernels
import Networks
import Reports
import Tensors

/// Everything that the lane knows: sorted weights, states of the layers, the evaluator. Never leaves the lane's thread.
final class EngineWorker: LaneWork {
    let network: Network
    let layers: [Layer]
    private let source: DataSource
    let options: EngineOptions
    let mailbox: EngineMailbox
    let wishes: EngineWishes
    private var queue = JobQueue()
    private var accepted: UInt64?
    private var distributions: [String: WeightDistribution] = [:]
    private var givenStructures: [String: GivenStructure] = [:]
    private var failures: Set<EngineFailure> = []
    private var evaluator: Result<Evaluator, EngineFailure>?
    /// What was measured to the last example, by the versions it was measured with; its logits are kept too, for a measurement that is
    /// broken off later overwrites the evaluator's.
    var exact: (versions: [UInt64], report: AccuracyReport, table: LogitsTable)?
    let states: LayerStates

    init(network: Network, source: DataSource, options: EngineOptions, mailbox: EngineMailbox, wishes: EngineWishes) {
        self.network = network
        self.source = source
        self.options = options
        self.mailbox = mailbox
        self.wishes = wishes
        layers = network.layers
        states = LayerStates(network: network, layers: layers)
    }

    func step() -> Bool {
        if let request = wishes.newest, request.generation != accepted {
            accepted = request.generation
            queue.removeAll { $0 is PlanJob }
            queue.add(PlanJob(request: request, worker: self))
        }
        return queue.step()
    }

    /// The sorted weights of a layer; the first call sorts and publishes them. Nil where they hold a NaN or an infinity.
    func distribution(of layer: Layer, generation: UInt64) -> WeightDistribution? {
        if let known = distributions[layer.weight] { return known }
        guard let weights = network.parameters[layer.weight]?.values else { return nil }
        do throws(DistributionError) {
            let sorted = try WeightDistribution(weights)
            distributions[layer.weight] = sorted
            mailbox.post(.distribution(weight: layer.weight, sorted))
            return sorted
        } catch {
            switch error {
            case .notFinite(let index, _): fail(.notFinite(parameter: layer.weight, index: index), generation: generation)
            case .noMemory(let bytes): fail(.noMemory(parameter: layer.weight, bytes: bytes), generation: generation)
            }
            return nil
        }
    }

    /// What a layer came with, looked for once.
    func given(_ layer: Layer, _ distribution: WeightDistribution) -> GivenStructure? {
        if let known = givenStructures[layer.weight] { return known }
        let found = network.parameters[layer.weight].map {
            GivenStructure.detect(weights: $0.values, distribution: distribution)
        }
        givenStructures[layer.weight] = found
        return found
    }

    /// The distributions of the layers that have one.
    var knownDistributions: [String: WeightDistribution] { distributions }

    /// Publishes a failure, each once.
    func fail(_ failure: EngineFailure, generation: UInt64) {
        guard failures.insert(failure).inserted else { return }
        mailbox.post(.failed(failure, generation: generation))
    }

    /// The evaluator, made at the first call; nil where accuracy can't be measured, which is published once.
    func readyEvaluator(generation: UInt64) -> Evaluator? {
        let result = evaluator ?? makeEvaluator()
        evaluator = result
        switch result {
        case .success(let evaluator): return evaluator
        case .failure(let failure):
            fail(failure, generation: generation)
            return nil
        }
    }

    private func makeEvaluator() -> Result<Evaluator, EngineFailure> {
        let data: Dataset
        switch source {
        case .none: return .failure(.noData)
        case .ready(let ready): data = ready
        case .load(let load):
            do { data = try load() } catch { return .failure(.data("\(error)")) }
            mailbox.post(.data(data))
        }
        if let node = network.unsupportedNodes.first, case .unsupported(let operation) = node.operation {
            return .failure(.cannotRun(node: node.name, operation: operation.name, reason: operation.reason))
        }
        guard data.exampleShape.count == network.inputShape.checkedCount else {
            return .failure(.inputShape(network: network.inputShape.description, data: data.exampleShape.description))
        }
        do {
            let made = try Evaluator(
                network: network, layers: layers, originals: states.originals, dataset: data, options: options)
            let labels = Int((data.labels.max() ?? -1) + 1)
            guard labels <= made.classCount else {
                return .failure(.classCount(network: made.classCount, data: labels))
            }
            return .success(made)
        } catch {
            return .failure(EngineFailure(error))
        }
    }
}

extension EngineFailure {
    /// A kernel's error as the engine publishes it.
    init(_ error: KernelError) {
        switch error {
        case .library(let operation, let status): self = .kernels("\(operation): \(status)")
        case .unsupported(let node, let operation, let reason):
            self = .cannotRun(node: node, operation: operation, reason: reason)
        case .shape(let node, let expected, let actual): self = .kernels("\(node): expected \(expected), found \(actual)")
        }
    }
}
