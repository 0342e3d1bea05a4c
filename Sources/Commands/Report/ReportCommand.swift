import ArgumentParser
import Compression
import Engine
import Foundation
import Networks
import Reports
import Sessions

/// `pare report`: all numbers of a network under a plan.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Print the numbers of a network under a plan, from the same engine as the screen.",
        discussion: """
            EXAMPLES:
              pare report                                  lenet-5 as it is, on validation
              pare report --plan plan.yaml --json          as JSON on stdout
              pare report --session first-try@pruned       a snapshot of a session, measured again
              pare report --ms --batch 16                  milliseconds of each layer and of the network, too
              pare report --plan int8.yaml --arithmetic integer   layers of 8 bits by integers, wherever they are exact here
              pare report small.pare --against lenet-5     a small network held against the one that it was made of
              pare report --plan plan.yaml --table sparsity   Distiller's table of zeros; macs is that of multiply-accumulates
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @OptionGroup var planned: PlanOptions

    @Option(help: ArgumentHelp("The network to hold it against, by path or bundled name.", valueName: "network"))
    var against: String?

    @Option(help: "The examples to measure: validation, or test (a session counts how often).")
    var split: ReportSplit = .validation

    @Option(
        help: ArgumentHelp(
            "How layers are computed whose weights and inputs have at most 8 bits: by integers where they are exact on this processor, by floats that stand for them, or by integers where they are not slower.",
            valueName: "integer|simulated|auto"))
    var arithmetic: Arithmetic = .auto

    @Option(
        name: .customLong("may-fall"),
        help: ArgumentHelp(
            "How far accuracy (or the figure in its place) may fall, in points of a hundred, R² as it is: the verdict says whether the plan is within it.",
            valueName: "points"))
    var mayFall: Double?

    @OptionGroup var latency: LatencyOptions

    @Option(
        help: ArgumentHelp(
            "Print Distiller's table of zeros by structure, or of multiply-accumulates, and measure nothing.", valueName: "sparsity|macs"))
    var table: DistillerTable?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print a table as comma-separated values.")
    var csv = false

    func validate() throws {
        if csv, table == nil { throw ValidationError("--csv is for --table sparsity or --table macs.") }
        if csv, json { throw ValidationError("Give either --csv or --json, not both.") }
        if let mayFall, !(0...100).contains(mayFall) { throw ValidationError("--may-fall is from 0 to 100 points.") }
    }

    func run() throws {
        try CommandFailure.reporting {
            let locations = folders.locations
            let kept = try planned.kept(locations)
            var opened = try OpenedModel(model, of: kept, locations: locations)
            let plan = try planned.plan(kept)
            try opened.calibrate(if: plan.readsInputs)
            let idle = plan.warnings(of: planned.plan, for: opened.network.layers)
            if let table {
                for remark in opened.warnings + idle { Standard.error("pare: \(remark)") }
                let network = try applied(opened, plan, kept)
                let form = csv ? TableForm.csv : json ? .json : .text
                let text = try table.text(of: network, as: form)
                return form == .text ? Standard.output(String(text.dropLast())) : Standard.output(Data(text.utf8))
            }
            let reference = try against.map { try opened.reference($0, data: model.data, locations: locations) }
            let source = opened.data(split.split)
            var options = EngineOptions(memoryBudget: model.memory << 20, niceness: 0)
            options.reference = reference?.network
            options.arithmetic = arithmetic
            let measured = try Measurement.report(
                opened, plan: plan, base: kept?.state(of: opened.network), data: source, options: options)
            if let reason = measured.dataFailure, let failure = opened.dataFailure(reason) { throw failure }
            var report = measured.report
            let (times, untimed) = try latency.times(of: measured.applied, locations: locations)
            report.latency = times
            (report.inputs, report.unused) = (opened.network.fixedInputFacts, opened.network.unusedPartFacts)
            report.bytes.count(cameFrom: reference?.network ?? opened.network)
            report.budget = mayFall.map { report.accuracy?.hasShare == false ? $0 : $0 / 100 } ?? kept?.contents.budget
            report.output = opened.network.outputFact
            report.batchOne = opened.network.batchOneFact
            if let reference {
                report.against = reference.identity
                report.bytes.hold(against: reference.network)
            }
            let isTestSeen = split == .test && report.accuracy != nil && report.data?.kind != .generated
            let uncounted = isTestSeen ? try kept?.countTestMeasurement(locations: locations) : nil
            let hint = reference == nil && kept == nil ? opened.hintAtReference(plan: plan) : nil
            let notes = [untimed, uncounted, hint, kept?.openTraining].compactMap(\.self)
            for remark in opened.warnings + idle + measured.remarks + notes { Standard.error("pare: \(remark)") }
            if json { Standard.output(try ReportDocument(report, warnings: idle).json()) } else { Standard.output(ReportText.text(report)) }
        }
    }

    /// The network under the plan: its values and its graph; nothing is measured.
    private func applied(_ opened: OpenedModel, _ plan: CompressionPlan, _ kept: KeptPlan?) throws -> Network {
        let base = try kept?.state(of: opened.network)
        if plan == CompressionPlan(), base == nil { return opened.network }
        let layers = try Measurement.layers(opened, plan: plan, base: base)
        return Applied(layers, of: opened.network, plan: plan, base: base).network
    }
}

extension Arithmetic: ExpressibleByArgument {}

/// The splits that a report can be about.
enum ReportSplit: String, ExpressibleByArgument, CaseIterable {
    case validation, test

    var split: DatasetSplit { self == .validation ? .validation : .test }
}
