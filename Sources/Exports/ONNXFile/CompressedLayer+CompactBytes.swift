import Compression
import Formats

extension CompressedLayer {
    /// About the bytes that the weights take in ONNX with integers and codebooks: by the size of the table, without a look at each weight.
    ///
    /// 4, 8 or 16 bits a weight, what table and scales take, and floats where the form has no such table. Cost: O(1).
    public var estimatedCompactBytes: Int {
        switch form {
        case .floats(let format): layer.count * format.bits / 8
        case .factors(let factors): factors.parameters(of: layer).reduce(0) { $0 + 4 * $1.values.count }
        case .levels(let weights): min(4 * layer.count, weights.estimatedCompactBytes)
        }
    }
}

extension StoredWeights {
    fileprivate var estimatedCompactBytes: Int {
        switch values {
        case .codebook(let negatives, let positives):
            let used = negatives.count + positives.count
            return bytes(codes: used + 1) + 4 * used
        case .grid(let scales, let largest): return bytes(codes: 2 * largest) + 4 * scales.count
        case .floats(let format): return count * format.bits / 8
        case .scaled, .cells, .dithered: return 4 * count
        }
    }

    private func bytes(codes: Int) -> Int {
        let bits = codes <= 16 ? 4 : codes <= 256 ? 8 : codes <= 1 << 16 ? 16 : 32
        return (count * bits + 7) / 8
    }
}
