import Compression
import Networks

/// Finds what the weights of layers take in a file, to the byte and without writing it: one parameter after another, a pass of a coder a step.
struct LayerSizing {
    private struct Wanted {
        var weights: StoredWeights
        var role: Parameter.Role
        var coding: WeightCoding?
    }

    private var wanted: [Wanted]
    private var current: StreamSizes?
    /// Of the parameters that are done, records with head and table.
    private(set) var byteCount = 0

    /// Cost: O(weights).
    init(_ layers: [CompressedLayer]) {
        wanted = layers.reversed().flatMap { layer in
            layer.weightParameters.map { name in
                let part = layer.summary.parts?.first { $0.weight == name }?.plan
                // A factor that is held as floats has no levels of its own.
                let stored = layer.stored(name) ?? layer.floats(of: name)
                return Wanted(weights: stored, role: .weight, coding: part?.coder ?? layer.summary.plan.coder)
            }
        }
    }

    /// A short piece of work; false when all is counted.
    mutating func step() -> Bool {
        guard let next = wanted.last else { return false }
        var sizes = current ?? StreamSizes(of: next.weights)
        if sizes.step() {
            current = sizes
            return true
        }
        let coding = StreamSizes.coding(next.coding, of: sizes.sizes)
        byteCount +=
            SizedParameter(role: next.role, weights: next.weights).bytes(coding: coding, stream: sizes.sizes[coding, default: 0]).total
        wanted.removeLast()
        current = nil
        return !wanted.isEmpty
    }
}
