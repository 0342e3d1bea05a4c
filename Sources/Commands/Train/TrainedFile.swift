import Compression
import Exports
import Files
import Formats
import Foundation
import Frames
import Networks
import Reports

/// A trained network on its way into a file, with the card that says how it was made.
struct TrainedFile {
    var model: OpenedModel
    var architecture: String?
    var recipe: TrainingRecipe?
    var command: [String]
    /// How the examples became inputs.
    var facts: InputFacts?

    /// What an output is written as: what its ending says, ONNX where it is no file but a device, a pipe or stdout; nil for another ending.
    private static func format(of path: String) -> ExportFormat? { OutputFile.isFile(path) ? ExportFormat(path: path) : .onnx }

    /// Throws where the ending of an output's name says no format.
    static func check(_ path: String?) throws(CommandFailure) {
        guard let path, format(of: path) == nil else { return }
        let endings = ExportFormat.endings.joined(separator: ", ")
        throw CommandFailure("\(path) has no ending that says what to write: give it one of \(endings).", .usage)
    }

    /// Writes the network as the ending of the name says and, where it is a file, the card beside it; what stands there is replaced whole.
    ///
    /// A network that has no form in that format is kept as ONNX under a free name with `.onnx` added, for the training was long.
    func write(_ result: StageTrainer.Result, test: AccuracyReport?, to path: String) throws(CommandFailure) {
        let format = Self.format(of: path) ?? .onnx
        do throws(CommandFailure) {
            try write(result, test: test, as: format, to: path)
        } catch {
            guard format != .onnx else { throw error }
            let kept = Outputs.free(path + ".onnx")
            try write(result, test: test, as: .onnx, to: kept)
            throw CommandFailure("\(error.message); the trained network is kept in \(kept)", error.code)
        }
    }

    private func write(_ result: StageTrainer.Result, test: AccuracyReport?, as format: ExportFormat, to path: String)
        throws(CommandFailure)
    {
        var card = card(result, test: test, path: path)
        do {
            try write(result.state, as: format, card: card, to: path)
            guard let place = Outputs.card(of: path) else { return }
            card.sha256 = try FileHash.sha256(path: path)
            try ModelCardWriter.write(card, to: place)
        } catch let error as ExportError {
            throw CommandFailure(error)
        } catch let error as FormatError {
            throw CommandFailure(writing: error)
        } catch {
            throw CommandFailure("\(error)", .cannotWrite)
        }
    }

    private func write(_ state: TrainedState, as format: ExportFormat, card: ModelCard, to path: String) throws {
        let applied = state.applied(to: model.network)
        guard format != .onnx else {
            _ = try NetworkWriter.write(applied.withoutNegativeZeros.inStandardOperators, to: path)
            return
        }
        _ = try NetworkExport.write(applied, as: format, codings: applied.codings, card: card, to: path)
    }

    /// What was in force; the opened card's word where examples had that behind them already, for it is that of stored pixels.
    private var input: ModelCard.Input? {
        // Of several inputs each has its own, which a card does not hold.
        guard model.network.packed == nil else { return model.loader.card?.input }
        let shape = model.network.inputShape.dimensions
        if var own = model.loader.card?.input, facts.map({ [.divided, .normalized].contains($0.origin) }) ?? true {
            own.shape = shape
            return own
        }
        let normalization = facts?.normalization ?? InputNormalization()
        return ModelCard.Input(
            shape: shape, scale: normalization.scale, mean: normalization.mean, standardDeviation: normalization.standardDeviation)
    }

    private func card(_ result: StageTrainer.Result, test: AccuracyReport?, path: String) -> ModelCard {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let data = result.figures.report.data.map {
            ModelCard.Data(
                name: $0.name, debianPackage: model.card?.data?.debianPackage, training: model.card?.data?.training,
                validation: model.card?.data?.validation)
        }
        return ModelCard(
            name: name, title: model.card?.title, file: URL(fileURLWithPath: path).lastPathComponent,
            parameters: model.network.graph(of: result.state).parameterCount, data: data, input: input, classes: model.card?.classes,
            training: ModelCard.Training(
                framework: "pare \(PareVersion.current)", architecture: architecture, seed: recipe?.seed,
                threads: result.figures.report.environment.threads, epochs: result.state.epochs,
                recipe: recipe.map(RecipeText.text), command: CommandText.text(command)),
            accuracy: ModelCard.Accuracy(validation: result.figures.report.accuracy?.current, test: test?.current))
    }
}

/// A recipe in words, for cards and lists.
enum RecipeText {
    /// `10 epochs of batches of 64, sgd momentum 0.9, rate 0.01 cosine, weight decay 0.0005`.
    static func text(_ recipe: TrainingRecipe) -> String {
        let epochs = NumberFormat.unicode.count(recipe.epochs, "epoch")
        var parts = ["\(epochs) of batches of \(recipe.batchSize)", optimizer(recipe.optimizer), rate(recipe.rate)]
        if recipe.weightDecay > 0 { parts.append("weight decay \(recipe.weightDecay)") }
        if let clip = recipe.gradientClip { parts.append("gradient norm at most \(clip)") }
        if recipe.augmentation.shift > 0 { parts.append("shift \(recipe.augmentation.shift)") }
        if recipe.augmentation.flips { parts.append("flip") }
        if recipe.augmentation.erasing > 0 { parts.append("erasing \(recipe.augmentation.erasing)") }
        for teacher in recipe.teachers { parts.append(self.teacher(teacher)) }
        return parts.joined(separator: ", ")
    }

    private static func optimizer(_ optimizer: Optimizer) -> String {
        switch optimizer {
        case .sgd(let momentum, let isNesterov): "sgd momentum \(momentum)" + (isNesterov ? " Nesterov" : "")
        case .adamW(let beta1, let beta2, _): "adamw \(beta1) \(beta2)"
        }
    }

    private static func rate(_ rate: LearningRate) -> String {
        let course =
            switch rate.course {
            case .constant: "constant"
            case .steps(let factor, let epochs): "× \(factor) after \(epochs.map(String.init).joined(separator: ", "))"
            case .exponential(let factor): "× \(factor) an epoch"
            case .cosine: "cosine"
            case .oneCycle: "one cycle"
            }
        return "rate \(rate.rate) \(course)" + (rate.warmUp > 0 ? ", warm-up \(rate.warmUp)" : "")
    }

    private static func teacher(_ teacher: Teacher) -> String {
        switch teacher {
        case .original: "teacher original"
        case .file(let path): "teacher \(URL(fileURLWithPath: path).lastPathComponent)"
        }
    }
}

/// A command line for others to read.
enum CommandText {
    /// The program by its name and files by their last names: where they lay is nobody else's affair.
    static func text(_ arguments: [String]) -> String {
        (["pare"] + arguments.dropFirst().map(named)).joined(separator: " ")
    }

    private static func named(_ argument: String) -> String {
        guard argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") else { return lastName(argument) }
        return argument[...equals] + lastName(String(argument[argument.index(after: equals)...]))
    }

    /// `net.onnx` of `/home/me/net.onnx`; a fraction such as `1/255` is no path.
    private static func lastName(_ text: String) -> String {
        guard text.contains("/"), ScaleFactor(argument: text) == nil else { return text }
        return text.split(separator: "/").last.map(String.init) ?? "/"
    }
}
