import ArgumentParser
import Compression
import Engine
import Exports
import Files
import Foundation
import Frames
import Networks

/// `pare thin`: filters removed without a screen.
struct ThinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thin",
        abstract: "Remove filters, units or heads of layers, with all that belongs to them around, or replace layers by modules.",
        discussion: """
            Each --filters names layers (by name, weight or a pattern) and how many go: 12, or 25%, whose rest is rounded to what kernels like (16 from 64 on,
            8 from 32 on). Behind it may stand a criterion, a ranking, what goes as a whole and what to round to: 'conv2:50% fpgm /4'. They are done in their
            order. Layers that make the same channels, as in a residual stream, lose them together: `pare info --groups` lists what belongs together, and
            what holds the rest. With --ranking global all layers of a pattern share one order, with isomorphic those of the same structure; --macs and
            --parameters let go until a cost is reached. taylor, taylor-activations, mean, apoz and fisher are measured on training examples. What
            reads the channels is fitted again to what it gave before (--no-repair leaves the weights of the file). What goes is written as indices of
            each parameter by --removed.

            EXAMPLES:
              pare thin lenet-5 --filters conv1:25% --filters fc1:50% -o smaller.onnx
              pare thin my.onnx --filters 'layer*.conv1:50% l2' -o smaller.pare --removed removed.json
              pare thin lenet-5 --macs 45% --ranking global --criterion taylor --steps 3 -o small.onnx
              pare thin my.onnx --filters '*:40%' --ranking isomorphic -o smaller.onnx
              pare thin lenet-5 --replace 'conv2:fire 16 25' -o fire.onnx
              pare thin lenet-5 --filters conv2:50% --format torch-pruning -o prune.py
              pare info my.onnx --groups
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @OptionGroup var choice: FilterOptions

    @Option(
        help: ArgumentHelp(
            "A convolution and the module that takes its place, after --filters; may be given several times: \(LayerModule.forms).",
            valueName: "layer:module"))
    var replace: [ModuleChoice] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Fit what reads the channels again on training examples, by least squares, and measure normalizations anew.")
    var repair = true

    @Flag(help: "Draw all weights anew at the end: the shape alone, to be trained from scratch beside what kept its weights.")
    var fresh = false

    @Option(
        help: ArgumentHelp(
            "What to write; without it what the ending of the file says. torch-pruning is a Python file that repeats the removal on a PyTorch model.",
            valueName: "format"))
    var format: ThinFormat?

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; its ending says what.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Write what goes as JSON: indices by parameter and axis, group by group.", valueName: "file"))
    var removed: String?

    func validate() throws {
        if choice.isEmpty, replace.isEmpty, !fresh {
            throw ValidationError("Say what goes, as in --filters conv2:50%, or what takes a place, as in --replace 'conv2:fire 16'.")
        }
        if removed == output { throw ValidationError("--removed and --output name the same file.") }
        if isScript, !replace.isEmpty || fresh {
            throw ValidationError("A file for Torch-Pruning repeats what --filters removes, no module and no new weights.")
        }
    }

    func run() throws {
        try CommandFailure.reporting {
            if isScript { try OutputEnding.check(output, isOf: "torch-pruning", among: [".py"]) }
            let opened = try OpenedModel(model.model, data: model.data, edits: model.edits, locations: folders.locations)
            try opened.checkData()
            for path in [output, removed].compactMap(\.self) { try Outputs.check(path, model: opened) }
            if isScript { return try writeScript(opened) }
            let format = try ExportFormat.named(format?.network, by: output)
            var thinned = try thin(opened, repairs: repair && !fresh)
            for choice in replace {
                let made = try choice.applied(to: opened.network, thinned.state, on: repair && !fresh ? opened.trainingExamples() : nil)
                thinned.state = made.state
                thinned.lines.append(made.line)
            }
            if fresh { try draw(&thinned, opened.network) }
            if let removed { try write(thinned.removed, to: removed) }
            Standard.output(text(thinned, before: opened.network))
            let state = thinned.state ?? TrainedState(id: "opened", network: opened.network)
            Standard.output(try state.applied(to: opened.network).write(to: output, of: opened, as: format).description)
        }
    }

    private struct Thinned {
        var state: TrainedState?
        var removed: [RemovedFilters] = []
        var lines: [String] = []
    }

    private func thin(_ opened: OpenedModel, repairs: Bool) throws(CommandFailure) -> Thinned {
        let removals = try choice.removals(of: opened.network)
        guard !removals.isEmpty else { return Thinned() }
        let missing = ThinningData(reason: "there are no training examples; name them with --data")
        let needsData = repairs || removals.contains { $0.criterion.need != .nothing }
        let found = needsData ? try opened.trainingExamples() : nil
        let data: Result<Dataset, ThinningData> = found.map { .success($0) } ?? .failure(missing)
        let thinning = FilterThinning(
            removals, options: .init(steps: choice.steps, repairs: repairs), from: nil, of: opened.network, data: data)
        let text = ThinningText()
        do throws(FilterObstacle) { while try thinning.step() { text.show(thinning.progress) } } catch {
            text.end()
            throw failure(error, of: thinning, opened.network)
        }
        text.end()
        var lines = thinning.outcomes.flatMap(\.lines)
        if choice.steps > 1 { lines.append("in \(choice.steps) steps, measured again after each") }
        if let remark = thinning.remark, remark != "repaired" { lines.append(remark) }
        return Thinned(state: thinning.state, removed: thinning.removed, lines: lines + thinning.repairLines)
    }

    /// What can't be done, of the layer that was named.
    private func failure(_ obstacle: FilterObstacle, of thinning: FilterThinning, _ network: Network) -> CommandFailure {
        let layers = thinning.current.layers.compactMap(network.layer(of:))
        guard layers.count == 1, let layer = layers.first else { return CommandFailure("nothing goes: \(obstacle)", .badData) }
        return CommandFailure("the \(layer.filterWord) of \(layer.name) stay: \(obstacle)", .badData)
    }

    /// The shape with weights of its own.
    private func draw(_ thinned: inout Thinned, _ opened: Network) throws(CommandFailure) {
        let seed = choice.seed
        do {
            let network = try (thinned.state?.base(of: opened) ?? opened).applying(.drawWeights(seed: seed))
            thinned.state = TrainedState(id: "\(thinned.state?.id ?? "opened")-fresh\(seed)", network: network)
            thinned.lines.append("all weights are drawn anew by seed \(seed)")
        } catch { throw CommandFailure("\(error)", .badData) }
    }

    private var isScript: Bool { format == .torchPruning || format == nil && output.hasSuffix(".py") }

    /// What goes, and as Python; weights are not written, so nothing is repaired but between steps.
    private func writeScript(_ opened: OpenedModel) throws {
        let thinned = try thin(opened, repairs: repair && choice.steps > 1)
        if let removed { try write(thinned.removed, to: removed) }
        let script: TorchPruningScript
        do throws(TorchPruningScript.Obstacle) { script = try TorchPruningScript(thinned.removed, of: opened.network) } catch {
            throw CommandFailure("no file for Torch-Pruning: \(error)", .badData)
        }
        do { try OutputFile.write([Data(script.text.utf8)], to: output) } catch { throw CommandFailure("\(error)", .cannotWrite) }
        Standard.output(text(thinned, before: opened.network))
        Standard.output("\(output): prune(model) repeats it on a PyTorch model of these module names.")
    }

    private func write(_ removed: [RemovedFilters], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { try OutputFile.write([try encoder.encode(removed)], to: path) } catch { throw CommandFailure("\(error)", .cannotWrite) }
    }

    private func text(_ thinned: Thinned, before: Network) -> String {
        let after = thinned.state?.base(of: before) ?? before
        let numbers = NumberFormat(glyphs: .unicode)
        let costs = FilterCost.allCases.reversed().compactMap { cost -> String? in
            guard let old = before.cost(cost), let new = after.cost(cost) else { return nil }
            let share = numbers.percent(Double(new) / Double(max(1, old)))
            return "\(cost.title) \(numbers.integer(old)) → \(numbers.integer(new)), \(share)"
        }
        return (thinned.lines + costs).joined(separator: "\n")
    }
}
