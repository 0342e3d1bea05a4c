import CKernels
import Foundation
import Tensors

/// Ternary, binary and DoReFa weights: a few values that follow from all shadow weights at each step.
///
/// The gradient goes straight through. DoReFa at 2 bits and more: through the rounding, then times ∂(tanh w / max|tanh w|)/∂w =
/// (1 − tanh² w) / max|tanh w|, the maximum taken as fixed within a step. Scales are taken as fixed too (Zhou 2016, Li 2016, Rastegari 2016).
struct ScaledWeights: TrainedRepresentation {
    let representation: WeightRepresentation
    /// max|tanh w| and tanh w of the shadow, as the last forward pass had them.
    private var largest: Float = 1
    private var bent: FloatMemory?

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
        switch representation {
        case .ternary: writeTernary(effective)
        case .binary(.channel): writeBinary(effective, context)
        case .binary(.layer), .dorefa(bits: 1): writeBinaryLayer(effective, context)
        case .dorefa(let bits): writeDorefa(effective, bits: bits, context)
        default: break
        }
        context.mask(effective)
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        guard case .dorefa(let bits) = representation, bits > 1, largest > 0, let slope = gradient.baseAddress else { return }
        if let bent, let known = bent.floats.baseAddress { return pare_dorefa_backward(known, gradient.count, largest, slope) }
        for index in gradient.indices {
            let bent = tanh(context.shadow[index])
            gradient[index] *= (1 - bent * bent) / largest
        }
    }

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        let values = FloatMemory(context.shadow)
        defer { withExtendedLifetime(values) {} }
        context.copyKept(into: values.floats)
        return encode(CodeBuffers(values: values.floats, levels: effective.levels), context) ?? CodedValues(coding: .floats(bits: 32))
    }

    private func encode(_ buffers: CodeBuffers, _ context: TrainedContext) -> CodedValues? {
        guard let survivors else { return nil }
        let given = GivenStructure(zeros: 0, count: buffers.values.count, values: [], grid: nil)
        let input = CoderInput(
            layout: context.layout, survivors: survivors, given: given, isPruned: context.isPruned, deviation: context.deviation,
            blocks: WeightBlocks { false })
        return representation.codedForm.coder(CodeSearch()).encode(buffers, of: input)
    }
}

/// The same values as the coders of plans give, to the bit, without what only a summary needs.
extension ScaledWeights {
    /// As ``TernaryCoder``.
    private func writeTernary(_ values: UnsafeMutableBufferPointer<Float>) {
        guard let start = values.baseAddress else { return }
        func mean(above threshold: Float) -> Double {
            var (sum, count) = (0.0, 0)
            pare_add_magnitudes(start, values.count, 1, threshold, &sum, &count)
            return count == 0 ? 0 : sum / Double(count)
        }
        let threshold = Float(roundedDown: TernaryCoder.share * mean(above: 0))
        pare_ternarize(start, values.count, threshold, Float(mean(above: threshold)))
    }

    /// As ``BinaryCoder``, a scale for each channel.
    private func writeBinary(_ values: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        let layout = context.layout
        let (step, stride) = layout.isTransposed ? (1, layout.channels) : (layout.length, 1)
        for channel in 0..<layout.channels {
            guard let start = values.baseAddress.map({ $0 + channel * step }) else { return }
            var (sum, count) = (0.0, 0)
            pare_add_magnitudes(start, layout.length, stride, 0, &sum, &count)
            if !context.isPruned { count = layout.length }
            pare_binarize(start, layout.length, stride, count == 0 ? 0 : Float(sum / Double(count)), context.isPruned ? 1 : 0)
        }
    }

    /// As ``BinaryCoder``, one scale: its sums are those of blocks.
    private func writeBinaryLayer(_ values: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        guard let start = values.baseAddress else { return }
        var (sum, count) = (0.0, 0)
        _ = WeightBlocks { false }.forEach(in: values.count) { range in
            var (part, found) = (0.0, 0)
            pare_add_magnitudes(start + range.lowerBound, range.count, 1, 0, &part, &found)
            sum += part
            count += context.isPruned ? found : range.count
        }
        pare_binarize(start, values.count, 1, count == 0 ? 0 : Float(sum / Double(count)), context.isPruned ? 1 : 0)
    }

    /// As ``DorefaCoder``; tanh w is kept for the gradient.
    private mutating func writeDorefa(_ values: UnsafeMutableBufferPointer<Float>, bits: Int, _ context: TrainedContext) {
        let memory = bent ?? FloatMemory(repeatElement(0, count: values.count))
        bent = memory
        guard let start = values.baseAddress, let target = memory.floats.baseAddress, let shadow = context.shadow.baseAddress
        else { return }
        largest = tanh(pare_largest_magnitude(start, values.count))
        pare_bend(shadow, values.count, target)
        let steps = (1 << bits) - 1
        let levels = (0...steps).map { 2 * Float($0) / Float(steps) - 1 }
        pare_dorefa(start, target, values.count, largest, levels, Int32(steps), context.isPruned ? 1 : 0)
    }
}
