import Compression
import Frames
import Networks

extension BudgetTable {
    private static let columns: [Table.Column] = [
        .init("layer", alignment: .left, minimumWidth: 8, priority: 9), .init("rank", minimumWidth: 5, priority: 8),
        .init("of", minimumWidth: 4, priority: 5), .init("kept", minimumWidth: 7, priority: 7),
        .init("cost", minimumWidth: 8, priority: 6), .init("last step", minimumWidth: 9, priority: 4),
        .init("next step", minimumWidth: 9, priority: 3), .init("", alignment: .left, minimumWidth: 6, priority: 2),
    ]
}

/// The rows of the layers under a budget. A step's gain is energy for the cost of the whole network without ranks.
struct BudgetTable {
    private let table: Table

    init(_ view: BudgetView, _ budget: NetworkBudget, _ explorer: Explorer) {
        let choices = Dictionary((view.allocation?.choices ?? []).map { ($0.weight, $0) }) { first, _ in first }
        let rows = explorer.layers.map { layer in
            let isPinned = view.pinned.contains(layer.weight)
            return Table.Row(
                [StyledText(layer.name, .title)] + Self.figures(layer, choices[layer.weight], budget, view, explorer)
                    + [StyledText(isPinned ? "pinned" : "", .badge)])
        }
        table = Table(columns: Self.columns, rows: rows, selected: explorer.selection, isFocused: true)
    }

    func draw(in area: Rect, on frame: inout Frame, glyphs: Glyphs) { table.draw(in: area, on: &frame, glyphs: glyphs) }

    private static func figures(
        _ layer: Layer, _ choice: RankAllocation.Choice?, _ budget: NetworkBudget, _ view: BudgetView, _ explorer: Explorer
    ) -> [StyledText] {
        let numbers = explorer.numbers
        let largest = StyledText(numbers.integer(FactorMethod.channel.largestRanks(of: layer.geometry).first ?? 0), .muted)
        guard let choice else {
            // What the plan has, where the budget leaves it alone or was not turned yet.
            let rank = explorer.plan(of: layer).factorization(of: layer.geometry)?.text
            let kept = explorer.isFresh(layer) ? explorer.summary(of: layer)?.keptEnergy : nil
            return [
                StyledText(rank ?? (layer.hasSpectrum ? "dense" : "no factors"), .muted),
                layer.hasSpectrum ? largest : StyledText("", .muted),
                StyledText(rank == nil ? "" : numbers.percent(kept), .muted),
            ] + Array(repeating: StyledText("", .muted), count: 3)
        }
        func gain(_ value: Double?) -> StyledText { StyledText(value.map { numbers.significant($0 * budget.dense) } ?? "", .text) }
        return [
            StyledText(choice.option.rank.map { numbers.integer($0) } ?? "dense", choice.option.rank == nil ? .text : .value), largest,
            StyledText(numbers.percent(choice.option.energy), .value),
            StyledText(view.amount(choice.option.cost, isEstimate: choice.option.isEstimate, explorer), .text),
            gain(choice.lastGain), gain(choice.nextGain),
        ]
    }
}
