import CKernels
import Networks
import Tensors

/// Activations at k bits, or their signs; gradients pass straight through (Zhou 2016; Choi 2018; Courbariaux and Bengio 2016).
final class ActivationStep: TrainingStep {
    private let input: TrainedOperand
    private let clip: TrainedOperand?
    private let output: TrainedTensor
    private let quantizer: ActivationQuantizer
    private let workers: TrainingWorkers

    init(
        _ input: TrainedOperand, clip: TrainedOperand?, to output: TrainedTensor, _ quantizer: ActivationQuantizer,
        _ workers: TrainingWorkers
    ) {
        (self.input, self.clip, self.output, self.quantizer, self.workers) = (input, clip, output, quantizer, workers)
    }

    func forward(seed: UInt64) throws(KernelError) {
        let (kind, limit) = (quantizer.kind, clip?.start[0] ?? 0)
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let (from, to) = (input.start + range.lowerBound, output.start + range.lowerBound)
            switch kind {
            case .clipped(let bits): pare_quantize_clipped(from, range.count, limit, Int32(bits), to)
            case .sign: pare_sign(from, range.count, to)
            }
        }
    }

    /// The clip's gradient is summed in pieces of a fixed size, so that it does not depend on who is free.
    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        let (kind, limit) = (quantizer.kind, clip?.start[0] ?? 0)
        let count = output.shape.count
        var slope = 0.0
        for first in stride(from: 0, to: count, by: Self.piece) {
            let size = min(Self.piece, count - first)
            let (from, slopes) = (input.start + first, above + first)
            switch kind {
            case .clipped: slope += pare_quantize_clipped_backward(from, slopes, size, limit, slopes)
            case .sign: pare_sign_backward(from, slopes, size, slopes)
            }
            if let gradient = input.gradient { pare_accumulate(slopes, size, input.adds, gradient + first) }
        }
        if let clip, let gradient = clip.gradient { gradient[0] = (clip.adds == 0 ? 0 : gradient[0]) + Float(slope) }
    }

    private static let piece = 1 << 14
}

extension TrainingBuilder {
    mutating func activation(_ stage: PlannedStage, _ quantizer: ActivationQuantizer) throws(KernelError) -> any TrainingStep {
        guard !stage.withRelu else { throw refusal(stage, "a Relu after quantized activations can't be trained") }
        let clip = stage.operands.count > 1 ? try parameter(stage, stage.operands[1]) : nil
        return ActivationStep(try value(stage, 0), clip: clip, to: output(stage), quantizer, workers)
    }
}
