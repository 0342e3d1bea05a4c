import ArgumentParser
import Compression
import Engine
import Exports
import Files
import Foundation
import Networks
import Reports

/// `pare budget`: the ranks of all layers under one budget, without a screen.
struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Give every layer its rank at once: the most energy for so many parameters, MACs, bytes or ms.",
        discussion: """
            Layers become factors of a low rank where that is worth more than it costs, and stay dense elsewhere. Energies are those of what the layers
            give on training examples, or of their weights alone (--weighting plain).

            EXAMPLES:
              pare budget lenet-5 --budget parameters:50% -o half.yaml
              pare budget my.onnx --data my-data --budget macs:45% --pin conv1 --accuracy
              pare budget lenet-5 --budget ms:60% --batch 16   times layers and ranks first, and the answer again
              pare budget my.onnx --budget macs:45% -o smaller.onnx   the network itself, repaired
              pare report lenet-5 --plan half.yaml             the numbers of the plan
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(
        help: ArgumentHelp(
            "What all layers together may cost: parameters, macs, bytes or ms, and a share of what they cost without ranks, or a number.",
            valueName: "unit:amount"))
    var budget: BudgetAmount

    @Option(help: ArgumentHelp("What factors are nearest to: outputs on training examples, or plain weights.", valueName: "outputs|plain"))
    var weighting: BudgetWeighting = .outputs

    @Option(help: ArgumentHelp("A layer that stays as its plan has it, by name or glob; may be given more than once.", valueName: "layer"))
    var pin: [String] = []

    @Option(help: ArgumentHelp("The compression plan (YAML) to begin with.", valueName: "file"))
    var plan: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the plan with its ranks here (YAML), or the network under it as the ending says (\(ExportFormat.endings.joined(separator: ", "))).",
            valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Examples of one batch that is timed, for a budget in ms.", valueName: "n"))
    var batch: Int = 1

    @Option(help: ArgumentHelp("Milliseconds of another device, as the runner of `pare latency probe` prints them.", valueName: "file"))
    var latency: String?

    @Flag(help: "The same share of its largest rank for every layer instead, the highest within the budget: to compare.")
    var uniform = false

    @Flag(help: "Measure the accuracy of the plan, and of the network repaired.")
    var accuracy = false

    @Flag(
        inversion: .prefixedNo,
        help: "Fit the network's factors to what their layers gave, by least squares on training examples; normalizations follow.")
    var repair = true

    @Option(help: "The examples to measure it on: validation, or test.")
    var split: ReportSplit = .validation

    @Flag(help: "Print a line of JSON.")
    var json = false

    func validate() throws {
        try LatencyBatch.check(batch)
        if latency != nil, budget.unit != .milliseconds { throw ValidationError("--latency is for a budget in ms.") }
    }

    func run() throws {
        try CommandFailure.reporting {
            Interruption.listen()
            let locations = folders.locations
            let opened = try OpenedModel(model, of: nil, locations: locations)
            try opened.checkData()
            try Outputs.check(output, model: opened)
            if let output, OutputFile.isFile(output), let refusal = ExportTarget.refusal(of: output) {
                throw CommandFailure("\(output): \(refusal)", .usage)
            }
            let start = try plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) } ?? CompressionPlan()
            let resolved = try self.resolved(start, opened.network)
            let warnings = start.warnings(of: plan, for: opened.network.layers)
            for warning in warnings { Standard.error("pare: \(warning)") }
            let driver = TrainingDriver(opened, split: split.split, memory: model.memory)
            let factors = budget.unit == .bytes ? factorPlans(resolved, opened.network) : [:]
            let report = try driver.spectra(SpectraOrder(base: nil, weighting: weighting.weighting, factors: factors))
            let pinned = try pinned(opened.network)
            func answer(_ times: LayerTimes?) throws -> BudgetAnswer {
                try BudgetAnswer(
                    budget, isUniform: uniform, network: opened.network, plan: resolved, pinned: pinned, report: report, driver: driver,
                    times: times)
            }
            let found = try budget.unit == .milliseconds ? timed(opened.network, locations, answer) : answer(nil)
            if let remark = report.remark { Standard.error("pare: \(remark); these are the weights' own energies") }
            let few = report.spectra.values.count(where: \.isFew)
            if few > 0, report.weighting == .outputs {
                let layers = few == 1 ? "1 layer was" : "\(few) layers were"
                Standard.error(
                    "pare: \(layers) measured on fewer than \(OutputMoments.wantedPixels) outputs a channel, so that energies are uncertain"
                )
            }
            try tell(found, opened, driver, warnings)
        }
    }

    /// What is done with the factors of layers that may have a rank, by weight.
    private func factorPlans(_ plan: ResolvedPlan, _ network: Network) -> [String: LayerPlan] {
        network.layers.filter(\.hasSpectrum).reduce(into: [:]) { $0[$1.weight] = plan[$1.weight].ofFactors }
    }

    private func tell(_ found: BudgetAnswer, _ opened: OpenedModel, _ driver: TrainingDriver, _ warnings: [String]) throws {
        if output != nil, let refusal = found.refusal { throw CommandFailure(refusal, .badData) }
        let isNetwork = output.map { ExportFormat(path: $0) != nil } ?? false
        let held = repair ? try held(by: found.plan, opened.network) : nil
        if isNetwork, let held {
            throw CommandFailure(
                "\(held.name) has levels or cut activations by its plan, which a repair by least squares would not leave. "
                    + "Write it with --no-repair, or the plan with -o FILE.yaml.", .usage)
        }
        let applied =
            accuracy || isNetwork
            ? Applied(try Measurement.layers(opened, plan: found.plan), of: opened.network, plan: found.plan, base: nil) : nil
        let state = try repair && held == nil ? applied.flatMap { try repaired($0.network, opened) } : nil
        if let output, !isNetwork { try write(found.plan, to: output) }
        let measured = accuracy ? try driver.measure(found.plan, base: nil).report.accuracy : nil
        let afterwards = accuracy ? try state.flatMap { try driver.measure(CompressionPlan(), base: $0).report.accuracy } : nil
        Standard.output(
            try json ? found.json(measured, repaired: afterwards, warnings: warnings) : found.text(measured, repaired: afterwards))
        guard let output, isNetwork, let applied else { return }
        let written = try (state?.applied(to: opened.network) ?? applied).write(to: output, of: opened)
        if json { Standard.error("pare: \(written)") } else { Standard.output("\(written)") }
    }

    /// The answer by a table of another device, or by one that is measured here: first some ranks of each layer, then what the answer is made of.
    private func timed(
        _ network: Network, _ locations: Locations, _ answer: (LayerTimes?) throws -> BudgetAnswer
    ) throws -> BudgetAnswer {
        do {
            if let latency { return try answer(try LayerTimes(network, in: try LatencyOptions.read(latency))) }
            var timing = BudgetTiming(network, batch: batch, locations)
            var found = try answer(try timing.measured())
            // What was measured again may be dearer than it was thought, so that another answer is the best; a few rounds settle it.
            for _ in 0..<4 {
                let open = found.unmeasured
                if open.isEmpty { break }
                found = try answer(try timing.measured(also: open))
            }
            found.whole = try timing.whole(of: found.factored)
            return found
        } catch let error as ShapeError {
            throw CommandFailure("\(network.name) can't be timed: \(error)", .badData)
        }
    }

    private func resolved(_ plan: CompressionPlan, _ network: Network) throws(CommandFailure) -> ResolvedPlan {
        do { return try plan.resolved(for: network.layers) } catch { throw CommandFailure("\(error)", .badData) }
    }

    private func pinned(_ network: Network) throws(CommandFailure) -> Set<String> {
        var found: Set<String> = []
        for pattern in pin { found.formUnion(try network.layers(named: pattern, option: "--pin").map(\.weight)) }
        return found
    }

    /// The first layer whose values a repair would not leave as its plan has them.
    private func held(by plan: CompressionPlan, _ network: Network) throws(CommandFailure) -> Layer? {
        let resolved = try resolved(plan, network)
        return network.layers.first { resolved[$0.weight].holdsValues }
    }

    /// The network whose layers are factors, fitted to what it gave before; nil where there are no examples, which is said.
    private func repaired(_ factored: Network, _ opened: OpenedModel) throws(CommandFailure) -> TrainedState? {
        guard let data = try opened.trainingExamples() else {
            Standard.error("pare: not repaired: there are no training examples; name them with --data")
            return nil
        }
        return try TrainedState(id: "factors", network: factored).repaired(from: opened.network, on: data)
    }

    private func write(_ plan: CompressionPlan, to path: String) throws(CommandFailure) {
        do { try PlanFile.write(plan, to: path) } catch { throw CommandFailure("\(error)", .cannotWrite) }
    }
}

/// A budget as it is typed: `parameters:50%`, `macs:1200000`.
struct BudgetAmount: ExpressibleByArgument {
    var unit: BudgetUnit
    /// Of everything without ranks; nil where a number is given.
    var share: Double?
    var number: Double?

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let unit = BudgetUnit(word: parts[0]) else { return nil }
        self.unit = unit
        let isShare = parts[1].hasSuffix("%")
        guard let value = Double(isShare ? String(parts[1].dropLast()) : parts[1]), value.isFinite, value >= 0, !isShare || value <= 100
        else { return nil }
        if isShare { share = value / 100 } else { number = value }
    }

    /// As a share of what everything costs without ranks.
    func share(of dense: Double) -> Double { share ?? (dense > 0 ? (number ?? 0) / dense : 1) }
}

enum BudgetWeighting: String, ExpressibleByArgument, CaseIterable {
    case outputs, plain

    var weighting: LowRank.Weighting { self == .outputs ? .outputs : .plain }
}
