import Compression
import Exports
import Networks
import Reports

extension Explorer {
    /// Asks where to, with what was typed already; a file beside the one that is open is suggested.
    mutating func promptForExport(ending: String = ".pare", typed: String = "") {
        let name = network.name.replacing("/", with: "-")
        let suggestion = name + ending
        let isTaken = desk.opened.source?.path.split(separator: "/").last.map(String.init) == suggestion
        stack.close()
        ask(TextPrompt(.export, text: typed, placeholder: isTaken ? name + "-smaller" + ending : suggestion))
    }

    /// The bytes of a file, as far as they are known before it is made: of Pare's own as below the layers, of floats four a number, of integers and
    /// codebooks what the layers are stored in; nil of others.
    func size(of target: ExportTarget) -> ByteFigure? {
        guard case .network(let format) = target, !layers.isEmpty else { return nil }
        switch format {
        case .pare: return fileSize
        case .onnx, .safetensors: return ByteFigure(floatBytes, isExact: false)
        case .quantizedONNX: return compactBytes.map { ByteFigure($0, isExact: false) }
        case .c: return nil
        }
    }

    /// All numbers of the graph in force as floats of the width that they came with.
    private var floatBytes: Int { network.graph(of: base).parameters.values.reduce(0) { $0 + $1.floatByteCount } }

    /// With layers on grids and codebooks as 8 or 4 bits a weight; nil while layers are still being made.
    private var compactBytes: Int? {
        var bytes = floatBytes
        let parameters = network.graph(of: base).parameters
        for layer in layers {
            guard isFresh(layer), let made = compressed[layer.weight]?.value else { return nil }
            bytes += made.estimatedCompactBytes - (parameters[layer.weight]?.floatByteCount ?? 4 * layer.count)
        }
        return bytes
    }

    /// Writes the plan, or the network in the format that the ending of the name says.
    mutating func export(to path: String) {
        guard case .network(let format) = ExportTarget(path: path) else { return emit(.exportPlan(plan, path: path, overwrite: false)) }
        if let fileChange { return say("\(path) was not written: \(fileChange)", .error) }
        if let obstacle = exportObstacle { return say(obstacle, .warning) }
        let network = NetworkToWrite(applied: applied, format: format, codings: resolvedPlan.codings)
        emit(.exportNetwork(network, path: path, overwrite: false))
        say("writing \(path)\(glyphs.ellipsis)")
    }

    /// What a file of the plan alone does not hold, or nil.
    package var notInPlan: String? {
        guard let base else { return nil }
        let made = [isThinned ? "the filters that were removed" : nil, base.recipe != nil || base.epochs > 0 ? "the training" : nil]
        let words = made.compactMap(\.self)
        return words.isEmpty ? "the values that were adjusted" : words.joined(separator: " and ")
    }

    /// Why the network can't be written now, or nil.
    private var exportObstacle: String? {
        layers.allSatisfy(isFresh) ? nil : "the layers of this plan are still being made; export again in a moment"
    }

    /// The network as the plan leaves it.
    private var applied: Applied {
        Applied(layers.compactMap { compressed[$0.weight]?.value }, of: desk.opened, plan: plan, base: base)
    }
}
