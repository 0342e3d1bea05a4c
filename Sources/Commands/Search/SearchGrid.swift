import Compression
import Foundation
import Networks
import Tensors

/// What a search tries in a layer: each way of pruning with each way of holding what stays, of the families that were named.
struct SearchGrid {
    /// Names of families (``OptionFamily``).
    var families: Set<String> = ["level", "centroids"]
    /// Whether what is pruned and rounded makes good what the others lose, where the layer can be fitted to what it reads.
    var fit = WeightFit.nearest
    /// What a layer may have: a range of the values of a family, by weight and family.
    var limits: [String: [String: ClosedRange<Double>]] = [:]

    /// Families that prune; the others say how what stays is held.
    private static let pruning: Set = ["level", "pattern"]
    /// Values that are tried at first, of families that have many; the others are reached as neighbours.
    private static let few: [String: @Sendable (Double) -> Bool] = [
        "level": { [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98].contains($0) }, "centroids": { $0 <= 64 || $0 == 256 },
        "bits": { $0 <= 8 },
    ]

    /// Every pair that the layer can have, without fitting; not the plan itself.
    func options(for layer: Layer, from plan: LayerPlan) -> [LayerOption] {
        let names = families.sorted()
        let pruned = names.filter(Self.pruning.contains).flatMap { made($0, layer, plan) }
        let own = Way(plan: plan, isCoarse: true)
        let prunings = (names.contains { isLimited($0, layer) && Self.pruning.contains($0) } ? [] : [own]) + pruned
        let stores = names.filter { !Self.pruning.contains($0) }
        let mustStore = stores.contains { isLimited($0, layer) }
        let all = prunings.flatMap { pruned in
            (mustStore ? [] : [pruned])
                + stores.flatMap { made($0, layer, pruned.plan) }.map { Way(plan: $0.plan, isCoarse: $0.isCoarse && pruned.isCoarse) }
        }
        var seen = Set([plan])
        return all.filter { seen.insert($0.plan).inserted }.map { option($0.plan, of: layer, from: plan, isCoarse: $0.isCoarse) }
    }

    /// A plan of a layer on the way to an option.
    private struct Way {
        var plan: LayerPlan
        var isCoarse: Bool
    }

    /// A plan of a layer as an option: under the key that it has for itself where it is one step from the start, so that whoever measured that is asked.
    private func option(_ plan: LayerPlan, of layer: Layer, from start: LayerPlan, isCoarse: Bool = false) -> LayerOption {
        let single = OptionFamily.all.lazy.flatMap { $0.options(of: layer, from: start) }.first { $0.plan == plan }
        let key = single?.key ?? LayerOption.Key(weight: layer.weight, family: "plan", value: plan.number)
        return LayerOption(key, plan: plan, isCoarse: isCoarse)
    }

    /// Fitted, where that is wanted, the layer can be and is not.
    func fitted(_ plan: LayerPlan, of layer: Layer, from start: LayerPlan) -> LayerOption? {
        guard fit != .nearest, plan.fitting == .nearest, plan.prunes || plan.weights != .float32 else { return nil }
        var next = plan
        next.fitting = fit
        return (try? next.validate(for: layer)) == nil ? nil : option(next, of: layer, from: start)
    }

    private func isLimited(_ family: String, _ layer: Layer) -> Bool { limits[layer.weight]?[family] != nil }

    /// The first options of a family, each made from a plan.
    private func made(_ name: String, _ layer: Layer, _ plan: LayerPlan) -> [Way] {
        guard let family = OptionFamily.named(name) else { return [] }
        return family.options(of: layer, from: plan).filter { option in
            (limits[layer.weight]?[name]?.contains(option.value) ?? true) && (Self.few[name]?(option.value) ?? true)
        }.map { Way(plan: $0.plan, isCoarse: $0.isCoarse) }
    }

    /// Shares of zeros near that of a plan, and the values of each other family beside its own.
    func neighbours(of plan: LayerPlan, for layer: Layer, from start: LayerPlan) -> [LayerOption] {
        var near: [LayerPlan] = []
        if families.contains("level"), plan.pruning.criterion == .level, plan.pruning.amount > 0 {
            let (kept, range) = (1 - plan.pruning.amount, limits[layer.weight]?["level"] ?? 0...0.995)
            for factor in [0.7, 0.85, 1.15, 1.3] {
                var next = plan
                next.pruning.amount = (1000 * (1 - kept * factor)).rounded() / 1000
                if range.contains(next.pruning.amount) { near.append(next) }
            }
        }
        for name in families.sorted() where !Self.pruning.contains(name) {
            let options = OptionFamily.named(name)?.options(of: layer, from: plan) ?? []
            guard let place = options.firstIndex(where: { $0.plan == plan }) else { continue }
            let beside = [place - 1, place + 1].filter(options.indices.contains).map { options[$0] }
            near += beside.filter { limits[layer.weight]?[name]?.contains($0.value) ?? true }.map(\.plan)
        }
        return near.filter { (try? $0.validate(for: layer)) != nil }.map { option($0, of: layer, from: start) }
    }
}

extension LayerPlan {
    /// A number that names it among others: 52 bits of a SHA-256.
    fileprivate var number: Double {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var hash = SHA256()
        // A plan holds finite numbers and texts, which always have a form in JSON.
        if let data = try? encoder.encode(self) { data.withUnsafeBytes { hash.update($0) } }
        return Double(hash.finalize().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 12)
    }
}
