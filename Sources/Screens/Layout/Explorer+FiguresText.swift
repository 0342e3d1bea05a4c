import Compression
import Frames
import Networks

extension Explorer {
    /// `ratio 0.50`, `2:4`, `level 50.0% by blocks 8`.
    private func pruned(_ plan: LayerPlan, _ layer: Layer) -> String {
        let amount = "\(plan.pruning.criterion.rawValue) \(Knob.amount.text(in: plan, of: layer))"
        guard let pattern = plan.pattern?.rawValue else { return amount }
        return plan.hasAmount ? "\(amount) by \(pattern)" : pattern
    }

    /// The figures of the network and of every layer as plain text, for the clipboard.
    var figuresText: String {
        var lines = [network.name]
        lines += [FiguresView.accuracyLine(self, width: .max).plain, FiguresView.sizeLine(self, width: .max).plain]
            .map(\.trimmingBlanks)
        if let sentence = accuracy?.value.arithmeticSentence { lines.append("arithmetic " + sentence) }
        for layer in layers.flatMap({ [$0] + (plan(of: $0).partsInForce == nil ? [] : parts(of: $0)) }) {
            let plan = plan(of: layer)
            let parts = [
                layer.name,
                plan.bypass ? LayerPlan.bypassWord : pruned(plan, layer),
                "kept \(numbers.percent(kept(of: layer)?.fraction))",
                plan.inForce.weights.name + " "
                    + (plan.factorization(of: layer.geometry).map { "rank \($0.text)" } ?? "\(plan.inForce.weights.bits) bits"),
                numbers.bytes(fileSize(of: layer)?.figure),
            ]
            lines.append(parts.joined(separator: "  "))
        }
        if let rest = fileRest { lines.append("biases, graph  \(numbers.bytes(rest))") }
        return lines.joined(separator: "\n") + "\n"
    }
}
