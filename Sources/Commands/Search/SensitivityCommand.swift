import ArgumentParser
import Compression
import Engine
import Files
import Foundation
import Networks
import Reports

/// `pare sensitivity`: what each option of each layer costs and wins, without a screen.
struct SensitivityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensitivity", abstract: "Measure which layer could go further, how far, and what it would win.",
        discussion: """
            Every layer is tried with each option of each family (\(OptionFamily.all.map(\.name).joined(separator: ", "))): on a few examples first, then on more where it
            may be worth it, until nothing is open. Costs are changes of the divergence from the original, of the cross-entropy and of accuracy, held
            against the same network without the option, example by example; bytes are those of the file. Nothing is measured on test.

            EXAMPLES:
              pare sensitivity lenet-5                      each layer alone, all others as they came
              pare sensitivity lenet-5 --plan plan.yaml --kind marginal   from a plan on
              pare sensitivity lenet-5 --kind leave-one-out --plan plan.yaml   what each layer of a plan would give back
              pare sensitivity my.onnx --data my-data --family level --whole --svg curves.svg -o curves.json
              pare sensitivity lenet-5 --session first-try  what was measured is kept, and not measured again
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(help: "From where: isolated, marginal (from the plan) or leave-one-out (what a bypass gives back).")
    var kind: [SensitivityKind] = []

    @Option(help: ArgumentHelp("A family of options, more than one by repeating it; without it all.", valueName: "name"))
    var family: [String] = []

    @Option(help: ArgumentHelp("A compression plan (YAML).", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("Keep figures in this session, and use those it has; without --plan its plan.", valueName: "name"))
    var session: String?

    @Option(help: ArgumentHelp("At most so many examples for an option, in whole batches.", valueName: "number"))
    var examples: Int?

    @Option(help: "Which examples of validation: all, or the half that things are chosen on, or the half that confirms.")
    var part: ExamplePart = .all

    @Flag(help: "Measure to the last example also what surely costs more than ten points.")
    var whole = false

    @Flag(help: "Print JSON with all options.")
    var json = false

    @Option(help: ArgumentHelp("Draw the curves of all layers.", valueName: "file.svg"))
    var svg: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Write all options as JSON.", valueName: "file.json"))
    var output: String?

    func validate() throws {
        for name in family where !OptionFamily.all.contains(where: { $0.name == name }) {
            throw ValidationError("--family \(name): the families are \(OptionFamily.all.map(\.name).joined(separator: ", ")).")
        }
        if let examples, examples < 1 { throw ValidationError("--examples takes 1 or more.") }
    }

    func run() throws {
        try CommandFailure.reporting {
            Interruption.listen()
            let locations = folders.locations
            let kept =
                try session.map { name throws(CommandFailure) in try KeptPlan(existing: name, folder: locations.sessionFolder) } ?? nil
            var opened = try OpenedModel(model, of: kept, locations: locations)
            try opened.checkData()
            for path in [svg, output] { try Outputs.check(path, model: opened) }
            try OutputEnding.check(svg, among: [".svg"])
            try OutputEnding.check(output, among: [".json"])
            let start = try plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) } ?? kept?.plan ?? CompressionPlan()
            try opened.calibrate(if: start.readsInputs)
            let base = plan == nil ? try kept?.state(of: opened.network) : nil
            let idle = start.warnings(of: plan, for: opened.network.graph(of: base).layers)
            let order = try order(start, base, opened)
            for remark in opened.warnings + idle { Standard.error("pare: \(remark)") }
            let keeper = try session.map { name throws(CommandFailure) in try FigureKeeper(name, model: opened, locations: locations) }
            defer { keeper?.close() }
            let driver = TrainingDriver(opened, part: part, memory: model.memory, keptFigures: keeper?.known)
            var line = TaskLine()
            let tables = try driver.sensitivity(order) { report in
                keeper?.keep(report, measuredOn: driver.dataset)
                if let progress = report.taskProgress { line.show(progress) }
            }
            line.end()
            try keeper?.finish()
            try tell(tables, opened, idle)
        }
    }

    /// Without a plan each layer is taken alone; with one the question is what comes next.
    private func order(_ start: CompressionPlan, _ base: TrainedState?, _ opened: OpenedModel) throws(CommandFailure) -> SensitivityOrder {
        let resolved: ResolvedPlan
        do { resolved = try start.resolved(for: opened.network.graph(of: base).layers) } catch {
            throw CommandFailure("\(error)", .badData)
        }
        let isPlanned = SensitivityContext.plan(of: resolved) != CompressionPlan()
        var kinds: [SensitivityKind] = kind.isEmpty ? [isPlanned ? .marginal : .isolated] : SensitivityKind.allCases.filter(kind.contains)
        if !isPlanned, kinds.contains(.leaveOneOut) {
            guard kinds.count > 1 else { throw CommandFailure("leave-one-out is of a plan: name one with --plan or --session.", .usage) }
            kinds.removeAll { $0 == .leaveOneOut }
        }
        return SensitivityOrder(
            kinds, plan: start, base: base, families: family.isEmpty ? nil : family, limit: examples, isWhole: whole)
    }

    private func tell(_ tables: [SensitivityTable], _ opened: OpenedModel, _ idle: [String]) throws {
        let open = tables.reduce(0) { $0 + ($1.options.count - $1.doneCount) }
        if Interruption.isWanted, open > 0 { Standard.error("pare: stopped with \(open) options not measured, or not to the end.") }
        let document = SensitivityDocument(tables, network: opened.identity, warnings: idle)
        if let output { try write(try document.json(), to: output) }
        if let svg { try write(Data(SensitivityPicture(tables, network: opened.network).svg.utf8), to: svg) }
        if json { Standard.output(try document.json()) } else { Standard.output(SensitivityText(opened.network).text(tables)) }
    }

    private func write(_ data: Data, to path: String) throws(CommandFailure) {
        do throws(OutputError) { try OutputFile.write([data], to: path) } catch { throw CommandFailure(error) }
    }
}

extension SensitivityKind: ExpressibleByArgument {}
extension ExamplePart: ExpressibleByArgument {}
