import ArgumentParser
import Compression
import Engine
import Foundation
import Frames
import Networks

/// A layer, and the module that takes its place: `conv2:fire 16`.
struct ModuleChoice: ExpressibleByArgument {
    let text: String
    let layer: String
    let module: String

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":") else { return nil }
        (text, layer, module) = (argument, String(argument[..<colon]), String(argument[argument.index(after: colon)...]))
    }

    /// Puts the module in the layer's place in what a state left of the opened network, and fits it on examples where there are some.
    ///
    /// Returns the state, and a line that says what came of it.
    func applied(
        to opened: Network, _ state: TrainedState?, on data: Dataset?
    ) throws(CommandFailure) -> (state: TrainedState, line: String) {
        let before = state?.base(of: opened) ?? opened
        guard let layer = before.layers.first(where: { [$0.name, $0.weight].contains(self.layer) }) else {
            let cure = Glob(self.layer).isGlob ? "Name one layer; a pattern is none." : "`pare info` lists them."
            throw CommandFailure("--replace \(text): no layer has that name. \(cure)", .usage)
        }
        let module: LayerModule
        do throws(WordProblem) { module = try LayerModule(reading: self.module, of: layer) } catch {
            throw CommandFailure("--replace \(text): \(error).", .usage)
        }
        let replacement = LayerReplacement(weight: layer.weight, module: module)
        do {
            guard let start = try replacement.applied(to: before) else { throw ReplaceLayer.Failure.unknown }
            let numbers = NumberFormat(glyphs: .unicode)
            let now = layer.count + (layer.bias.flatMap { before.parameters[$0]?.count } ?? 0)
            let then = module.parameterCount(of: layer)
            var line = "\(layer.name): \(module.word), parameters \(numbers.integer(now)) → \(numbers.integer(then))"
            var network = start
            if let data {
                let fit = try ModuleFit(before: before, after: start, layer: layer, module: module, data: data)
                while try fit.step() {}
                network = fit.network
                let words = "; fitted: of its outputs' variance %.1f %% was lost, %.1f %% is"
                line += String(format: words, 100 * fit.error.before, 100 * fit.error.after)
            } else {
                line += "; not fitted"
            }
            return (TrainedState(id: "\(layer.weight):\(module.word)", changed: network, from: state, of: opened), line)
        } catch let failure as ReplaceLayer.Failure {
            throw CommandFailure("--replace \(text): \(layer.name) stays: \(failure).", .badData)
        } catch { throw CommandFailure("--replace \(text): \(error)", .badData) }
    }
}
