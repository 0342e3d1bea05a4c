/// Runs a network forward and backward on batches of one size, stage by stage, for training. Owned by one thread.
///
/// Parameters and gradients lie row-major, in the shapes of the network, in memory of the executor's own: whoever trains writes the
/// values that the next forward run is to use, and reads the gradients that the last backward run left. The same values, inputs and thread
/// count give the same bits.
public protocol TrainingExecutor: AnyObject {
    /// Examples of one batch; every batch is full.
    var batchSize: Int { get }
    var classCount: Int { get }
    /// The parameters that have a gradient, in the order of the network: weights, biases, scale and shift of normalizations, clips of
    /// quantized activations.
    var trainedParameters: [String] { get }
    /// Mean and variance of normalizations: no gradient; a forward run in training moves them.
    var statistics: [String] { get }

    /// Lends the input [batchSize, C, H, W], row-major, to be written before the first forward stage.
    func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void)
    /// The values of a parameter or statistic; the address holds as long as the executor. Empty for a name that it does not have.
    func values(of parameter: String) -> UnsafeMutableBufferPointer<Float>
    /// ∂loss/∂parameter as the last backward run left it; the address holds as long as the executor. Empty for a name without a gradient.
    func gradient(of parameter: String) -> UnsafeMutableBufferPointer<Float>

    /// Stages of the forward run, and of the backward run that follows: short pieces of work, so that something urgent can go between.
    var forwardStageCount: Int { get }
    var backwardStageCount: Int { get }
    /// Runs a stage, in order from 0. Stage 0 reads the parameters as they are then. Dropout draws from `seed`, which names the batch.
    func runForward(stage: Int, seed: UInt64) throws(KernelError)
    /// Lends the logits [batchSize, classCount], row-major, after the last forward stage: what a Softmax at the end would read.
    func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result
    /// Lends ∂loss/∂logits [batchSize, classCount], row-major, to be written before the first backward stage.
    func withLogitsGradient(_ body: (UnsafeMutableBufferPointer<Float>) -> Void)
    /// Runs a stage, in order from 0; after the last one every gradient stands.
    func runBackward(stage: Int) throws(KernelError)
}

extension TrainingExecutor {
    /// All forward stages.
    public func forward(seed: UInt64 = 0) throws(KernelError) {
        for stage in 0..<forwardStageCount { try runForward(stage: stage, seed: seed) }
    }

    /// All backward stages.
    public func backward() throws(KernelError) {
        for stage in 0..<backwardStageCount { try runBackward(stage: stage) }
    }
}
