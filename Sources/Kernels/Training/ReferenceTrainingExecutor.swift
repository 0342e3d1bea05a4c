import Networks
import Tensors

/// Trains a network by plain Swift with all sums in Double: slow, for tests to hold fast executors against.
///
/// Parameters, logits and gradients are rounded to float32 where they leave it; between the stages everything stays in Double.
public final class ReferenceTrainingExecutor: TrainingExecutor {
    private let graph: ReferenceTrainingGraph
    private var parameterMemory: [String: FloatMemory] = [:]
    private var gradientMemory: [String: FloatMemory] = [:]
    private let input: FloatMemory
    private let logits: FloatMemory
    private let logitsGradient: FloatMemory

    /// Throws where a node can't be trained or shapes do not fit.
    public init(network: Network, batchSize: Int) throws(KernelError) {
        graph = try ReferenceTrainingGraph(network: network, batchSize: batchSize)
        input = FloatMemory(count: graph.input.values.count)
        logits = FloatMemory(count: graph.logitsGradient.values.count)
        logitsGradient = FloatMemory(count: graph.logitsGradient.values.count)
        for name in graph.trainedParameters + graph.statistics {
            guard let values = graph.parameters[name] else { continue }
            parameterMemory[name] = FloatMemory(count: values.values.count)
            parameterMemory[name]?.write(values)
        }
        for name in graph.trainedParameters {
            gradientMemory[name] = FloatMemory(count: graph.parameters[name]?.values.count ?? 0)
        }
    }

    public var batchSize: Int { graph.batchSize }
    public var classCount: Int { graph.classCount }
    public var trainedParameters: [String] { graph.trainedParameters }
    public var statistics: [String] { graph.statistics }
    public var forwardStageCount: Int { graph.stageCount }
    public var backwardStageCount: Int { graph.stageCount }

    public func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) { body(input.floats) }

    public func values(of parameter: String) -> UnsafeMutableBufferPointer<Float> {
        parameterMemory[parameter]?.floats ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    public func gradient(of parameter: String) -> UnsafeMutableBufferPointer<Float> {
        gradientMemory[parameter]?.floats ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    public func runForward(stage: Int, seed: UInt64) throws(KernelError) {
        if stage == 0 {
            graph.input.values = input.doubles
            for (name, memory) in parameterMemory { graph.parameters[name]?.values = memory.doubles }
        }
        graph.runForward(stage: stage, seed: seed)
        guard stage == graph.stageCount - 1 else { return }
        logits.write(graph.logits)
        for name in graph.statistics {
            if let moved = graph.parameters[name] { parameterMemory[name]?.write(moved) }
        }
    }

    public func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result {
        body(UnsafeBufferPointer(logits.floats))
    }

    public func withLogitsGradient(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) { body(logitsGradient.floats) }

    public func runBackward(stage: Int) throws(KernelError) {
        if stage == 0 { graph.logitsGradient.values = logitsGradient.doubles }
        graph.runBackward(stage: stage)
        guard stage == graph.stageCount - 1 else { return }
        for (name, memory) in gradientMemory {
            if let gradient = graph.gradients[name] { memory.write(gradient) } else { memory.floats.update(repeating: 0) }
        }
    }
}

/// Zeroed floats at an address that holds.
private final class FloatMemory {
    let floats: UnsafeMutableBufferPointer<Float>

    init(count: Int) {
        floats = .allocate(capacity: count)
        floats.initialize(repeating: 0)
    }

    deinit { floats.deallocate() }

    var doubles: [Double] { floats.map(Double.init) }

    func write(_ tensor: DoubleTensor) {
        for (index, value) in tensor.values.enumerated() { floats[index] = Float(value) }
    }
}
