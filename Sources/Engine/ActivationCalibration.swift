import Compression
import Kernels
import Networks
import Tensors

/// Where the clips of quantized activations come from when they are measured: examples are run in float, and the clip with the least squared
/// error over what a layer hands on is taken.
public enum ActivationCalibration {
    /// Examples that are looked at, spread evenly over the data.
    public static let exampleCount = 512
    /// Values of one layer that are kept at most, spread evenly over examples and places.
    static let valueLimit = 1 << 17

    /// The clip α ≤ max x of 2^bits levels from 0 to α with the least Σ (x − y)²; ``QuantizeActivations/initialClip`` where nothing is above 0.
    ///
    /// Values that are not above 0 give 0 whatever the clip, so only the others count; those that are not finite are left out.
    /// Cost: O(n log n) for the sort and about 150 looks at the sorted values.
    public static func clip(of values: [Float], bits: Int) -> Float {
        sorted(values).map { clip(of: $0, bits: bits) } ?? QuantizeActivations.initialClip
    }

    /// The clips of the layers that `settings` clips and whose values can be quantized, by weight: the base's own where it has one
    /// (`<layer>.clip` of its parameters), else measured on `data` with the network's or the base's effective weights.
    /// Cost: a forward run of 512 examples, one for all layers.
    public static func clips(
        for settings: [String: ActivationQuantization], of network: Network, base: TrainedState? = nil, data: Dataset
    ) throws(KernelError) -> [String: Float] {
        let clips = ActivationClips(network: network, state: base)
        while true {
            if let found = try clips.advance(settings, data: data, batchSize: 64) { return found }
        }
    }

    static func clip(of sorted: WeightDistribution, bits: Int) -> Float {
        Float(UniformGrid.bestClip(bits: bits, of: Survivors(sorted, threshold: 0)))
    }

    /// The values above 0 in order; nil where there are none.
    static func sorted(_ values: [Float]) -> WeightDistribution? {
        let above = values.filter { $0 > 0 && $0.isFinite }
        guard !above.isEmpty else { return nil }
        return try? above.withUnsafeBufferPointer { buffer throws(DistributionError) in try WeightDistribution(buffer) }
    }

    /// Indices spread evenly over so many examples.
    static func examples(of count: Int) -> [Int] {
        let wanted = min(count, exampleCount)
        return (0..<wanted).map { $0 * count / wanted }
    }
}
