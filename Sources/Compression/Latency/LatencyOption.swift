import CKernels
import Networks

/// How a layer's kernel computes.
public enum LatencyOption: Hashable, Sendable {
    case float32
    /// In float32 by lists of the weights that are left, where so many of a thousand are zeros.
    case lists(zeros: Int)
    /// In whole numbers of 8 bits: what is read without a sign, weights with one.
    case int8

    /// Zeros of a thousand below which lists are not timed.
    public static let leastZeros = 500
    /// Zeros of a thousand that are timed so that what lies between is told by a line.
    public static let levels = [500, 800, 900, 950, 980]

    /// `float32`, `lists900`.
    public var word: String {
        switch self {
        case .float32: "float32"
        case .lists(let zeros): "lists\(zeros)"
        case .int8: "int8"
        }
    }

    public init?(word: String) {
        if let option = [LatencyOption.float32, .int8].first(where: { $0.word == word }) {
            self = option
        } else if word.hasPrefix("lists"), let zeros = Int(word.dropFirst(5)), (0...1_000).contains(zeros) {
            self = .lists(zeros: zeros)
        } else {
            return nil
        }
        if self.word != word { return nil }
    }
}

/// A layer's work by one of the ways to compute it.
public struct TimedWork: Hashable, Sendable {
    public var work: LayerWork
    public var option: LatencyOption

    public init(_ work: LayerWork, _ option: LatencyOption = .float32) { (self.work, self.option) = (work, option) }
}

extension Network {
    /// Of the layers of which enough weights are zeros to be timed by lists: how many of a thousand, by weight. Cost: O(weights).
    public var listedZeros: [String: Int] {
        layers.reduce(into: [:]) { found, layer in
            guard let values = parameters[layer.weight]?.values, values.count > 0 else { return }
            let left = values.withFloats { pare_count_nonzeros($0.baseAddress, $0.count) }
            let zeros = Int((1_000 * (1 - Double(left) / Double(values.count))).rounded())
            if zeros >= LatencyOption.leastZeros { found[layer.weight] = zeros }
        }
    }

    /// Names what its time depends on when zeros count: operations, shapes and zeros. Throws where shapes do not fit.
    public func timingKey(zeros: [String: Int]) throws(ShapeError) -> String {
        try timingKey() + " " + layers.map { "\(zeros[$0.weight] ?? 0)" }.joined(separator: "-")
    }
}
