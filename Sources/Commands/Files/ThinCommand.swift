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
            8 from 32 on). Behind it may stand a criterion and what to round to: 'conv2:50% fpgm /4'. They are done in their order. Layers that make the same
            channels, as in a residual stream, lose them together: `pare info --groups` lists what belongs together, and what holds the rest. What
            reads the channels is fitted again to what it gave before (--no-repair leaves the weights of the file). What goes is written as indices of each parameter by --removed.

            EXAMPLES:
              pare thin lenet-5 --filters conv1:25% --filters fc1:50% -o smaller.onnx
              pare thin my.onnx --filters 'layer*.conv1:50% l2' -o smaller.pare --removed removed.json
              pare thin lenet-5 --replace 'conv2:fire 16 25' -o fire.onnx
              pare info my.onnx --groups
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(help: ArgumentHelp("Layers and how many of their filters go; may be given several times.", valueName: "layer:amount"))
    var filters: [FilterChoice] = []

    @Option(
        help: ArgumentHelp(
            "A convolution and the module that takes its place, after --filters; may be given several times: \(LayerModule.forms).",
            valueName: "layer:module"))
    var replace: [ModuleChoice] = []

    @Option(
        help: ArgumentHelp(
            "What ranks the filters where --filters does not say it: " + FilterCriterion.allCases.map(\.rawValue).joined(separator: ", ")
                + ".",
            valueName: "criterion"))
    var criterion: FilterCriterion = .l1

    @Option(help: ArgumentHelp("The seed of --criterion random and of --fresh.", valueName: "seed"))
    var seed: UInt64 = 0

    @Flag(
        inversion: .prefixedNo,
        help: "Fit what reads the channels again on training examples, by least squares, and measure normalizations anew.")
    var repair = true

    @Flag(help: "Draw all weights anew at the end: the shape alone, to be trained from scratch beside what kept its weights.")
    var fresh = false

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write; its ending says what.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Write what goes as JSON: indices by parameter and axis, group by group.", valueName: "file"))
    var removed: String?

    func validate() throws {
        if filters.isEmpty, replace.isEmpty, !fresh {
            throw ValidationError("Say what goes, as in --filters conv2:50%, or what takes a place, as in --replace 'conv2:fire 16'.")
        }
    }

    func run() throws {
        try CommandFailure.reporting {
            let opened = try OpenedModel(model.model, data: model.data, edits: model.edits, locations: folders.locations)
            for path in [output, removed].compactMap(\.self) { try Outputs.check(path, model: opened) }
            let format = try ExportFormat.named(nil, by: output)
            var thinned = try thin(opened.network)
            if repair, !fresh { try fit(&thinned, opened) }
            for choice in replace {
                let made = try choice.applied(to: opened.network, thinned.state, on: repair && !fresh ? opened.trainingExamples() : nil)
                thinned.state = made.state
                thinned.lines.append(made.line)
            }
            if fresh { try draw(&thinned, opened.network) }
            if let removed { try write(thinned.removed, to: removed) }
            Standard.output(text(thinned, before: opened.network))
            Standard.output(try export(thinned.state, opened, as: format).description)
        }
    }

    private struct Thinned {
        var state: TrainedState?
        var removed: [RemovedFilters] = []
        var lines: [String] = []
        var kept = KeptPlaces()
    }

    private func thin(_ opened: Network) throws(CommandFailure) -> Thinned {
        var thinned = Thinned()
        for choice in filters {
            let layers = opened.layers.filter { choice.names($0) }
            guard !layers.isEmpty else { throw CommandFailure("--filters \(choice.pattern): no layer has that name.", .usage) }
            for layer in layers { try remove(choice, of: layer, opened, &thinned) }
        }
        return thinned
    }

    /// A layer that a pattern finds and that can lose nothing stays, and it is said; one that was named is an error.
    private func remove(_ choice: FilterChoice, of layer: Layer, _ opened: Network, _ thinned: inout Thinned) throws(CommandFailure) {
        let before = thinned.state?.base(of: opened) ?? opened
        let total = before.removableFilters(of: layer)
        let count = choice.request.amount.removed(of: total, rounding: choice.request.rounding)
        let criterion = choice.namesCriterion ? choice.request.criterion : criterion
        let obstacle = before.filterObstacle(of: layer)
        guard let count = count ?? (obstacle == nil ? nil : 1) else {
            throw CommandFailure("--filters \(choice.text): \(layer.name) has \(total) that can go, and one has to stay.", .usage)
        }
        do throws(FilterObstacle) {
            if let obstacle { throw obstacle }
            let removal = FilterRemoval(weight: layer.weight, count: count, criterion: criterion, seed: seed)
            var importance = try removal.importance(in: before)
            while importance.step() {}
            let removed = try removal.removed(from: before, by: importance.result)
            thinned.state = try removal.state(from: thinned.state, of: opened, by: importance.result)
            thinned.removed.append(removed)
            thinned.kept.take(removed, from: before)
            let gone = removed.groups.reduce(0) { $0 + $1.channels.count }
            thinned.lines.append("\(layer.name): \(gone) of \(total) \(layer.filterWord) go by \(criterion.title), \(total - gone) stay")
        } catch {
            guard choice.isPattern else { throw CommandFailure("the \(layer.filterWord) of \(layer.name) stay: \(error)", .badData) }
            thinned.lines.append("\(layer.name): its \(layer.filterWord) stay: \(error)")
        }
    }

    /// The least squares of what reads the channels, once for all that went, against the network of the file.
    private func fit(_ thinned: inout Thinned, _ opened: OpenedModel) throws(CommandFailure) {
        guard let state = thinned.state else { return }
        guard let data = try opened.trainingExamples() else {
            thinned.lines.append("not repaired: there are no training examples; name them with --data")
            return
        }
        do {
            let repair = try NetworkRepair(before: opened.network, after: state.base(of: opened.network), kept: thinned.kept, data: data)
            while try repair.step() {}
            let repaired = state.repaired(repair.network, from: nil, of: opened.network)
            thinned.state = try repaired.followingNormalization(
                from: opened.network, kept: thinned.kept, of: opened.network, on: data)
            thinned.lines += repair.lines
        } catch { throw CommandFailure("the network could not be repaired: \(error)", .badData) }
    }

    /// The shape with weights of its own.
    private func draw(_ thinned: inout Thinned, _ opened: Network) throws(CommandFailure) {
        do {
            let network = try (thinned.state?.base(of: opened) ?? opened).applying(.drawWeights(seed: seed))
            thinned.state = TrainedState(id: "\(thinned.state?.id ?? "opened")-fresh\(seed)", network: network)
            thinned.lines.append("all weights are drawn anew by seed \(seed)")
        } catch { throw CommandFailure("\(error)", .badData) }
    }

    private func write(_ removed: [RemovedFilters], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { try OutputFile.write([try encoder.encode(removed)], to: path) } catch { throw CommandFailure("\(error)", .cannotWrite) }
    }

    private func export(_ state: TrainedState?, _ opened: OpenedModel, as format: ExportFormat) throws(CommandFailure) -> ExportReport {
        let applied = state?.applied(to: opened.network) ?? Applied([], of: opened.network, plan: CompressionPlan(), base: nil)
        var card = opened.card
        card?.parameters = applied.network.parameterCount
        card?.accuracy = nil
        do { return try NetworkExport.write(applied, as: format, codings: applied.codings, card: card, to: output) } catch {
            throw CommandFailure(error)
        }
    }

    private func text(_ thinned: Thinned, before: Network) -> String {
        let after = thinned.state?.base(of: before) ?? before
        let numbers = NumberFormat(glyphs: .unicode)
        var lines = thinned.lines + ["parameters \(numbers.integer(before.parameterCount)) → \(numbers.integer(after.parameterCount))"]
        if let old = try? before.multiplyAdds(), let new = try? after.multiplyAdds() {
            lines.append("multiply-adds \(numbers.integer(old.reduce(0, +))) → \(numbers.integer(new.reduce(0, +)))")
        }
        return lines.joined(separator: "\n")
    }
}

/// Layers, and how many of their filters go: `conv2:50%`.
struct FilterChoice: ExpressibleByArgument {
    let text: String
    let pattern: String
    let request: FilterRequest
    /// Whether a criterion is named.
    let namesCriterion: Bool

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let request = FilterRequest(String(argument[argument.index(after: colon)...])) else {
            return nil
        }
        (text, pattern, self.request) = (argument, String(argument[..<colon]), request)
        let words = argument[colon...].split { $0 == " " || $0 == ":" }
        namesCriterion = words.contains { FilterCriterion(rawValue: $0.lowercased()) != nil }
    }

    /// Whether it may find layers that nobody named.
    var isPattern: Bool { Glob(pattern).isGlob }

    func names(_ layer: Layer) -> Bool { [layer.name, layer.weight].contains { $0 == pattern || Glob(pattern).matches($0) } }
}

extension FilterCriterion: ExpressibleByArgument {}
