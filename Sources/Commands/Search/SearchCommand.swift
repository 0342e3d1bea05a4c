import ArgumentParser
import Compression
import Engine
import Exports
import Files
import Foundation
import Networks
import Reports
import Sessions

/// `pare search`: how far for each layer, under one goal, without training.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Choose for every layer how far it goes: the best figure in so many bytes, or the smallest file within a loss.",
        discussion: """
            Options of every layer are measured alone, coarse ones first, a budget is solved over what is known, what it chooses is measured whole and
            corrected, and then layers are switched one by one as long as that brings something. Half of the validation examples (choose) decide, the other half (confirm) says
            whether the goal is met. ^C ends it with the best plan that was measured whole. What AMC's agent learns (a ratio for each layer under a budget of
            FLOPs or bytes) and what Distiller's SensitivityPruner and its analysis of sensitivities are used for is this question.

            EXAMPLES:
              pare search lenet-300-100 --bytes 53322 -o plan.yaml     the best plan whose whole file has at most so many bytes
              pare search lenet-5 --loss 0.5 -o plan.yaml              the smallest file that surely loses no more than half a point
              pare search lenet-5 --loss 0.5 --ms 0.1 -o plan.yaml     the same, and a network that takes at most a tenth of a millisecond
              pare search lenet-5 --bytes 60000 --pin 'conv1=level 0.4, shared 8' --keep fc2 --session first-try
              pare sessions front first-try                            every plan that it measured

            Exit code 81: the goal was not met on the examples that confirm it; the plan that comes nearest is written all the same.
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(help: ArgumentHelp("At most so many bytes of the whole .pare file.", valueName: "n"))
    var bytes: Int?

    @Option(
        help: ArgumentHelp(
            "What the figure may fall by: points of a hundred, R² as it is. The smallest file is looked for.", valueName: "points"))
    var loss: Double?

    @Option(help: ArgumentHelp("Besides, at most so many multiply-adds of nonzero weights for one example.", valueName: "n"))
    var macs: Double?

    @Option(
        help: ArgumentHelp(
            "Besides, at most so many milliseconds of the network: zeros make layers faster, see `pare report --ms`.", valueName: "ms"))
    var ms: Double?

    @Option(help: ArgumentHelp("Examples of one batch that is timed, for --ms.", valueName: "n"))
    var batch: Int = 1

    @Option(help: ArgumentHelp("Milliseconds of another device, as the runner of `pare latency probe` prints them.", valueName: "file"))
    var latency: String?

    @Option(
        help: ArgumentHelp(
            "What a layer is, or is kept within: 'conv1=level 0.4, shared 8', 'fc*=level 0..0.9'; may be given more than once.",
            valueName: "layer=…"))
    var pin: [SearchPin] = []

    @Option(help: ArgumentHelp("A layer that stays as the plan has it, by name or glob; may be given more than once.", valueName: "layer"))
    var keep: [String] = []

    @Option(
        help: ArgumentHelp(
            "What is tried, with commas between: \(OptionFamily.all.map(\.name).joined(separator: ", ")).", valueName: "words"))
    var family: String = "level,centroids"

    @Flag(
        help: "Weights make good what others lose for the layer's outputs on training examples (fit: compensated), wherever that is known.")
    var fit = false

    @Flag(help: "With --fit: each layer behind those before it as the plan makes them (fit: sequential).")
    var sequential = false

    @Option(help: ArgumentHelp("The compression plan (YAML) to begin with.", valueName: "file"))
    var plan: String?

    @Option(
        help: ArgumentHelp(
            "A session that keeps every plan that is measured, and what a kill cut off; made where there is none.", valueName: "name"))
    var session: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the plan here (YAML).", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Ends it after so long.", valueName: "seconds"))
    var time: Double?

    @Option(help: ArgumentHelp("So many switches in a row without a gain end it.", valueName: "n"))
    var patience: Int = 40

    @Flag(help: "Print a line of JSON.")
    var json = false

    func validate() throws {
        guard (bytes == nil) != (loss == nil) else { throw ValidationError("Give --bytes or --loss, one of them.") }
        if let bytes, bytes < 1 { throw ValidationError("--bytes is 1 or more.") }
        if let loss, !(0...100).contains(loss) { throw ValidationError("--loss is from 0 to 100 points.") }
        if let macs, !(macs > 0) { throw ValidationError("--macs is above 0.") }
        try LatencyBatch.check(batch)
        if let ms, !(ms > 0) { throw ValidationError("--ms is above 0.") }
        if ms != nil, macs != nil { throw ValidationError("Give either --macs or --ms, not both.") }
        if latency != nil, ms == nil { throw ValidationError("--latency is for a goal in --ms.") }
        if ms != nil, let family = families?.intersection(SearchTiming.untimed).sorted().first {
            throw ValidationError("--ms goes by the zeros of layers, and has no time of \(family): take it out of --family.")
        }
        if let time, !(time > 0) { throw ValidationError("--time is above 0 seconds.") }
        if sequential, !fit { throw ValidationError("--sequential says how --fit goes: give both.") }
        if patience < 0 { throw ValidationError("--patience is 0 or more.") }
        guard families != nil else {
            throw ValidationError("--family takes \(OptionFamily.all.map(\.name).joined(separator: ", ")), with commas between.")
        }
    }

    private var families: Set<String>? {
        let words = family.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let found = words.compactMap { word in OptionFamily.all.first { $0.name == (word == "shared" ? "centroids" : word) }?.name }
        return found.count == words.count && !found.isEmpty ? Set(found) : nil
    }

    func run() throws {
        try CommandFailure.reporting {
            Interruption.listen()
            let locations = folders.locations
            let kept = try session.flatMap { try KeptPlan(existing: $0, folder: locations.sessionFolder) }
            var opened = try OpenedModel(model, of: kept, locations: locations)
            try opened.checkData()
            try Outputs.check(output, model: opened)
            let base = try kept?.state(of: opened.network)
            let start = try self.start(opened, base)
            try opened.calibrate(if: fit || CompressionPlan(resolved: start).readsInputs)
            let timing = try ms.map { _ throws(CommandFailure) in
                try SearchTiming(opened, base, batch: batch, latency: latency, locations)
            }
            var goal = SearchGoal(bytes.map { .bytes($0) } ?? .loss((loss ?? 0) / 100), products: macs)
            (goal.milliseconds, goal.device) = (ms, timing?.times.table.device.words)
            let run = SearchRun(
                model: opened, base: base, start: start, goal: goal, timing: timing,
                grid: SearchGrid(families: families ?? [], fit: fit ? sequential ? .sequential : .compensated : .nearest),
                pins: pin,
                keeps: keep, memory: model.memory, end: time.map { Date(timeIntervalSinceNow: $0) }, patience: patience)
            for remark in opened.warnings { Standard.error("pare: \(remark)") }
            let data = try run.examples()
            for remark in [data.remark, data.warning].compactMap(\.self) { Standard.error("pare: \(remark)") }
            let answer = try run.answer(on: data, session: session, locations: locations)
            if let output {
                do { try PlanFile.write(CompressionPlan(resolved: answer.plan), to: output) } catch {
                    throw CommandFailure("\(error)", .cannotWrite)
                }
            }
            Standard.output(try json ? answer.json() : answer.text)
            if !answer.isMet { throw ExitCode(CommandFailure.Code.notMet.rawValue) }
        }
    }

    private func start(_ opened: OpenedModel, _ base: TrainedState?) throws(CommandFailure) -> ResolvedPlan {
        let plan = try plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) } ?? CompressionPlan()
        for warning in plan.warnings(of: self.plan, for: opened.network.layers) { Standard.error("pare: \(warning)") }
        let layers = opened.network.graph(of: base).layers
        do { return try plan.resolved(for: layers).covering(layers) } catch { throw CommandFailure("\(error)", .badData) }
    }
}
