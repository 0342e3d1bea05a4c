import Compression
import Frames
import Networks
import Reports
import Sessions

/// One side of a comparison: the figures of each layer and of the whole network, nil where they are not known.
struct ComparedState {
    /// What can stand on a side.
    enum Side: Hashable {
        /// The network as it was opened, nothing done to it.
        case original
        /// The plan as it stands.
        case current
        /// A snapshot of this session, by its id.
        case snapshot(Int64)
    }

    /// One layer's figures.
    struct Figures {
        /// The pruning knob, `ratio 0.40`.
        var amount: String
        var kept: Double?
        /// `shared 5`.
        var stored: String
        /// Whole signal to noise in dB; infinite without error.
        var decibels: Double?
        var bytes: ByteFigure?
        var isFresh = true
    }

    var name: String
    var isOriginal = false
    var layers: [String: Figures] = [:]
    /// Those of the factors of layers that are a product.
    var factors: [LayerPart: Figures] = [:]
    var accuracy: Double?
    /// Half of its 95 % interval, and of that of the paired difference from the original; nil where they are exact.
    var accuracyWidth: Double?
    var differenceWidth: Double?
    /// What that is: `accuracy`, `agreement` with the original, or `cosine`.
    var figureName = "accuracy"
    var bytes: ByteFigure?
    /// What of them belongs to no layer.
    var rest: ByteFigure?
    var sparsity: Double?
    var isFresh = true

    init(_ side: Side, _ explorer: Explorer) {
        switch side {
        case .original: self = Self.original(explorer)
        case .current: self = Self.current(explorer)
        case .snapshot(let id):
            guard let snapshot = explorer.snapshots.first(where: { $0.id == id }) else {
                self.init(name: "a snapshot that is gone")
                return
            }
            self = Self.snapshot(snapshot, explorer)
        }
    }

    private init(name: String) { self.name = name }

    private static func original(_ explorer: Explorer) -> ComparedState {
        var state = ComparedState(name: "original")
        state.isOriginal = true
        var zeros: Int? = 0
        let opened = explorer.desk.opened
        for layer in opened.layers {
            let given = explorer.desk.original(layer)?.givenZeros
            zeros = given.flatMap { given in zeros.map { $0 + given } }
            let kept = given.map { layer.count == 0 ? 0 : 1 - Double($0) / Double(layer.count) }
            state.layers[layer.weight] = Figures(
                amount: amount(.unchanged, layer), kept: kept, stored: stored(.unchanged, layer), decibels: .infinity,
                bytes: ByteFigure(opened.parameters[layer.weight]?.storedByteCount ?? 4 * layer.count, isExact: true))
        }
        let weights = opened.layers.reduce(0) { $0 + $1.count }
        state.sparsity = zeros.map { weights == 0 ? 0 : Double($0) / Double(weights) }
        state.bytes = ByteFigure(opened.storedByteCount, isExact: true)
        state.rest = ByteFigure(opened.storedByteCountOfOthers, isExact: true)
        if let report = explorer.accuracy?.value, report.originalEvaluated > 0 {
            (state.accuracy, state.figureName) = (report.original, report.figureName)
            if report.originalEvaluated < report.count { state.accuracyWidth = report.originalInterval.halfWidth }
        } else {
            state.accuracy = explorer.snapshots.last?.report.accuracy?.original
        }
        return state
    }

    private static func current(_ explorer: Explorer) -> ComparedState {
        var state = ComparedState(name: "current")
        for layer in explorer.layers.flatMap({ [$0] + explorer.parts(of: $0) }) {
            let plan = explorer.plan(of: layer)
            let size = explorer.fileSize(of: layer)?.figure
            var figures = explorer.summary(of: layer).map { Self.figures($0, layer, bytes: size) } ?? Figures(amount: "", stored: "")
            figures.amount = amount(plan, layer)
            figures.stored = stored(plan, layer)
            if let kept = explorer.kept(of: layer) { figures.kept = kept.fraction }
            figures.isFresh = explorer.isFresh(layer)
            if let part = layer.part { state.factors[part] = figures } else { state.layers[layer.weight] = figures }
        }
        if let report = explorer.accuracy?.value, report.evaluated > 0 { state.take(report) }
        (state.bytes, state.rest) = (explorer.fileSize, explorer.fileRest)
        state.sparsity = explorer.findings.sparsity?.value
        state.isFresh = explorer.isAccuracyFresh && explorer.isBytesFresh
        return state
    }

    private static func snapshot(_ snapshot: Snapshot, _ explorer: Explorer) -> ComparedState {
        var state = ComparedState(name: snapshot.name)
        for summary in snapshot.report.layers {
            guard let layer = explorer.network.layer(of: summary.weight) else { continue }
            state.layers[summary.weight] = figures(summary, layer, bytes: snapshot.report.size(of: summary))
            for part in summary.plan.factorization(of: layer.geometry)?.parts(of: layer.geometry) ?? [] {
                guard let own = summary.part(part.side) else { continue }
                state.factors[LayerPart(whole: layer.weight, side: part.side)] = figures(
                    own, layer.layer(of: part), bytes: snapshot.report.size(of: own))
            }
        }
        if let report = snapshot.report.accuracy { state.take(report) }
        (state.bytes, state.rest) = (snapshot.report.size, snapshot.report.rest)
        state.sparsity = snapshot.report.sparsity
        return state
    }

    private mutating func take(_ report: AccuracyReport) {
        (accuracy, figureName) = (report.current, report.figureName)
        guard !report.isExact else { return }
        (accuracyWidth, differenceWidth) = (report.interval.halfWidth, report.differenceInterval.halfWidth)
    }

    private static func figures(_ summary: LayerSummary, _ layer: Layer, bytes: ByteFigure?) -> Figures {
        Figures(
            amount: amount(summary.plan, layer), kept: summary.kept, stored: stored(summary.plan, layer),
            decibels: summary.signalToNoise.whole ?? .infinity, bytes: bytes)
    }

    /// `0.40` for ratios, `level 90.0%` for levels, `bypass` for a layer that is left as it came.
    private static func amount(_ plan: LayerPlan, _ layer: Layer) -> String {
        if plan.bypass { return LayerPlan.bypassWord }
        let text = Knob.amount.text(in: plan, of: layer)
        return plan.pruning.criterion == .ratio ? text : "\(plan.pruning.criterion.rawValue) \(text)"
    }

    private static func stored(_ plan: LayerPlan, _ layer: Layer) -> String {
        let form = plan.inForce.weights.form
        if let rank = plan.factorization(of: layer.geometry) { return "\(form.name) r\(rank.text)" }
        return [.grid, .centroids, .cells].contains(form.table) ? "\(form.name) \(form.bits)" : form.name
    }
}
