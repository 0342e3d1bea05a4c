import Networks
import Tensors

/// Trains a network by oneDNN's matrix products and loops in C, all tensors row-major, so that nothing is ever reordered.
///
/// Stages are those of ``StagePlan``, with every Dropout a stage of its own. Images are shared out among the threads in fixed parts, and what
/// is summed over images is summed for each part and then part by part, so that the bits depend on the number of threads
/// (``KernelLibrary/setThreads(_:)`` of the thread that makes it) but never on which of them was faster.
///
/// Memory: activations and their gradients of one batch, parameters and gradients once, and for each thread the unfolded image and the
/// weight gradient of the largest convolution.
public final class OneDNNTrainingExecutor: TrainingExecutor {
    public let batchSize: Int
    public let classCount: Int
    public let trainedParameters: [String]
    public let statistics: [String]

    private let steps: [any TrainingStep]
    private let parameters: [String: TrainedTensor]
    private let input: TrainedTensor
    private let logits: TrainedTensor

    /// Builds the stages for batches of `batchSize` examples.
    ///
    /// Throws ``KernelError/unsupported(node:operation:reason:)`` at the first node that can't be trained, and
    /// ``KernelError/shape(node:expected:actual:)`` where shapes do not fit.
    public init(network: Network, batchSize: Int) throws(KernelError) {
        let plan = try StagePlanner.plan(network, batchSize: batchSize, keepsDropout: true)
        let flow = try network.flow(of: plan, batchSize: batchSize)
        (trainedParameters, statistics) = (flow.trained, flow.statistics)
        var builder = TrainingBuilder(plan, network, trained: trainedParameters, statistics: statistics)
        steps = try builder.build()
        guard case .value(let output, _) = plan.output, plan.values[output].producer >= 0 else {
            throw .unsupported(node: network.output, operation: "output", reason: "nothing computes it")
        }
        input = builder.values[0]
        logits = builder.values[output]
        parameters = builder.parameters
        self.batchSize = batchSize
        classCount = plan.classCount
    }

    public func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) { body(input.floats) }

    public func values(of parameter: String) -> UnsafeMutableBufferPointer<Float> {
        parameters[parameter]?.floats ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    public func gradient(of parameter: String) -> UnsafeMutableBufferPointer<Float> {
        parameters[parameter]?.gradients ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    public var forwardStageCount: Int { steps.count }
    public var backwardStageCount: Int { steps.count }

    public func runForward(stage: Int, seed: UInt64) throws(KernelError) { try steps[stage].forward(seed: seed) }

    public func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result {
        body(UnsafeBufferPointer(logits.floats))
    }

    public func withLogitsGradient(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) { body(logits.gradients) }

    public func runBackward(stage: Int) throws(KernelError) { try steps[steps.count - 1 - stage].backward() }
}
