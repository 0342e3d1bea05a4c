import Compression
import Networks

/// What a search tries in a layer: shares of zeros times ways of holding what stays.
struct SearchGrid {
    /// A kind of option, by its word on the command line.
    enum Family: String, CaseIterable {
        /// Shares of zeros.
        case level
        /// So many shared values.
        case centroids
        /// A uniform grid of so many bits.
        case bits
    }

    var families: Set<Family> = [.level, .centroids]
    /// What a layer may have: a range of each family, by weight; nil for all.
    var limits: [String: [Family: ClosedRange<Double>]] = [:]

    private static let levels = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98]
    private static let centroidBits = [5, 4, 3, 2, 1]
    private static let gridBits = [8, 6, 5, 4, 3, 2]

    /// The plan itself in front, then every pair of a share of zeros and a representation that the layer can have.
    func options(for layer: Layer, from plan: LayerPlan) -> [LayerPlan] {
        let levels = families.contains(.level) ? Self.levels : []
        var stores = [plan.weights]
        if families.contains(.centroids) { stores += Self.centroidBits.map { .shared(WeightSharing(bits: $0)) } }
        if families.contains(.bits) { stores += Self.gridBits.map { .linear(LinearQuantization(bits: $0)) } }
        let prunings = [plan.pruning] + levels.map { Pruning(criterion: .level, amount: $0, deviation: plan.pruning.deviation) }
        return usable(stores.flatMap { store in prunings.map { changed(plan, $0, store) } }, layer, from: plan)
    }

    /// Shares of zeros and numbers of values near those of a plan.
    func neighbours(of plan: LayerPlan, for layer: Layer, from start: LayerPlan) -> [LayerPlan] {
        var (prunings, stores) = ([plan.pruning], [plan.weights])
        if families.contains(.level), plan.pruning.criterion == .level, plan.pruning.amount > 0 {
            let kept = 1 - plan.pruning.amount
            prunings += [0.7, 0.85, 1.15, 1.3].map { factor in
                var pruning = plan.pruning
                pruning.amount = min(0.995, max(0, (1000 * (1 - kept * factor)).rounded() / 1000))
                return pruning
            }
        }
        switch plan.weights {
        case .shared(let sharing) where families.contains(.centroids):
            stores += [-1, 1].compactMap { step in
                WeightSharing.bitRange.contains(sharing.bits + step) ? .shared(WeightSharing(bits: sharing.bits + step)) : nil
            }
        case .linear(let linear) where families.contains(.bits):
            stores += [-1, 1].compactMap { step in
                var next = linear
                next.bits += step
                return LinearQuantization.bitRange.contains(next.bits) ? .linear(next) : nil
            }
        default: break
        }
        let near = prunings.map { changed(plan, $0, plan.weights) } + stores.map { changed(plan, plan.pruning, $0) }
        return usable(near, layer, from: start)
    }

    private func changed(_ plan: LayerPlan, _ pruning: Pruning, _ weights: WeightRepresentation) -> LayerPlan {
        var next = plan
        (next.pruning, next.weights, next.bypass) = (pruning, weights, false)
        return next
    }

    private func usable(_ plans: [LayerPlan], _ layer: Layer, from start: LayerPlan) -> [LayerPlan] {
        var seen = Set<LayerPlan>()
        return ([start] + plans).filter { plan in
            seen.insert(plan).inserted && (try? plan.validate(for: layer)) != nil && isWithin(plan, layer)
        }
    }

    /// Whether floors and ceilings of the layer let it through.
    private func isWithin(_ plan: LayerPlan, _ layer: Layer) -> Bool {
        (limits[layer.weight] ?? [:]).allSatisfy { family, range in
            switch family {
            case .level: range.contains(plan.pruning.criterion == .level ? plan.pruning.amount : 0)
            case .centroids: if case .shared(let sharing) = plan.weights { range.contains(Double(1 << sharing.bits)) } else { true }
            case .bits: if case .linear(let linear) = plan.weights { range.contains(Double(linear.bits)) } else { true }
            }
        }
    }
}
