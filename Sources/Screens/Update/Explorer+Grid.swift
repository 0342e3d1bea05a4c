import Compression
import Engine
import Frames
import Reports
import Sessions

extension GridReport: ShownReport {
    func show(on explorer: inout Explorer) { explorer.take(self) }
}

/// The grid of trainings temperature × bits, which runs while nothing else wants the kernels.
extension Explorer {
    /// The grid as the settings, the plan and the state stand, with what is known of it; while one runs, that one.
    var gridTable: TrainingGrid {
        if isGridRunning, let grid = trainings.grid { return grid.grid }
        var recipe = newForm.settings.recipe
        let settings = trainings.gridSettings
        recipe.epochs = settings.epochs
        recipe.rate.warmUp = min(recipe.rate.warmUp, Double(recipe.epochs))
        if recipe.teachers.isEmpty { recipe.teachers = [.original] }
        var table = TrainingGrid(
            plan: plan, recipe: recipe, base: base?.id, temperatures: settings.temperatures, bits: settings.bits)
        for known in trainings.grids { table.keepCells(of: known) }
        return table
    }

    /// Why no grid can be begun, or nil.
    var gridObstacle: String? {
        if let trainingObstacle { return trainingObstacle }
        guard let bits = plan.commonBits else {
            return "no layer has weights at a number of bits: w chooses linear, shared or dorefa, a gives it to all layers"
        }
        if let wrong = trainings.gridSettings.bits.first(where: { !bits.contains($0) }) {
            return "\(wrong) bits: these weights can have \(bits.lowerBound) to \(bits.upperBound); b changes the bits"
        }
        return gridTable.missing.isEmpty ? "every cell is finished; T, b and n choose others" : nil
    }

    mutating func startGrid() {
        let table = gridTable
        begin(table)
        let count = numbers.count(table.missing.count, "cell")
        say("\(count) to train, whenever nothing else is computed; Esc leaves it running, E ends it")
    }

    private mutating func begin(_ table: TrainingGrid) {
        trainings.begin(table)
        start(GridOrder(table, base: base))
    }

    /// Goes on with a grid that was cut off.
    mutating func resumeGrid(_ task: KeptTask) {
        if let trainingObstacle { return say(trainingObstacle, .warning) }
        guard let table = task.state(as: TrainingGrid.self) else { return say("what the session keeps of the grid is damaged", .error) }
        guard table.base == base?.id else { return say("the grid began from another state: undo to that, then R goes on", .warning) }
        begin(table)
        say("the grid goes on with \(numbers.count(table.missing.count, "cell"))")
    }

    mutating func stopGrid() {
        if let grid = trainings.grid { emit(.tell(grid.grid.task, .stop)) }
        say("the grid ends; finished cells are kept")
    }

    /// Asks for one of the settings.
    mutating func promptForGrid(_ purpose: TextPrompt.Purpose) {
        let settings = trainings.gridSettings
        let value =
            switch purpose {
            case .gridTemperatures: settings.temperatures.map(\.trimmed).joined(separator: " ")
            case .gridBits: settings.bits.map(String.init).joined(separator: " ")
            default: String(settings.epochs)
            }
        ask(TextPrompt(purpose, placeholder: value))
    }

    fileprivate mutating func take(_ report: GridReport) {
        guard trainings.take(report), report.isEnded else { return }
        if let failure = report.failure { return say("the grid can't go on: \(failure.sentence)", .error) }
        let missing = report.grid.missing.count
        if missing == 0 { return say("the grid temperature × bits is finished", .success) }
        say("the grid has ended with \(missing == 1 ? "a cell" : "\(missing) cells") missing; Enter goes on")
    }
}
