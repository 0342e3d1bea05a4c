import Tensors

extension ReferenceKernels {
    /// The quantizer of a network, in float32 step by step as `CKernels` has it; NaN stays NaN.
    public static func activation(_ x: ReferenceTensor, clip: ReferenceTensor?, _ quantizer: ActivationQuantizer) -> ReferenceTensor {
        switch quantizer.kind {
        case .sign:
            return ReferenceTensor(shape: x.shape, values: x.values.map { $0 >= 0 ? 1 : $0 < 0 ? -1 : $0 })
        case .clipped(let bits):
            let clip = clip?.values.first ?? 0
            let steps = Float((1 << bits) - 1)
            let (scale, step) = clip > 0 ? (steps / clip, clip / steps) : (0, 0)
            let values = x.values.map { value in
                let low = value <= 0 ? 0 : value
                return ((low >= clip ? clip : low) * scale).rounded(.toNearestOrEven) * step
            }
            return ReferenceTensor(shape: x.shape, values: values)
        }
    }
}
