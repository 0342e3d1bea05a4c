import CKernels
import COneDNN
import Networks
import Tensors

/// Runs a network by oneDNN: primitives are built once, in the layouts that oneDNN prefers, with bias and Relu fused.
///
/// Stages are those of ``StagePlan``: a Softmax at the end is left out, so that the logits are what it reads. It is planned for the number of
/// threads that ``KernelLibrary/setThreads(_:)`` gave the thread that makes it. Running allocates nothing where all are
/// numbers.
///
/// Memory: all activations of one batch, and the parameters once more in the kernels' layouts.
///
/// oneDNN's Relu, Clip and window maximum take a NaN for the least number. A processor notes an operation that makes a NaN or compares one, so
/// after a stage where one did, the reference kernels say what becomes of them.
public final class OneDNNExecutor: NetworkExecutor {
    public let batchSize: Int
    public let classCount: Int
    public let stages: [ExecutionStage]

    let engine: ProcessorEngine
    let plan: StagePlan
    /// Nil where no stage can be run by lists of its weights.
    private let planner: LanePlanner?
    private let integers: IntegerPlanner
    /// What weights are multiples of, and which, by name.
    private let steps = WeightSteps()
    private var multiples: [String: IntegerPlanner.Weights] = [:]
    public private(set) var integerLayers: [LayerArithmetic] = []
    /// Where values lie that are nobody else's, and how many bytes each may take at most.
    private let own: [AlignedBuffer]
    private let byteCounts: [Int]
    private(set) var kernels: StageKernels
    /// Those that were used before, with the parameters that have changed since.
    private var others: (kernels: StageKernels, stale: Set<String>)?
    /// The values of each parameter as they were given last.
    private(set) var parameters: [String: Tensor] = [:]
    /// Weights that are no zeros, of the parameters for which it counts.
    private var nonzeros: [String: Int] = [:]
    /// By stage.
    private let losesNaN: [Bool]
    private let threads = pare_thread_count()
    /// Why memory could not be attached.
    private var refusal: KernelError?

    /// Builds kernels for batches of `batchSize` examples.
    ///
    /// Throws ``KernelError/unsupported(node:operation:reason:)`` at the first node that can't be run, ``KernelError/shape(node:expected:actual:)``
    /// where shapes do not fit, ``KernelError/library(operation:status:)`` where oneDNN refuses.
    public init(network: Network, batchSize: Int) throws(KernelError) {
        let engine = try ProcessorEngine()
        let plan = try StagePlanner.plan(network, batchSize: batchSize)
        let planner = LanePlanner(plan)
        (self.engine, self.plan, self.planner) = (engine, plan, planner)
        integers = IntegerPlanner(plan)
        var builder = try StageBuilder(plan, engine: engine, LaneChoice(lanes: planner?.lanes ?? 8))
        try builder.build()
        let byteCounts = zip(plan.values, builder.layouts).map { value, layout in
            planner == nil || value.shape.rank != 4 ? layout.byteCount : max(layout.byteCount, value.laneByteCount(planner?.lanes ?? 8))
        }
        let own = byteCounts.map { AlignedBuffer(byteCount: $0) }
        (self.own, self.byteCounts) = (own, byteCounts)
        let kernels = try StageKernels(&builder, byteCounts, own: own)
        self.kernels = kernels
        losesNaN = plan.stages.map(\.losesNaN)
        self.batchSize = batchSize
        classCount = plan.classCount
        stages = plan.stages.enumerated().map { index, stage in
            ExecutionStage(
                name: stage.name, nodes: stage.nodes, weight: stage.weight, otherParameters: stage.otherParameters,
                boundaryByteCount: kernels.memory.byteCount(at: index),
                multiplyAdds: stage.multiplyAdds)
        }
        for parameter in network.parameters.values { try load(parameter.values, as: parameter.name) }
    }

    public func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        let input = kernels.memory.address(of: 0, at: 0).assumingMemoryBound(to: Float.self)
        body(UnsafeMutableBufferPointer(start: input, count: plan.values[0].shape.count))
    }

    public func attach(boundary stage: Int, to memory: UnsafeMutableRawPointer?) {
        do throws(KernelError) {
            try kernels.memory.attach(boundary: stage, to: memory)
        } catch {
            refusal = error
        }
    }

    public func run(stage: Int) throws(KernelError) {
        if let refusal { throw refusal }
        _ = pare_take_invalid(1)
        var isSuspect = false
        let isWhole = kernels.choice.integers.arithmetic(of: stage) != nil
        let isDoubtful = !isWhole && (losesNaN[stage] || kernels.choice.usesLanes(stage))
        for step in kernels.built[stage].steps {
            if try step.run(in: engine) { throw .notANumber(node: plan.stages[stage].name) }
            if isDoubtful, pare_take_invalid(threads) != 0 { isSuspect = true }
        }
        if isSuspect { try restoreNaN(stage) }
        kernels.memory.carry(past: stage)
    }

    public func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result {
        for step in kernels.final.steps { _ = try step.run(in: engine) }
        let count = plan.output.shape.count
        guard let start = kernels.logits.data?.assumingMemoryBound(to: Float.self) else {
            throw .library(operation: "lend the logits", status: "no memory")
        }
        return body(UnsafeBufferPointer(start: start, count: count))
    }

    public func setWeights(_ weights: Tensor, bias: Tensor?, of layer: Layer) throws(KernelError) {
        guard weights.shape.count == layer.shape.count else {
            throw .shape(node: layer.name, expected: "[\(layer.shape)]", actual: "[\(weights.shape)]")
        }
        try load(weights, as: layer.weight)
        if let bias, let name = layer.bias { try load(bias, as: name) }
    }

    public func setParameter(_ values: Tensor, named name: String) throws(KernelError) { try load(values, as: name) }

    public func setSteps(_ steps: [Float]?, of layer: Layer) {
        guard self.steps.values[layer.weight] != steps else { return }
        self.steps.values[layer.weight] = steps
        multiples[layer.weight] = nil
        others?.stale.insert(layer.weight)
    }

    /// Two sets of kernels are kept, so that going back and forth between two networks builds nothing.
    public func arrange(_ arithmetic: Arithmetic) throws(KernelError) -> [StageArithmetic] {
        var (whole, layers) = integers.choice(arithmetic, weights: multiples) { parameters[$0]?.floats.first }
        let listed = listed(beside: whole, arithmetic)
        if !listed.isEmpty {
            (whole, layers) = integers.choice(arithmetic, weights: multiples, listed: listed) { parameters[$0]?.floats.first }
        }
        integerLayers = layers
        var choice = planner?.choice(nonzeros: nonzeros, beside: whole) ?? LaneChoice(lanes: 8)
        choice.integers = whole
        if choice != kernels.choice { try change(to: choice) }
        return stages.indices.map { stage in
            kernels.choice.integers.arithmetic(of: stage) ?? (kernels.choice.usesLanes(stage) ? .lists : .dense)
        }
    }

    /// The weights of layers that could sum integers and are run faster by lists of what is left of them; none where integers were asked for.
    private func listed(beside whole: IntegerChoice, _ arithmetic: Arithmetic) -> Set<String> {
        guard arithmetic == .auto, !whole.layers.isEmpty, let planner else { return [] }
        let choice = planner.choice(nonzeros: nonzeros, beside: whole, isKept: false)
        return Set(whole.layers.filter { choice.usesLanes($0) }.compactMap { integers.weight(at: $0) })
    }

    /// Runs each stage by lists of its weights that can be, whether that is faster or not; whether the last one is.
    func useLists() throws(KernelError) -> Bool {
        guard let planner else { return false }
        let stages = planner.listable
        if stages.contains(true) { try change(to: LaneChoice(lanes: planner.lanes, stages: stages)) }
        return stages.last ?? false
    }

    private func change(to choice: LaneChoice) throws(KernelError) {
        let before = kernels
        if let others, others.kernels.choice == choice {
            for name in others.stale {
                if let values = parameters[name] { try others.kernels.load(values, as: name) }
            }
            kernels = others.kernels
        } else {
            var builder = try StageBuilder(plan, engine: engine, choice, steps: steps)
            try builder.build()
            let made = try StageKernels(&builder, byteCounts, own: own)
            for (name, values) in parameters { try made.load(values, as: name) }
            kernels = made
        }
        others = (before, [])
        for (boundary, memory) in before.memory.attached.enumerated() { try kernels.memory.attach(boundary: boundary, to: memory) }
    }

    /// The kernels that were chosen, by stage: for messages and tests.
    package var implementations: [String] {
        kernels.built.map { stage in stage.steps.map(\.implementation).joined(separator: " + ") }
    }

    private func load(_ values: Tensor, as name: String) throws(KernelError) {
        parameters[name] = values
        if planner?.weights.contains(name) ?? false {
            nonzeros[name] = values.withFloats { pare_count_nonzeros($0.baseAddress, $0.count) }
        }
        if let own = steps.values[name], integers.isLayer(name) {
            multiples[name] = integers.multiples(values, own, name)
        }
        others?.stale.insert(name)
        try kernels.load(values, as: name)
    }
}

extension PlannedValue {
    /// Bytes of images side by side.
    fileprivate func laneByteCount(_ lanes: Int) -> Int { shape[0].rounded(up: lanes) * shape.rowCount * 4 }
}
