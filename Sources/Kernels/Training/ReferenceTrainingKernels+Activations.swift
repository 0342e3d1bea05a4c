import Networks
import Tensors

extension ReferenceTrainingKernels {
    static func activation(_ inputs: [DoubleTensor], _ quantizer: ActivationQuantizer) -> DoubleTensor {
        switch quantizer.kind {
        case .sign: return inputs[0].map { $0 >= 0 ? 1 : $0 < 0 ? -1 : $0 }
        case .clipped(let bits):
            let clip = inputs[1].values[0]
            guard clip > 0 else { return inputs[0].map { $0.isNaN ? $0 : 0 } }
            let steps = Double((1 << bits) - 1)
            return inputs[0].map { ($0.isNaN ? $0 : (max(0, min(clip, $0)) * steps / clip).rounded(.toNearestOrEven)) * clip / steps }
        }
    }

    /// Straight through inside the range, and to the clip from what it cuts.
    static func activationGradients(_ inputs: [DoubleTensor], _ quantizer: ActivationQuantizer, _ gradient: DoubleTensor) -> [DoubleTensor?]
    {
        switch quantizer.kind {
        case .sign: return [gradient.zip(inputs[0]) { abs($1) <= 1 ? $0 : 0 }]
        case .clipped:
            let clip = inputs[1].values[0]
            let cut = gradient.zip(inputs[0]) { $1 >= clip ? $0 : 0 }.values.reduce(0, +)
            return [gradient.zip(inputs[0]) { $1 > 0 && $1 < clip ? $0 : 0 }, DoubleTensor(shape: inputs[1].shape, values: [cut])]
        }
    }
}
