import Compression
import Frames

extension BudgetView {
    package static let commands: [Command] = [
        Command(
            "show-budget", "One budget over all layers",
            "Gives every layer its rank at once: the most energy of weights or outputs for so many parameters, MACs, bytes or ms.",
            keys: [.character("$")], in: Place.panes, .views, unless: { $0.budgetObstacle }
        ) { explorer, _ in explorer.openBudget() },
        turn("lower-budget", "Lower the budget", "By 1 % of what the network costs without ranks.", [.left, .character("h")], by: -1),
        turn(
            "raise-budget", "Raise the budget", "By 1 %; turns without a pause of half a second are undone as one.",
            [.right, .character("l")], by: 1
        )
        .hinted(0, "budget", keys: "←→"),
        turn("lower-budget-far", "Lower the budget far", "By 5 %.", [.shiftLeft, .character("H")], by: -5),
        turn("raise-budget-far", "Raise the budget far", "By 5 %.", [.shiftRight, .character("L")], by: 5),
        Command(
            "change-budget-unit", "Change what the budget counts",
            "Parameters, MACs, bytes or ms; the plan stays until the budget is turned.",
            keys: [.tab], in: [.budget], .views
        ) { explorer, _ in explorer.changeBudgetUnit() }.hinted(1, "unit"),
        Command(
            "pin-layer", "Pin the layer", "The layer stays as it is whatever the budget; again: it takes part.",
            keys: [.character(" "), .character("p")], in: [.budget], .views, unless: CommandTable.noLayer
        ) { $0.pinLayer(time: $1) }.hinted(2, "pin"),
        Command(
            "change-weighting", "Outputs or weights", "Energies of what the layers give on training examples, or of their weights alone.",
            keys: [.character("w")], in: [.budget], .views
        ) { explorer, _ in explorer.changeBudgetWeighting() }.hinted(3, "weighting"),
        Command(
            "find-spectra", "Find the spectra", "Those of all layers that can be factored, of the state that the plan starts from.",
            keys: [.enter], in: [.budget], .views, unless: { $0.tasks.isRunning(.spectra) ? "they are being found" : nil }
        ) { explorer, _ in explorer.findSpectra() },
    ]

    private static func turn(_ name: String, _ title: String, _ help: String, _ keys: [Key], by steps: Int) -> Command {
        Command(
            name, title, help, keys: keys, in: [.budget], .knobs,
            unless: { explorer in
                guard !explorer.tasks.isRunning(.spectra), let view = explorer.stack.top(as: BudgetView.self) else {
                    return "the spectra of the layers are not there yet"
                }
                return view.budget == nil ? view.waiting(explorer) : nil
            }
        ) { $0.turnBudget(by: steps, time: $1) }
    }

    mutating func changeUnit() {
        let units = BudgetUnit.allCases
        let place = units.firstIndex(of: unit) ?? 0
        unit = units[(place + 1) % units.count]
        share = nil
    }

    /// The next whole per cent in a direction; from where the plan is before the first turn.
    mutating func turn(by steps: Int, _ explorer: Explorer) {
        let start = share ?? budget?.share(of: explorer.layerPlans) ?? 1
        let hundredths = 100 * start
        let whole = steps < 0 ? (hundredths - 1e-6).rounded(.up) : (hundredths + 1e-6).rounded(.down)
        share = min(1, max(0, (whole + Double(steps)) / 100))
    }
}
