import CKernels

/// The dynamic programme of a ``Knapsack``: the least Σ loss with Σ cost ≤ t buckets, for every t at once.
///
/// D[0][t] = 0, D[l + 1][t] = min over the options of layer l of D[l][t − cost] + loss (Frantar and Alistarh, ICML 2022, but for the rounding). Costs are
/// those above each layer's cheapest option, in buckets, **rounded up**: a choice never costs more than its buckets, and the cheapest choice always fits.
/// Cost: O(layers · options · buckets) in time, 8 bytes · (layers + 1) · (buckets + 1) in memory.
struct BudgetProgramme {
    private struct Offer {
        var place: Int
        var buckets: Int
        var loss: Double
    }

    /// A choice, and the least buckets that it needs.
    struct Answer {
        var places: [Int]
        var loss: Double
    }

    private let offers: [[Offer]]
    private let width: Int
    private var least: [Double]

    /// Nil where it was cancelled.
    ///
    /// - Parameters:
    ///   - layers: What no other option dominates, by rising cost; none is empty.
    ///   - room: What may be spent above the cheapest options; at least 0.
    ///   - buckets: At most so many; as many as the room has units where all costs are whole and that is less, so that nothing is rounded.
    init?(_ layers: [[KnapsackLayer.Step]], room: Double, buckets: Int, isCancelled: () -> Bool) {
        let isWhole = layers.allSatisfy { $0.allSatisfy { $0.cost == $0.cost.rounded() } }
        let isExact = isWhole && room < Double(buckets)
        let count = isExact ? Int(room) : room > 0 ? buckets : 0
        let size = isExact || count == 0 ? 1 : room / Double(count)
        offers = layers.map { steps in
            steps.compactMap { step in
                let buckets = ((step.cost - (steps.first?.cost ?? 0)) / size).rounded(.up)
                return buckets <= Double(count) ? Offer(place: step.place, buckets: Int(buckets), loss: step.loss) : nil
            }
        }
        width = count + 1
        least = Array(repeating: .infinity, count: (layers.count + 1) * width)
        for place in 0..<width { least[place] = 0 }
        for layer in offers.indices {
            if isCancelled() { return nil }
            fill(layer)
        }
    }

    private mutating func fill(_ layer: Int) {
        let (width, offers) = (width, offers[layer])
        least.withUnsafeMutableBufferPointer { values in
            guard let start = values.baseAddress else { return }
            let (before, after) = (start + layer * width, start + (layer + 1) * width)
            for offer in offers { pare_offer_option(before, width - offer.buckets, offer.loss, after + offer.buckets) }
        }
    }

    /// The least loss within the room.
    var best: Answer { answer(at: width - 1) }

    /// The choice of the fewest buckets that loses at most so much; nil where none does.
    func cheapest(losing loss: Double) -> Answer? {
        let last = least.suffix(width)
        // The last row never rises.
        var (low, high) = (0, width)
        while low < high {
            let middle = (low + high) / 2
            if last[last.startIndex + middle] <= loss { high = middle } else { low = middle + 1 }
        }
        return low < width ? answer(at: low) : nil
    }

    /// Back from the last layer: the cheapest option that gives the sum which was found, by the same additions.
    private func answer(at bucket: Int) -> Answer {
        var places = Array(repeating: 0, count: offers.count)
        var left = bucket
        for layer in offers.indices.reversed() {
            let wanted = least[(layer + 1) * width + left]
            let taken = offers[layer].first { $0.buckets <= left && least[layer * width + left - $0.buckets] + $0.loss == wanted }
            guard let taken else { continue }
            places[layer] = taken.place
            left -= taken.buckets
        }
        return Answer(places: places, loss: least[offers.count * width + bucket])
    }
}
