import Foundation
import Tensors

/// Ternary, binary and DoReFa weights: a few values that follow from all shadow weights at each step.
///
/// The gradient goes straight through. DoReFa at 2 bits and more: through the rounding, then times ∂(tanh w / max|tanh w|)/∂w =
/// (1 − tanh² w) / max|tanh w|, the maximum taken as fixed within a step. Scales are taken as fixed too (Zhou 2016, Li 2016, Rastegari 2016).
struct ScaledWeights: TrainedRepresentation {
    let representation: WeightRepresentation
    /// As the last forward pass had it.
    private var largest: Float = 1

    /// Of no weights: none of these coders searches.
    private let survivors: Survivors?

    init(_ representation: WeightRepresentation) {
        self.representation = representation
        let none = UnsafeBufferPointer<Float>(start: nil, count: 0)
        survivors = (try? WeightDistribution(none)).map { Survivors($0, threshold: 0) }
    }

    func renew(_ context: TrainedContext) {}

    mutating func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        context.copyKept(into: effective)
        if case .dorefa = representation { largest = DorefaCoder.largest(of: effective) }
        _ = encode(effective, context)
        context.mask(effective)
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        guard case .dorefa(let bits) = representation, bits > 1, largest > 0 else { return }
        for index in gradient.indices {
            let bent = tanh(context.shadow[index])
            gradient[index] *= (1 - bent * bent) / largest
        }
    }

    func coded(_ effective: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) -> CodedValues {
        let values = FloatMemory(context.shadow)
        defer { withExtendedLifetime(values) {} }
        context.copyKept(into: values.floats)
        return encode(values.floats, context) ?? CodedValues(coding: .floats(bits: 32))
    }

    private func encode(_ values: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) -> CodedValues? {
        guard let survivors else { return nil }
        let input = CoderInput(
            layout: context.layout, survivors: survivors, given: GivenStructure(zeros: 0, count: values.count, values: [], grid: nil),
            isPruned: context.isPruned, blocks: WeightBlocks { false })
        return representation.coder(warmStart: nil, findsOptimum: false).encode(values, of: input)
    }
}
