import Compression
import Reports

/// What measures plans for a search: the whole network under a plan, on the examples that choices are made on.
package protocol SearchMeter: AnyObject {
    /// Multiply-adds of each layer for one example, by weight; empty where shapes don't fit.
    var products: [String: Double] { get }

    /// What a layer of which this share of the weights stays costs of a second budget: multiply-adds of nonzero weights, or milliseconds.
    func second(of weight: String, kept: Double) -> Double

    /// What is known of options of single layers, each held against the start on at most so many examples.
    ///
    /// - Parameters:
    ///   - examples: Nil for all, but of what surely costs too much.
    ///   - show: Called with each that was measured now.
    func measure(
        _ options: [LayerOption], in start: ResolvedPlan, examples: Int?, show: (OptionFigure) -> Void
    ) throws -> [OptionFigure]

    /// - Parameters:
    ///   - sizesFile: Whether the bytes of the whole file are wanted too.
    ///   - stops: Asked while examples are counted; true ends the measurement with what is known.
    func measure(_ plan: ResolvedPlan, sizesFile: Bool, stops: (AccuracyReport) -> Bool) throws -> SearchFigures

    /// Whether somebody or the clock wants the search to end.
    var isInterrupted: Bool { get }
}

extension SearchMeter {
    package func second(of weight: String, kept: Double) -> Double { (products[weight] ?? 0) * kept }
}

/// What was measured of a plan.
package struct SearchFigures: Codable, Hashable, Sendable {
    /// What plans are compared by, the smaller the better: change of the cross-entropy in nats, else the divergence from the original, else what the
    /// figure lost.
    package var loss: Double
    /// The figure, plan − original, with the answers that changed.
    package var difference: Double
    package var value: Double
    package var original: Double
    package var gains: Int
    package var losses: Int
    /// 95 % of the difference on other examples like these; nil until all were measured.
    package var beyond: Interval?
    package var evaluated: Int
    package var count: Int
    package var measure: String
    /// Of the whole file, exact; nil where it was not asked for.
    package var bytes: Int?
    /// Of each layer's weights in the file, by weight.
    package var layerBytes: [String: Int]
    /// Multiply-adds of each layer that its nonzero weights make, by weight.
    package var products: [String: Double]
    /// Milliseconds that are expected of each layer, by weight, and of all that is no layer, under an empty name; nil where nothing was timed.
    package var milliseconds: [String: Double]?

    package init(_ report: AccuracyReport, layerBytes: [String: Int], products: [String: Double], bytes: Int? = nil) {
        let entropy = report.isAgreement ? nil : report.crossEntropy.flatMap { now in report.originalCrossEntropy.map { now - $0 } }
        loss = entropy ?? (report.isAgreement ? report.divergence : nil) ?? -report.difference
        difference = report.difference
        (value, original) = (report.current, report.original)
        (gains, losses) = (report.gains, report.losses)
        beyond = report.isExact ? report.verdict()?.interval : nil
        (evaluated, count, measure) = (report.evaluated, report.count, report.figureName)
        (self.layerBytes, self.products, self.bytes) = (layerBytes, products, bytes)
    }

    package var isExact: Bool { evaluated >= count }
    package var productSum: Double { products.values.reduce(0, +) }
    package var millisecondSum: Double? { milliseconds.map { $0.values.reduce(0, +) } }

    /// What a second budget is about, by weight.
    func second(of goal: SearchGoal) -> [String: Double] { goal.milliseconds == nil ? products : milliseconds ?? [:] }
}

/// What a search is for.
package struct SearchGoal: Codable, Hashable, Sendable {
    package enum Aim: Codable, Hashable, Sendable {
        /// The best figure in a file of at most so many bytes.
        case bytes(Int)
        /// The smallest file whose figure surely falls by no more than this, as a share of 1 or in R².
        case loss(Double)
    }

    package var aim: Aim
    /// Multiply-adds of nonzero weights at most.
    package var products: Double?
    /// Milliseconds at most, in the place of ``products``, and of which device.
    package var milliseconds: Double?
    package var device: String?
    /// How far a lower end stays away from what may be lost, in halves of its interval's width: 0 to judge a plan, more to choose one that others judge.
    package var margin = 0.0

    /// What a search goes by where other examples decide: of plans just within the goal on its own, half would miss it there. With 0.92 halves more, 1.8
    /// standard errors, it is one of ten, but for what choosing among many adds.
    package var cautious: SearchGoal {
        var goal = self
        goal.margin = 0.92
        return goal
    }

    package init(_ aim: Aim, products: Double? = nil, milliseconds: Double? = nil, device: String? = nil) {
        (self.aim, self.products) = (aim, products)
        (self.milliseconds, self.device) = (milliseconds, device)
    }

    /// The second budget; nil where there is none.
    var second: Double? { milliseconds ?? products }

    /// Whether a plan that was measured whole is within it, on these examples.
    package func isMet(by figures: SearchFigures) -> Bool {
        guard figures.isExact, figures.second(of: self).values.reduce(0, +) <= second ?? .infinity else { return false }
        switch aim {
        case .bytes(let limit): return figures.bytes.map { $0 <= limit } ?? false
        case .loss(let budget):
            let low = figures.beyond.map { $0.low - margin * $0.halfWidth }
            return (low ?? figures.difference) >= -budget - 1e-9
        }
    }

    /// Whether one is better than another, both measured whole: what meets the goal first, then what it asks for, else what is nearer to it.
    package func prefers(_ one: SearchFigures, to other: SearchFigures) -> Bool {
        let met = (isMet(by: one), isMet(by: other))
        if met.0 != met.1 { return met.0 }
        let bytes = (one.bytes ?? .max, other.bytes ?? .max)
        switch aim {
        case .bytes: return met.0 ? (one.loss, bytes.0) < (other.loss, bytes.1) : (bytes.0, one.loss) < (bytes.1, other.loss)
        case .loss: return met.0 ? (bytes.0, one.loss) < (bytes.1, other.loss) : (one.loss, bytes.0) < (other.loss, bytes.1)
        }
    }
}
