import Networks

/// A kind of change that layers are tried with, from mild to coarse: one row of a table, which everything that goes through options reads.
///
/// Adding a family is a row in `OptionFamily+Rows.swift`, and its name in ``all``.
public struct OptionFamily: Sendable, Identifiable {
    /// As commands and files have it: `level`.
    public let name: String
    /// What its values are, for the head of a column or the name of an axis: `zeros`, `bits`.
    public let unit: String
    /// In one sentence.
    public let summary: String
    /// Its values in a layer, from what leaves the layer as it is to the coarsest.
    let values: @Sendable (Layer) -> [Double]
    /// Those that are measured first.
    let coarse: @Sendable ([Double]) -> Set<Double>
    /// Puts a value into the plan of a layer; what else the plan says of the layer stays.
    let change: @Sendable (inout LayerPlan, Double) -> Void
    let words: @Sendable (Double) -> String
    /// Where a layer that was made stands on the axis; nil where it is made in another way.
    let place: @Sendable (LayerSummary) -> Double?

    public var id: String { name }

    /// Its values in a layer, from mild to coarse; empty where the layer has none of it.
    public func values(of layer: Layer) -> [Double] { values(layer) }

    /// `level 0.85`, `4 bits`.
    public func label(_ value: Double) -> String { words(value) }

    /// Where a layer as it was made stands among the values; nil where it is none of this family.
    public func place(of summary: LayerSummary) -> Double? { summary.plan.bypass ? nil : place(summary) }

    /// The options of a layer, each made from its present plan, from mild to coarse; those that the layer can't have are left out.
    ///
    /// A bypass ends. Cost: O(values).
    public func options(of layer: Layer, from plan: LayerPlan) -> [LayerOption] {
        let values = values(layer)
        let first = coarse(values)
        return values.compactMap { value in
            var changed = plan
            changed.bypass = false
            change(&changed, value)
            guard (try? changed.validate(for: layer)) != nil else { return nil }
            return LayerOption(
                LayerOption.Key(weight: layer.weight, family: name, value: value), plan: changed, isCoarse: first.contains(value))
        }
    }

    /// The options of all layers of a plan, layer by layer in the order of the graph.
    ///
    /// - Parameter names: The families that are gone through; nil for all.
    public static func options(of layers: [Layer], in plan: ResolvedPlan, families names: [String]? = nil) -> [LayerOption] {
        let families = all.filter { names?.contains($0.name) ?? true }
        return layers.flatMap { layer in families.flatMap { $0.options(of: layer, from: plan[layer.weight]) } }
    }

    /// Each layer that the plan changes, left as the base has it: what it would give back.
    public static func bypasses(of layers: [Layer], in plan: ResolvedPlan) -> [LayerOption] {
        layers.filter { !plan[$0.weight].bypass && plan[$0.weight].ofParameters != LayerPlan.unchanged.ofParameters }.map { layer in
            var bypassed = plan[layer.weight]
            bypassed.bypass = true
            return LayerOption(
                LayerOption.Key(weight: layer.weight, family: bypass.name, value: 1), plan: bypassed, isCoarse: true)
        }
    }

    public static func named(_ name: String) -> OptionFamily? { (all + [bypass]).first { $0.name == name } }
}
