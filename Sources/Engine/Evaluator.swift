import Compression
import Kernels
import Networks
import Reports
import Tensors

/// Measures the original network and the network under a plan on the same examples, batch by batch. Owned by the lane.
final class Evaluator {
    let dataset: Dataset
    let order: [Int]
    let batchSize: Int
    let seed: UInt64
    /// What is counted as right: the labels, or, where there are none, the answers of the original as far as it was measured, -1 before.
    private(set) var labels: [Int32]
    private let hasLabels: Bool
    /// What the output holds for an example where that is no list of classes.
    let shapeWithoutClasses: Shape?
    /// Reads it as answers where labels are of its form; nil else.
    let scorer: FigureScorer?
    /// What is counted of the original.
    private(set) var originalFigure: FigureTally?
    /// The batch under way.
    private var running: EvaluatorRun?
    private let executor: any NetworkExecutor
    private let cache: ActivationCache
    private let layers: [Layer]
    /// What accuracy is held against.
    private let reference: Applied
    /// How layers of whole numbers are computed.
    var arithmetic: Arithmetic { didSet { if arithmetic != oldValue { running = nil } } }
    private let originalOthers: [String: Tensor]
    private var loadedOthers: UInt64
    /// Versions of trainings, apart from those of plans.
    private var newestVersion: UInt64 = 1 << 62

    /// How the layers with weights on a grid were computed in the last batch, where a plan makes levels of what one of them reads.
    private(set) var integerLayers: [LayerArithmetic]?

    /// Versions that the executor holds now, in the order of `layers`.
    private var loaded: [UInt64]
    private(set) var original: ExampleScores
    private(set) var current: ExampleScores
    /// The scores of the last batch that ``probe(batch:of:against:)`` ran, and of no other.
    private(set) var probed: ExampleScores
    /// Multiply-adds that were run until now, those of dense kernels: what caches save is not in it.
    private(set) var multiplyAddsDone = 0
    /// Batches of the order that were measured with the original, always the first ones.
    private(set) var originalBatches = 0
    private(set) var originalRight = 0

    /// Multiply-adds of one batch that take about 10 ms on two cores.
    private static let batchWork = 580_000_000
    private static let largestBatch = 250

    /// An evaluator of the networks that have the graph of this one, which is what they are held against.
    ///
    /// - Parameter order: The examples and their order; nil is the part of the options, or, of an output without classes, as many of that as half of the
    ///   memory holds twice.
    init(
        of reference: Applied, dataset: Dataset, options: EngineOptions, batchSize size: Int? = nil, order given: [Int]? = nil
    ) throws(KernelError) {
        let network = reference.network
        self.dataset = dataset
        self.reference = reference
        layers = network.layers
        seed = options.seed
        let reading = (try? network.reading(of: dataset)) ?? nil
        shapeWithoutClasses = reading.map { Shape($0.shape) } ?? network.outputWithoutClasses
        scorer = reading.flatMap { $0.measure == .fidelity ? nil : FigureScorer($0, dataset) }
        originalFigure = scorer.map(FigureTally.init)
        hasLabels = !dataset.labels.isEmpty && shapeWithoutClasses == nil
        labels = hasLabels ? dataset.labels : Array(repeating: -1, count: dataset.count)
        order =
            given
            ?? Self.prefix(
                of: EvaluationOrder.stratified(
                    labels: reading != nil && !dataset.labels.isEmpty ? dataset.labels : labels, seed: options.seed, part: options.part),
                keeping: shapeWithoutClasses, options.memoryBudget)
        dataset.source?.expect(order)
        let wanted = if let size { size } else { try Self.batchSize(for: network) }
        batchSize = network.batch(min(wanted, max(1, order.count)))
        arithmetic = options.arithmetic
        executor = try OneDNNExecutor(network: network, batchSize: batchSize)
        cache = ActivationCache(
            stages: executor.stages, batchCount: (order.count + batchSize - 1) / batchSize,
            budget: options.memoryBudget)
        let ofLayers = Set(layers.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) })
        originalOthers = network.parameters.values.reduce(into: [:]) {
            if !ofLayers.contains($1.name) { $0[$1.name] = $1.values }
        }
        for layer in layers {
            guard let steps = reference.steps(of: layer.weight), let weights = network.parameters[layer.weight]?.values else { continue }
            executor.setSteps(steps, of: layer)
            try executor.setWeights(weights, bias: nil, of: layer)
        }
        loaded = reference.evaluatedVersions.layers
        loadedOthers = reference.versions.others
        original =
            shapeWithoutClasses == nil
            ? ExampleScores(count: dataset.count, classCount: executor.classCount)
            : ExampleScores(count: dataset.count, size: executor.classCount, order: order)
        current = original
        probed = ExampleScores(like: original, classCount: executor.classCount, order: order, batchSize: batchSize)
    }

    /// Of an output without classes every value is kept, of both networks: as many examples as half of the memory holds.
    private static func prefix(of order: [Int], keeping shape: Shape?, _ budget: Int) -> [Int] {
        guard let shape else { return order }
        return Array(order.prefix(max(1, budget / 2 / (8 * max(1, shape.count)))))
    }

    /// As many examples as take about 10 ms by their multiply-adds: a property of the network, so that every run has the same shape.
    private static func batchSize(for network: Network) throws(KernelError) -> Int {
        do throws(ShapeError) {
            let work = try network.multiplyAdds().reduce(0, +)
            let size = min(largestBatch, max(1, batchWork / max(1, work)))
            return size > 8 ? size / 2 * 2 : size
        } catch {
            throw .shape(node: error.node, expected: error.expected, actual: error.actual)
        }
    }

    /// Whether it can measure a network: its own graph, or one that differs in what is no layer's at most.
    func runs(_ applied: Applied) -> Bool { applied.network.layers == layers }

    var classCount: Int { executor.classCount }
    var batchCount: Int { (order.count + batchSize - 1) / batchSize }
    /// Multiply-adds of one example.
    var multiplyAddsOfOne: Int { executor.stages.reduce(0) { $0 + $1.multiplyAdds } }
    /// Bytes that kept activations may take at most.
    var reservedByteCount: Int { cache.reservedByteCount }

    /// The examples of one batch, in the fixed order.
    func examples(of batch: Int) -> ArraySlice<Int> {
        order[batch * batchSize..<min(order.count, (batch + 1) * batchSize)]
    }

    /// Examples measured with the original.
    var originalEvaluated: Int { min(order.count, originalBatches * batchSize) }

    /// Goes on with the next batch of the original network for some milliseconds; true when it is measured.
    func measureNextOriginalBatch() throws(KernelError) -> Bool {
        let batch = originalBatches
        let examples = examples(of: batch)
        guard try advance(batch: batch, of: reference) else { return false }
        let known = hasLabels ? labels : nil
        try executor.withLogits { original.record($0, of: examples, labels: known) }
        if !hasLabels, shapeWithoutClasses == nil { for example in examples { labels[example] = original.predictions[example] } }
        originalRight += shapeWithoutClasses != nil ? 0 : examples.count { labels[$0] >= 0 && original.predictions[$0] == labels[$0] }
        if let scorer {
            for example in examples {
                let known = scorer.known(example)
                originalFigure?.add(scorer.score(original.row(example), known: known), known: known)
            }
        }
        originalBatches += 1
        return true
    }

    /// Goes on with one batch of a network for some milliseconds, counting against `labels`; true when it is measured.
    ///
    /// An unchanged network is not run again: its scores are the original's.
    func measure(batch: Int, of applied: Applied, against labels: [Int32]) throws(KernelError) -> Bool {
        let examples = examples(of: batch)
        guard try advance(batch: batch, of: applied) else { return false }
        try executor.withLogits { current.record($0, of: examples, labels: labels) }
        return true
    }

    /// Scores of the form of this output, of nothing yet.
    var emptyScores: ExampleScores {
        shapeWithoutClasses == nil
            ? ExampleScores(count: dataset.count, classCount: executor.classCount)
            : ExampleScores(count: dataset.count, size: executor.classCount, order: order)
    }

    /// The figure of scores of all examples, whose original was measured: the share of right answers, another measure, or the mean cosine to the original.
    ///
    /// Cost: O(values).
    func figure(of scores: borrowing ExampleScores) -> Double {
        if let scorer {
            var tally = FigureTally(scorer)
            for example in order {
                let known = scorer.known(example)
                tally.add(scorer.score(scores.row(example), known: known), known: known)
            }
            return tally.value ?? 0
        }
        guard shapeWithoutClasses == nil else {
            var similarity = LogitsSimilarity(isOfClasses: false)
            for example in order { similarity.add(original.row(example), scores.row(example)) }
            return similarity.cosine ?? 0
        }
        let right = order.count { labels[$0] >= 0 && scores.predictions[$0] == labels[$0] }
        return Double(right) / Double(max(1, order.count))
    }

    /// A version that no other weights have.
    func makeVersion() -> UInt64 {
        newestVersion += 1
        return newestVersion
    }

    /// The same, beside what ``current`` keeps; nil are the own labels.
    func measure(
        batch: Int, of applied: Applied, into scores: inout ExampleScores, against known: [Int32]? = nil
    ) throws(KernelError) -> Bool {
        let examples = examples(of: batch)
        guard try advance(batch: batch, of: applied) else { return false }
        let labels = known ?? labels
        scores = try executor.withLogits { logits in
            var scores = scores
            scores.record(logits, of: examples, labels: labels)
            return scores
        }
        return true
    }

    /// The same into ``probed``, for one try of many: it starts at kept activations, but those that are kept stay as they are.
    func probe(batch: Int, of applied: Applied, against labels: [Int32]) throws(KernelError) -> Bool {
        let examples = examples(of: batch)
        guard try advance(batch: batch, of: applied, keeps: false) else { return false }
        try executor.withLogits { probed.record($0, of: examples, labels: labels) }
        return true
    }

    /// Goes on with a batch until it is done or ``EvaluatorRun/span`` is over; another batch or other weights begin anew.
    private func advance(batch: Int, of applied: Applied, keeps: Bool = true) throws(KernelError) -> Bool {
        var run = EvaluatorRun(batch: batch, versions: applied.evaluatedVersions, keeps: keeps)
        if let running, running.isSame(as: run) { run = running }
        running = nil
        let end = ContinuousClock.now + EvaluatorRun.span
        repeat {
            if try stepPastNaN(&run, applied) { return true }
        } while ContinuousClock.now < end
        running = run
        return false
    }

    /// A batch in which a NaN should have become a whole number begins anew in floats, which go on with it.
    private func stepPastNaN(_ run: inout EvaluatorRun, _ applied: Applied) throws(KernelError) -> Bool {
        do throws(KernelError) {
            return try step(&run, applied)
        } catch {
            guard case .notANumber = error, !run.avoidsIntegers else { throw error }
            (run.avoidsIntegers, run.nextStage) = (true, nil)
            return false
        }
    }

    /// One layer's weights, the other parameters, the input, or one stage; true after the last stage.
    private func step(_ run: inout EvaluatorRun, _ applied: Applied) throws(KernelError) -> Bool {
        while run.nextLayer < layers.count {
            let place = run.nextLayer
            let layer = layers[place]
            run.nextLayer += 1
            let parameters = applied.network.parameters
            guard loaded[place] != run.versions.layers[place], let weights = parameters[layer.weight]?.values else { continue }
            executor.setSteps(applied.steps(of: layer.weight), of: layer)
            try executor.setWeights(weights, bias: layer.bias.flatMap { parameters[$0]?.values }, of: layer)
            loaded[place] = run.versions.layers[place]
            return false
        }
        try loadOthers(of: applied)
        guard let stage = run.nextStage else {
            try begin(&run)
            return false
        }
        if stage < executor.stages.count {
            try executor.run(stage: stage)
            multiplyAddsDone += executor.stages[stage].multiplyAdds * batchSize
        }
        run.nextStage = stage + 1
        guard stage + 1 >= executor.stages.count else { return false }
        if run.keeps { cache.commit(after: run.firstStage, batch: run.batch, versions: run.names) }
        return true
    }

    private func begin(_ run: inout EvaluatorRun) throws(KernelError) {
        run.arithmetic = numbers(try executor.arrange(run.avoidsIntegers ? .simulated : arithmetic))
        if !run.avoidsIntegers { integerLayers = executor.integerLayers.ofQuantizedInputs }
        let start = cache.lookUp(batch: run.batch, versions: run.names)
        run.firstStage = start?.stage ?? 0
        run.nextStage = run.firstStage
        if let start {
            executor.attach(boundary: start.stage, to: start.memory)
        } else {
            try executor.take(examples(of: run.batch), of: dataset)
        }
        guard run.keeps else {
            for stage in cache.stages(after: run.firstStage) { executor.attach(boundary: stage, to: nil) }
            return
        }
        for place in cache.prepare(after: run.firstStage, batch: run.batch, versions: run.names) {
            executor.attach(boundary: place.stage, to: place.memory)
        }
    }

    /// By layer, a number for the stages from its own to the next layer's that work on images side by side or on whole numbers; 0 where none does.
    private func numbers(_ arrangement: [StageArithmetic]) -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: layers.count)
        var layer = -1
        for (index, stage) in executor.stages.enumerated() {
            if stage.weight != nil { layer += 1 }
            guard arrangement[index] != .dense, numbers.indices.contains(layer) else { continue }
            numbers[layer] ^= UInt64(index + 1) &* 0xD6E8_FEB8_6659_FD93 &* arrangement[index].rawValue
        }
        return numbers
    }

    /// Parameters that are no layer's.
    private func loadOthers(of applied: Applied) throws(KernelError) {
        guard applied.versions.others != loadedOthers else { return }
        for (name, original) in originalOthers {
            try executor.setParameter(applied.network.parameters[name]?.values ?? original, named: name)
        }
        loadedOthers = applied.versions.others
    }
}

/// A batch on its way through the network: heavy networks take longer for one than a step of the lane may.
private struct EvaluatorRun {
    /// How long a step goes on.
    static let span = Duration.milliseconds(8)

    let batch: Int
    let versions: Applied.Versions
    /// Whether its activations take the place of those that are kept.
    let keeps: Bool
    var firstStage = 0
    /// Layers before it hold the weights of this run.
    var nextLayer = 0
    /// Nil until the input or a kept boundary is in place.
    var nextStage: Int?
    /// How the layers and what follows them are computed: sums in another order have other bits, and images side by side lie otherwise.
    var arithmetic: [UInt64] = []
    /// Whether a NaN was met that no whole number stands for.
    var avoidsIntegers = false

    init(batch: Int, versions: Applied.Versions, keeps: Bool) {
        (self.batch, self.versions, self.keeps) = (batch, versions, keeps)
    }

    func isSame(as other: EvaluatorRun) -> Bool { batch == other.batch && versions == other.versions && keeps == other.keeps }

    /// What lies between two layers depends on the other parameters and on the arithmetic too: they count as a part of every layer.
    var names: [UInt64] {
        var names = versions.layers
        if versions.others != 0 { names = names.map { $0 &* 0x9E37_79B9_7F4A_7C15 &+ versions.others } }
        for (layer, number) in arithmetic.enumerated() where number != 0 && names.indices.contains(layer) {
            names[layer] = (names[layer] ^ number) &* 0xFF51_AFD7_ED55_8CCD | 1 << 61
        }
        return names
    }
}
