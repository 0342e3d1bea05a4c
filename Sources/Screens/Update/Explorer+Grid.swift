import Compression
import Engine
import Frames
import Reports

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
        trainings.begin(table)
        emit(.trainGrid(table, base: base))
        let count = NumberFormat(glyphs: glyphs).count(table.missing.count, "cell")
        say("\(count) to train, whenever nothing else is computed; Esc leaves it running, E ends it")
    }

    mutating func stopGrid() {
        emit(.stopGrid)
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
        ask(TextPrompt(purpose, text: value))
    }

    fileprivate mutating func take(_ report: GridReport) {
        guard trainings.take(report), report.isEnded else { return }
        if let failure = report.failure { return say("the grid can't go on: \(failure.sentence)", .error) }
        let missing = report.grid.missing.count
        if missing == 0 { return say("the grid temperature × bits is finished", .success) }
        say("the grid has ended with \(missing == 1 ? "a cell" : "\(missing) cells") missing; Enter goes on")
    }
}
