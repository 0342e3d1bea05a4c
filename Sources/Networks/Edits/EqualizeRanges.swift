import Foundation
import Tensors

/// Ranges of weights brought into balance between layers that follow one another (cross-layer equalization: Nagel and others, 2019).
///
/// Of each ``LayerPair`` the weights that make a channel, with its bias, are divided and those that read it multiplied by one number,
/// pair after pair until all are even. It is the power of two that is nearest to √(max|w| before / max|w| behind): the largest magnitudes
/// are then within a factor of 2, no weight is rounded, and the logits stay bit for bit while no number leaves the normal floats.
public struct EqualizeRanges: NetworkEdit {
    /// Why nothing would change.
    public enum Failure: Error, Hashable, Sendable {
        /// There is no pair of layers.
        case noPair
        /// Every pair is as even as powers of two make it.
        case even
    }

    public func apply(to network: inout Network, _ index: GraphIndex) throws(Failure) {
        var balance = try RangeBalance(of: network)
        while balance.step() {}
        network = try balance.equalized()
    }
}

extension NetworkEdit where Self == EqualizeRanges {
    public static var equalizeRanges: Self { Self() }
}

extension EqualizeRanges.Failure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noPair: "no layer follows another one so that a channel's scale passes"
        case .even: "the ranges of the layers are even already"
        }
    }
}

/// ``EqualizeRanges`` pair by pair.
public struct RangeBalance: Sendable {
    /// Parameters that are others than before.
    public private(set) var changed: Set<String> = []
    /// The weights of layers that hand on other values than before.
    public private(set) var rescaled: Set<String> = []
    private let network: Network
    private let pairs: [LayerPair]
    private var values: [String: [Float]]
    private var next = 0
    /// Pairs one after another that were even.
    private var evenCount = 0
    private var stepsLeft: Int

    /// How often each pair is balanced at most: what a pair changes may make its neighbours uneven again.
    private static let rounds = 50

    public init(of network: Network) throws(EqualizeRanges.Failure) {
        self.network = network
        pairs = network.layerPairs
        guard !pairs.isEmpty else { throw .noPair }
        stepsLeft = pairs.count * Self.rounds
        let names = Set(pairs.flatMap { ($0.before + [$0.behind]).map(\.parameter) })
        values = names.reduce(into: [:]) { $0[$1] = network.parameters[$1]?.values.floats }
    }

    /// Balances the next pair; false where nothing is left to do. Cost: O(weights of both layers).
    public mutating func step() -> Bool {
        evenCount = balance(pairs[next]) ? 0 : evenCount + 1
        next = (next + 1) % pairs.count
        stepsLeft -= 1
        return evenCount < pairs.count && stepsLeft > 0
    }

    /// The network with what was balanced so far. Cost: O(parameters that changed).
    public func equalized() throws(EqualizeRanges.Failure) -> Network {
        guard !changed.isEmpty else { throw .even }
        var network = network
        for name in changed {
            guard let floats = values[name], let shape = network.parameters[name]?.shape else { continue }
            network.parameters[name]?.values = Tensor(shape: shape, floats: floats)
            network.parameters[name]?.origin = nil
        }
        return network
    }

    /// Whether the pair was uneven.
    private mutating func balance(_ pair: LayerPair) -> Bool {
        let (before, behind) = (ranges(pair.before[0], pair.count), ranges(pair.behind, pair.count))
        let exponents = zip(before, behind).map { Self.exponent($0, $1) }
        guard exponents.contains(where: { $0 != 0 }) else { return false }
        for axis in pair.before { multiply(axis, exponents.map { -$0 }) }
        multiply(pair.behind, exponents)
        rescaled.insert(pair.first.weight)
        return true
    }

    /// By channel, max|w|.
    private func ranges(_ axis: ChannelAxis, _ count: Int) -> [Float] {
        var ranges = [Float](repeating: 0, count: count)
        values[axis.parameter]?.withUnsafeBufferPointer { floats in
            axis.forEachRun(of: floats.count) { channel, run in
                ranges[channel] = floats[run].reduce(ranges[channel]) { max($0, abs($1)) }
            }
        }
        return ranges
    }

    /// Half the binary logarithm of the ratio as a whole number; 0 where a side has no range. Ties go to the even one, so that they end.
    private static func exponent(_ before: Float, _ behind: Float) -> Int {
        guard before.isNormal, behind.isNormal else { return 0 }
        return Int((log2(Double(before) / Double(behind)) / 2).rounded(.toNearestOrEven))
    }

    private mutating func multiply(_ axis: ChannelAxis, _ exponents: [Int]) {
        let factors = exponents.map { Float(sign: .plus, exponent: $0, significand: 1) }
        values[axis.parameter]?.withUnsafeMutableBufferPointer { floats in
            axis.forEachRun(of: floats.count) { channel, run in for place in run { floats[place] *= factors[channel] } }
        }
        changed.insert(axis.parameter)
    }
}
