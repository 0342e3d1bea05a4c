import CKernels
import Networks
import Tensors

/// Quantized activations, and a Relu; backward straight through.
final class ActivationStep: TrainingStep {
    /// What a clip is: trained, or a number that stays.
    enum Clip {
        case trained(TrainedOperand)
        case constant(Float)

        var value: Float {
            switch self {
            case .trained(let operand): operand.start.pointee
            case .constant(let value): value
            }
        }
    }

    /// Values whose cut gradients are summed together, so that the sum does not depend on the number of threads.
    private static let chunk = 16_384

    private let kind: ActivationQuantizer.Kind
    private let clip: Clip
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let chunks: Int
    private let sums: AlignedBuffer

    init(
        _ kind: ActivationQuantizer.Kind, clip: Clip, _ input: TrainedOperand, to output: TrainedTensor, withRelu: Bool,
        _ workers: TrainingWorkers
    ) {
        (self.kind, self.clip, self.input, self.output) = (kind, clip, input, output)
        (self.withRelu, self.workers) = (withRelu, workers)
        chunks = (output.shape.count + Self.chunk - 1) / Self.chunk
        sums = AlignedBuffer(byteCount: chunks * MemoryLayout<Double>.stride)
    }

    func forward(seed: UInt64) throws(KernelError) {
        let clip = clip.value
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let (source, result) = (input.start + range.lowerBound, output.start + range.lowerBound)
            switch kind {
            case .sign: pare_sign(source, range.count, result)
            case .clipped(let bits): pare_quantize_clipped(source, range.count, clip, Int32(bits), result)
            }
            if withRelu { pare_shift_rows(result, 1, range.count, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        let (clip, count) = (clip.value, output.shape.count)
        let sums = sums.start.assumingMemoryBound(to: Double.self)
        try workers.split(chunks, size: Self.chunk) { range in
            for chunk in range {
                let at = chunk * Self.chunk
                let part = min(Self.chunk, count - at)
                switch kind {
                case .sign: pare_sign_backward(input.start + at, above + at, part, above + at)
                case .clipped: sums[chunk] = pare_quantize_clipped_backward(input.start + at, above + at, part, clip, above + at)
                }
                if let gradient = input.gradient { pare_accumulate(above + at, part, input.adds, gradient + at) }
            }
        }
        leaveClipGradient(sums)
    }

    private func leaveClipGradient(_ sums: UnsafePointer<Double>) {
        guard case .trained(let operand) = clip, let gradient = operand.gradient else { return }
        let earlier = operand.accumulates ? Double(gradient.pointee) : 0
        gradient.pointee = Float((0..<chunks).reduce(earlier) { $0 + sums[$1] })
    }
}

extension TrainingBuilder {
    mutating func activation(_ stage: PlannedStage, _ quantizer: ActivationQuantizer) throws(KernelError) -> any TrainingStep {
        var clip = ActivationStep.Clip.constant(0)
        if stage.operands.count > 1 {
            guard case .parameter(let name, _) = stage.operands[1] else { throw refusal(stage, "its clip is computed") }
            if parameters[name]?.gradientStart != nil {
                clip = .trained(try operand(stage, 1))
            } else {
                clip = .constant(network.parameters[name]?.values.floats.first ?? 0)
            }
        }
        return ActivationStep(
            quantizer.kind, clip: clip, try operand(stage, 0), to: output(stage), withRelu: stage.withRelu, workers)
    }
}
