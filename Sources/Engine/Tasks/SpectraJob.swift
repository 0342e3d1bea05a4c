import Compression
import Networks
import Reports
import Tensors

/// What is asked of the layers' spectra, from which one budget gives all of them their ranks.
public struct SpectraOrder: Hashable, Sendable {
    /// Nil is the network as it was opened.
    public var base: TrainedState?
    /// Of the outputs, or of the weights alone; outputs become weights where there are no training examples.
    public var weighting: LowRank.Weighting
    /// Of layers whose factors have plans (``LayerPlan/ofFactors``), by weight: what they take is found too.
    public var factors: [String: LayerPlan]

    public init(base: TrainedState?, weighting: LowRank.Weighting, factors: [String: LayerPlan] = [:]) {
        (self.base, self.weighting, self.factors) = (base, weighting, factors)
    }
}

/// Spectra as far as they were found, and all of them in the end.
public struct SpectraReport: TaskReport {
    /// Names the base that they are of.
    public var base: String?
    public var weighting: LowRank.Weighting
    /// By weight.
    public var spectra: [String: LayerSpectrum]
    /// Layers that have one.
    public var count: Int
    /// The plans of factors whose bytes were asked for, by weight, and what was made of them.
    public var factors: [String: LayerPlan] = [:]
    public var bytes: [String: FactorBytes] = [:]
    /// Layers that are still to be made as factors, one for each rank.
    public var waiting = 0
    /// Why those of the outputs were asked for and are not there: a sentence with its cure.
    public var remark: String?
    public var reason: String?

    public init(
        base: String?, weighting: LowRank.Weighting, spectra: [String: LayerSpectrum] = [:], count: Int, remark: String? = nil
    ) {
        (self.base, self.weighting, self.spectra, self.count, self.remark) = (base, weighting, spectra, count, remark)
    }

    public var isComplete: Bool { spectra.count == count && waiting == 0 }
    public var taskProgress: TaskProgress? {
        if isComplete { return nil }
        guard spectra.count == count else { return TaskProgress(title, unit: "layer", done: spectra.count, of: count) }
        let done = bytes.values.reduce(0) { $0 + $1.made.count }
        return TaskProgress("making factors", unit: "rank", done: done, of: done + waiting)
    }
    private var title: String { weighting == .outputs && remark == nil ? "gathering outputs" : "factoring" }
}

extension TaskKind {
    public static let spectra = TaskKind(rawValue: "spectra")
}

extension LaneTask {
    /// Finds the spectra of all layers that can be factored; reports of ``SpectraReport`` answer. One that is under way is ended.
    public static func spectra(_ order: SpectraOrder) -> LaneTask { LaneTask(TaskID(.spectra)) { SpectraJob(order, worker: $0) } }
}

/// Finds the spectrum of one layer after another; those of outputs all in one pass over the examples.
final class SpectraJob: TaskJob {
    let id = TaskID(.spectra)
    let urgency = Urgency.training
    let sources: Set<WatchedFiles.Role> = [.weights, .training]
    unowned let worker: EngineWorker
    private let base: EngineBase
    private let layers: [Layer]
    private var weighting: LowRank.Weighting
    private var report: SpectraReport
    private var isBegun = false
    /// Layers to be made as factors, each with its plan.
    private var wanted: [(layer: Layer, plan: LayerPlan)] = []

    init(_ order: SpectraOrder, worker: EngineWorker) {
        self.worker = worker
        base = worker.bases.base(of: order.base)
        layers = base.layers.filter(\.hasSpectrum)
        weighting = order.weighting
        report = SpectraReport(base: order.base?.id, weighting: order.weighting, count: layers.count)
        report.factors = order.factors
        for layer in layers {
            guard let plan = order.factors[layer.weight], let largest = FactorMethod.channel.largestRanks(of: layer.geometry).first
            else { continue }
            wanted += RankChoices.made(largest: largest).map { (layer, plan.ranked($0, weighting: order.weighting)) }
        }
        report.waiting = wanted.count
    }

    var result: any TaskReport { report }

    func step() -> Bool {
        if !isBegun {
            isBegun = true
            post(report)
            return true
        }
        if weighting == .outputs, !gather() { return true }
        guard let layer = layers.first(where: { report.spectra[$0.weight] == nil }) else { return makeFactors() }
        if let weights = base.values(layer.weight) { report.spectra[layer.weight] = LayerSpectrum(plain: weights, of: layer) }
        post(report)
        return report.spectra[layer.weight] != nil || fail("the weights of \(layer.name) are not there")
    }

    /// Makes one layer as factors of one rank, and counts what they take.
    private func makeFactors() -> Bool {
        guard let (layer, plan) = wanted.popLast() else {
            end(with: report)
            return false
        }
        var ranked = plan
        if weighting == .plain, case .factors(let lowRank) = plan.weights { ranked.weights = .factors(LowRank(lowRank.amount)) }
        guard let weights = base.values(layer.weight), let distribution = try? base.distribution(of: layer),
            let factorization = ranked.factorization(of: layer.geometry)
        else { return fail("the weights of \(layer.name) are not there") }
        do throws(CompressionError) {
            let made = try LayerCompressor.compress(
                layer: layer, weights: weights, bias: nil, distribution: distribution, plan: ranked, rule: .none,
                given: base.given(layer, distribution), outputs: base.outputs.basis(of: layer.weight), findsOptimum: false)
            report.bytes[layer.weight, default: FactorBytes()][factorization] = made?.summary.estimatedBytes
        } catch {
            return fail("\(error)")
        }
        report.waiting = wanted.count
        post(report)
        return true
    }

    /// A piece of work towards the outputs of all layers; whether it is done. Where there are none, the weights take their place.
    private func gather() -> Bool {
        do throws(OutputCalibration.Failure) {
            let data = try worker.materials.outputExamples()
            let open = try base.outputs.advance(layers.map(\.weight), data: data) { false }
            for layer in layers where report.spectra[layer.weight] == nil {
                if let basis = base.outputs.basis(of: layer.weight) { report.spectra[layer.weight] = LayerSpectrum(basis, of: layer) }
            }
            if open != nil { post(report) }
            return open == nil
        } catch {
            (weighting, report.weighting, report.spectra, report.remark) = (.plain, .plain, [:], "\(error)")
            return false
        }
    }

    private func fail(_ reason: String) -> Bool {
        report.reason = reason
        end(with: report)
        return false
    }
}
