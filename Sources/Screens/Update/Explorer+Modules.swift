import Compression
import Engine
import Frames
import Networks

extension ModuleOrder: TaskRequest {
    public var task: LaneTask { .module(self) }
    public var loss: String? { label }
}

/// A convolution that gives its place to a module.
extension Explorer {
    /// Why the selected layer can't be replaced, or nil.
    var moduleObstacle: String? {
        guard let layer = selectedWhole else { return "this network has no layer with weights" }
        if selectedGroup != nil { return "one layer is replaced at a time; select it in the group" }
        if awaitedState != nil { return "a trained state is still being read; try again in a moment" }
        return network.moduleObstacle(of: layer, .pointwise).map { "\(layer.name) stays: \($0)" }
    }

    mutating func askForModule() { ask(TextPrompt(.module, placeholder: "fire 16")) }

    /// The question, with at most so many cells of the layer's name.
    func moduleQuestion(width: Int) -> String {
        let name = (selectedWhole?.name ?? "").truncatedAtStart(to: width, ellipsis: String(glyphs.ellipsis))
        return "replace \(name) by:"
    }

    /// What would be done: `25,050 → 3,725 parameters, 1.60 → 0.24 M multiply-adds`; nil where the text is none that is allowed.
    func moduleConsequence(of text: String) -> String? {
        guard let layer = selectedWhole, let module = try? module(text, of: layer) else { return nil }
        let now = layer.count + (layer.bias.flatMap { network.parameters[$0]?.count } ?? 0)
        let parameters = "\(numbers.integer(now)) \(glyphs.arrow) \(numbers.integer(module.parameterCount(of: layer))) parameters"
        guard let places = places(of: layer) else { return parameters }
        let adds = module.multiplyAdds(of: layer, outputPlaces: places.output, inputPlaces: places.input)
        return parameters + ", \(numbers.integer(layer.count * places.output)) \(glyphs.arrow) \(numbers.integer(adds)) multiply-adds"
    }

    mutating func replaceLayer(_ text: String) throws(KnobRefusal) {
        guard let layer = selectedWhole else { return }
        let module = try module(text, of: layer)
        let label = "\(layer.name): \(module.word)"
        start(ModuleOrder(LayerReplacement(weight: layer.weight, module: module), base: base, label: label))
        say("\(label) is being fitted to what the layer gives\(glyphs.ellipsis)")
    }

    private func module(_ text: String, of layer: Layer) throws(KnobRefusal) -> LayerModule {
        let module: LayerModule
        do throws(WordProblem) { module = try LayerModule(reading: text.trimmingBlanks, of: layer) } catch { throw .notRead(error) }
        if let obstacle = network.moduleObstacle(of: layer, module) { throw .notAllowed("\(LayerModule.forms): \(obstacle)") }
        return module
    }

    /// Places of one channel of what a convolution reads and makes for one example.
    private func places(of layer: Layer) -> (input: Int, output: Int)? {
        guard let node = layer.node.map({ network.nodes[$0] }), let input = node.inputs.first, let output = node.outputs.first,
            let shapes = try? network.shapes(batch: 1), let read = shapes[input], let made = shapes[output], read.rank > 1, made.rank > 1
        else { return nil }
        return (read.count / max(1, read[1]), made.count / max(1, made[1]))
    }
}
