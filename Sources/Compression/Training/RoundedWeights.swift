import CKernels
import Tensors

/// Float weights, rounded to a 16-bit type or left as they are; the gradient goes straight through.
struct RoundedWeights: TrainedRepresentation {
    let format: StoredWeights.FloatFormat
    var hasLevels: Bool { false }

    func renew(_ context: TrainedContext) {}

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        context.copyKept(into: effective)
        guard format != .float32 else { return }
        let round = format.round
        for index in effective.indices { effective[index] = round(effective[index]) }
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {}

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        var squaredError = 0.0
        for index in effective.values.indices where context.isKept(index) {
            let error = Double(context.shadow[index]) - Double(effective.values[index])
            squaredError += error * error
        }
        return CodedValues(squaredError: squaredError, coding: .floats(bits: format.bits), table: .floats(format))
    }
}

extension TrainedContext {
    /// The shadow, +0 where it is not kept.
    func copyKept(into effective: UnsafeMutableBufferPointer<Float>) {
        guard let source = shadow.baseAddress, let target = effective.baseAddress else { return }
        if let kept { pare_copy_kept(source, kept.baseAddress, shadow.count, target) } else { _ = effective.update(from: shadow) }
    }
}
