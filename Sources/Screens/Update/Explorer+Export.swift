import Compression
import Exports
import Networks

extension Explorer {
    /// Asks where to; the small network beside the one that is open is suggested.
    mutating func promptForExport() {
        let name = network.name.replacing("/", with: "-")
        let suggestion = name + ".pare"
        let isTaken = desk.opened.source?.path.split(separator: "/").last.map(String.init) == suggestion
        ask(TextPrompt(.export, placeholder: isTaken ? name + "-smaller.pare" : suggestion))
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
