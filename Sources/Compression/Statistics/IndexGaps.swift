import Foundation

/// The relative indexes of a sparse layer: how often each gap occurs, fillers included.
///
/// Positions are row-major over the whole layer. A code of g bits is the number of zeros skipped since the last entry, 0…2^g − 1. A run of L
/// zeros takes ⌊L / 2^g⌋ fillers, each an entry of its own with value zero: it skips 2^g − 1 zeros and stands on the next one. With random
/// positions of density p that makes q / (1 − q) fillers per entry, q = (1 − p)^(2^g), as in Han, Mao and Dally 2016. Zeros after the last entry
/// take none.
public struct IndexGaps: Hashable, Sendable {
    /// g.
    public let bits: Int
    /// Entries of each code 0…2^g − 1.
    public private(set) var counts: [Int]
    /// Zeros stored because a gap exceeds the index.
    public private(set) var fillers = 0
    /// Values that are not zero.
    public private(set) var values = 0
    /// Zeros since the last entry.
    private var run = 0

    /// An index of `bits` bits, 1…16, before the first weight.
    public init(bits: Int) {
        self.bits = bits
        counts = Array(repeating: 0, count: 1 << bits)
    }

    /// Goes on with the next weights of the layer. Cost: O(n).
    public mutating func add(_ weights: UnsafeBufferPointer<Float>) {
        let last = weights.count
        counts.withUnsafeMutableBufferPointer { counts in
            var start = -run
            for index in 0..<last where weights[index] != 0 {
                let skipped = index - start
                fillers += skipped >> bits
                counts[skipped & (counts.count - 1)] += 1
                values += 1
                start = index + 1
            }
            run = last - start
        }
    }

    /// Entries of each code with the fillers among them.
    public var countsWithFillers: [Int] {
        var all = counts
        all[all.count - 1] += fillers
        return all
    }

    /// Values and fillers.
    public var entries: Int { values + fillers }
}

extension IndexGaps {
    /// What is to be expected where `values` of `weights` weights at random places are not zero, as the paper counts them; exact where none
    /// or all are zero. For layers that are not gone through one by one.
    ///
    /// With density p the gap before an entry is k with p · (1 − p)^k. Cost: O(2^bits).
    init(bits: Int, expecting values: Int, of weights: Int) {
        self.init(bits: bits)
        self.values = values
        guard weights > 0, values > 0 else { return }
        guard values < weights else {
            counts[0] = values
            return
        }
        let density = Double(values) / Double(weights)
        let beyond = pow(1 - density, Double(counts.count))
        fillers = Int((Double(values) * beyond / (1 - beyond)).rounded())
        var rest = values
        for code in counts.indices.dropFirst() {
            // Codes of all gaps that leave this remainder after their fillers.
            let share = density * pow(1 - density, Double(code)) / (1 - beyond)
            counts[code] = min(rest, Int((Double(values) * share).rounded()))
            rest -= counts[code]
        }
        counts[0] = rest
    }
}
