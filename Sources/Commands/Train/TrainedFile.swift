import Compression
import Exports
import Formats
import Foundation
import Networks
import Reports

/// A trained network on its way into a file, with the card that says how it was made.
struct TrainedFile {
    var model: OpenedModel
    var architecture: String?
    var recipe: TrainingRecipe?
    var command: [String]

    /// What a trained network can be written as.
    static let endings = [".onnx", ".pare"]

    /// Writes the network and, where it is a file, the card beside it; what stands there is replaced whole.
    func write(_ result: StageTrainer.Result, test: AccuracyReport?, to path: String) throws(CommandFailure) {
        let network = result.state.network(of: Self.quantized(model.network, by: result.state.plan)).inStandardOperators
        do {
            let source = try write(network, of: result.state, to: path)
            if let place = Outputs.card(of: path) { try ModelCardWriter.write(card(result, test: test, source: source), to: place) }
        } catch let error as FormatError {
            throw CommandFailure(writing: error)
        } catch {
            throw CommandFailure("\(error)", .cannotWrite)
        }
    }

    /// As ONNX, or as Pare's container where the name ends in `.pare`.
    private func write(_ network: Network, of state: TrainedState, to path: String) throws -> Network.Source {
        guard path.hasSuffix(".pare") else { return try NetworkWriter.write(network, to: path) }
        let layers = model.network.layers.compactMap { state.layers[$0.weight]?.compressed }
        _ = try PareFile.write(PlannedNetwork(network, layers: layers, plan: CompressionPlan()), card: model.card, to: path)
        let read = try PareFile.read(path).network.source
        return read ?? Network.Source(path: path, byteCount: 0, sha256: "")
    }

    /// Quantizers of activations are in the graph.
    private static func quantized(_ network: Network, by plan: CompressionPlan) -> Network {
        network.quantizingActivations(activations(plan, network))
    }

    /// Of the layers whose values can be quantized.
    private static func activations(_ plan: CompressionPlan, _ network: Network) -> [String: ActivationQuantization] {
        let settings = (try? plan.resolved(for: network.layers))?.activations ?? [:]
        return settings.filter { network.quantizedValue(of: $0.key) != nil }
    }

    private func card(_ result: StageTrainer.Result, test: AccuracyReport?, source: Network.Source) -> ModelCard {
        let name = URL(fileURLWithPath: source.path).deletingPathExtension().lastPathComponent
        let normalization = model.loader.card?.input
        let input = ModelCard.Input(
            shape: model.network.inputShape.dimensions, scale: normalization?.scale ?? 1 / 255, mean: normalization?.mean ?? [0],
            standardDeviation: normalization?.standardDeviation ?? [1])
        let data = result.figures.report.data.map {
            ModelCard.Data(
                name: $0.name, debianPackage: model.card?.data?.debianPackage, training: model.card?.data?.training,
                validation: model.card?.data?.validation)
        }
        return ModelCard(
            name: name, title: model.card?.title, file: URL(fileURLWithPath: source.path).lastPathComponent, sha256: source.sha256,
            parameters: model.network.parameterCount, data: data, input: input, classes: model.card?.classes,
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
        var parts = ["\(recipe.epochs) epochs of batches of \(recipe.batchSize)", optimizer(recipe.optimizer), rate(recipe.rate)]
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
