import ArgumentParser
import Compression
import Engine
import Foundation
import Reports
import Sessions

/// `pare grid`: which temperature of distillation suits which number of bits.
struct GridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grid", abstract: "Retrain at each number of bits and each temperature, and show which suits which.",
        discussion: """
            Every cell starts from the same network. What it came to is its best epoch on validation, measured at T = 1. Without --plan all
            layers have linear weights. With --session finished cells are kept there, and the same command goes on where it was.

            EXAMPLES:
              pare grid lenet-5 --temperatures 1,2,4,8 --bits 2,3,4 --epochs 2
              pare grid lenet-5 --plan shared.yaml --bits 1,2,3 --epochs 3 --session grid --json
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions
    @OptionGroup var training: RecipeOptions

    @Option(help: ArgumentHelp("Temperatures by commas, 0.5…50.", valueName: "numbers"))
    var temperatures: String = "1,2,4,8"

    @Option(help: ArgumentHelp("Bits by commas.", valueName: "numbers"))
    var bits: String = "2,3,4"

    @Option(
        help: ArgumentHelp("The plan (YAML) whose bits and temperature are varied; without it all layers are linear.", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("Keep the finished cells in this session; it is made where there is none.", valueName: "name"))
    var session: String?

    @Flag(help: "Print a line of JSON a cell, and one at the end.")
    var json = false

    func validate() throws {
        let kelvin = try numbers(temperatures, "--temperatures", Double.init)
        guard kelvin.allSatisfy(CompressionPlan.temperatures.contains) else { throw ValidationError("--temperatures takes 0.5…50.") }
        _ = try numbers(bits, "--bits", Int.init)
        if training.temperature != nil { throw ValidationError("The grid goes through temperatures: name them with --temperatures.") }
    }

    private func numbers<Number>(_ text: String, _ option: String, _ parse: (String) -> Number?) throws -> [Number] {
        let parts = text.split(separator: ",")
        let found = parts.compactMap { parse($0.trimmingCharacters(in: .whitespaces)) }
        guard !found.isEmpty, found.count == parts.count else { throw ValidationError("\(option) takes numbers by commas, not \(text).") }
        return found
    }

    func run() throws {
        try CommandFailure.reporting {
            Interruption.listen()
            let locations = folders.locations
            let kept =
                try session.map { name throws(CommandFailure) in try KeptPlan(existing: name, folder: locations.sessionFolder) } ?? nil
            let opened = try OpenedModel(model, of: kept, locations: locations)
            var grid = try grid()
            try check(grid, of: opened)
            let warnings = grid.plan.warnings(of: plan, for: opened.network.layers)
            for warning in warnings { Standard.error("pare: \(warning)") }
            let keeper = try session.map { name throws(CommandFailure) in try GridKeeper(name, model: opened, locations: locations) }
            defer { keeper?.close() }
            keeper?.known.forEach { grid.keepCells(of: $0) }
            let text = GridText(isJSON: json, known: grid.cells.count)
            let driver = TrainingDriver(opened, memory: model.memory)
            let finished = try driver.train(GridOrder(grid)) { report in
                if try text.show(report) { keeper?.keep(report, measuredOn: driver.dataset) }
            }
            try text.finish(finished, warnings: warnings)
            try keeper?.finish(finished)
        }
    }

    private func grid() throws -> TrainingGrid {
        var plan =
            try self.plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) }
            ?? CompressionPlan(layers: [.init(pattern: "*", plan: LayerPlan(weights: .linear(LinearQuantization(bits: 4))))])
        if let weights = training.lossWeights { plan.lossWeights = weights }
        var recipe = try training.recipe()
        if recipe.teachers.isEmpty { recipe.teachers = [.original] }
        return TrainingGrid(
            plan: plan, recipe: recipe, temperatures: try numbers(temperatures, "--temperatures", Double.init),
            bits: try numbers(bits, "--bits", Int.init))
    }

    private func check(_ grid: TrainingGrid, of model: OpenedModel) throws(CommandFailure) {
        guard let allowed = grid.plan.commonBits else {
            throw CommandFailure("The plan has no layer with linear, shared or DoReFa weights, so there are no bits to vary.", .badData)
        }
        if let bits = grid.bits.first(where: { !allowed.contains($0) }) {
            throw CommandFailure("\(bits) bits: the weights of the plan can have \(allowed.lowerBound)…\(allowed.upperBound).", .usage)
        }
        do { _ = try grid.plan.resolved(for: model.network.layers) } catch { throw CommandFailure("\(error)", .badData) }
    }
}
