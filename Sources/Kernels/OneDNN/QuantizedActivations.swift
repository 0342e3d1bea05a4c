import CKernels
import COneDNN
import Networks

/// Values made coarse one by one, on the threads of oneDNN: the kernels of `CKernels`.
///
/// Source and destination lie alike. A sign must not meet the padding of a layout in blocks, which has to stay 0.
final class QuantizedActivations {
    private let kind: ActivationQuantizer.Kind
    private let clip: BoundMemory?
    private let source: BoundMemory
    private let destination: BoundMemory
    private let threads = pare_thread_count()

    init(_ kind: ActivationQuantizer.Kind, clip: BoundMemory?, from source: BoundMemory, to destination: BoundMemory) {
        self.kind = kind
        self.clip = clip
        self.source = source
        self.destination = destination
    }

    func run() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let count = source.layout.byteCount / 4
        // A thread's start costs as much as some thousand values.
        let grain = max(8_192, count / (4 * Int(threads)))
        pare_parallel(
            threads, count, grain,
            { context, _, first, last in
                guard let context else { return }
                Unmanaged<QuantizedActivations>.fromOpaque(context).takeUnretainedValue().run(first..<last)
            }, context)
    }

    private func run(_ range: Range<Int>) {
        guard let from = source.data?.assumingMemoryBound(to: Float.self), let to = destination.data?.assumingMemoryBound(to: Float.self)
        else { return }
        switch kind {
        case .sign: pare_sign(from + range.lowerBound, range.count, to + range.lowerBound)
        case .clipped(let bits):
            let clip = clip?.data?.assumingMemoryBound(to: Float.self).pointee ?? 0
            pare_quantize_clipped(from + range.lowerBound, range.count, clip, Int32(bits), to + range.lowerBound)
        }
    }
}

extension StageBuilder {
    /// Quantizes in the layout that it finds, except that a sign brings values with padding into rows.
    mutating func buildActivation(_ stage: PlannedStage, _ quantizer: ActivationQuantizer) throws(KernelError) {
        var source = try source(stage.operands[0])
        let isPadded = source.layout.byteCount != stage.operands[0].shape.count * 4
        if quantizer.kind == .sign, isPadded { source = try reordered(source, to: .strided(stage.operands[0].shape)) }
        let clip = stage.operands.count > 1 ? try self.source(stage.operands[1], plain: true) : nil
        let memory = try destination(source.layout)
        current.steps.append(.quantization(QuantizedActivations(quantizer.kind, clip: clip, from: source, to: memory)))
        try addActivation(to: memory, stage)
    }
}
