import Networks
import Tensors

/// Bytes of weights as their file has them: integers, a codebook or zeros that came count as such, floats by their width.
public enum CameBytes {
    /// Σ over the layers of what an empty plan makes of them, by ``HanAccounting``; nil where a layer can't be counted.
    ///
    /// Cost: O(n), and a sort of each layer that came with integers, few values or many zeros.
    public static func layers(of network: Network) -> Int? {
        var sum = 0
        for layer in network.layers {
            guard let bytes = network.parameters[layer.weight].flatMap({ bytes(of: layer, $0) }) else { return nil }
            sum += bytes
        }
        return sum
    }

    private static func bytes(of layer: Layer, _ parameter: Parameter) -> Int? {
        guard parameter.origin != nil || isStructured(parameter.values) else { return parameter.floatByteCount }
        guard let distribution = try? WeightDistribution(parameter.values) else { return nil }
        var given = GivenStructure.detect(weights: parameter.values, distribution: distribution)
        given.codes = parameter.origin
        let made = try? LayerCompressor.compress(
            layer: layer, weights: parameter.values, bias: nil, distribution: distribution, plan: LayerPlan(), rule: .none, given: given)
        return made.map(\.summary.bytes.huffman)
    }

    /// Whether many weights are zeros, or they have few values. Cost: O(n).
    private static func isStructured(_ weights: Tensor) -> Bool {
        weights.withFloats { floats in
            let zeros = floats.count { $0 == 0 }
            return Double(zeros) >= GivenStructure.prunedShare * Double(floats.count) || GivenStructure.hasFewValues(floats)
        }
    }
}
