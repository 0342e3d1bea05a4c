import Foundation

/// What gains and losses say of a difference in accuracy beyond the examples that were measured.
public enum PairedVerdict: Hashable, Sendable {
    /// No answer changed sides.
    case unchanged
    /// McNemar's p is 0.05 or more.
    case chance
    /// McNemar's p is below 0.05, and the evidence is less than ``sureEvidence``.
    case likely(isBetter: Bool)
    /// The evidence is ``sureEvidence`` or more: this stays right with 99 % however often one looks while examples are counted.
    case sure(isBetter: Bool)

    /// Above which p-value the difference could be chance.
    public static let likelyPValue = 0.05
    /// How many times as well as chance the changes must be told: exceeded once by chance alone in at most 1 of 100 whole runs (Ville 1939).
    public static let sureEvidence = 100.0

    /// - Parameter pValue: McNemar's, nil where it is not known yet. Cost: O(min(gains, losses)) then, else O(1).
    public init(gains: Int, losses: Int, pValue: Double? = nil) {
        guard gains + losses > 0 else {
            self = .unchanged
            return
        }
        if McNemar.logEvidence(gains: gains, losses: losses) >= log(Self.sureEvidence) {
            self = .sure(isBetter: gains > losses)
        } else if pValue ?? McNemar.exactPValue(gains: gains, losses: losses) < Self.likelyPValue {
            self = .likely(isBetter: gains > losses)
        } else {
            self = .chance
        }
    }
}

extension McNemar {
    /// ln of the evidence against chance, 2ⁿ · gains! · losses! / (n + 1)! for n = gains + losses: the likelihood of the changes in their order, averaged
    /// over every share of gains, by that of a fair coin (Robbins 1970).
    ///
    /// With chance alone it is expected to be 1 after every example, so that it ever reaches k in at most 1 of k runs. Cost: O(1).
    public static func logEvidence(gains: Int, losses: Int) -> Double {
        let trials = Double(gains + losses)
        return trials * log(2) + lgamma(Double(gains + 1)) + lgamma(Double(losses + 1)) - lgamma(trials + 2)
    }
}

extension AccuracyReport {
    /// Whether the plan makes the network better or worse beyond these examples, and how surely.
    ///
    /// Of a figure by examples only whether its interval leaves out zero.
    public var verdict: PairedVerdict {
        guard let figure else { return PairedVerdict(gains: gains, losses: losses, pValue: mcNemar) }
        let found = figure.differenceInterval
        if gains + losses == 0, figure.difference == 0 { return .unchanged }
        return found.low > 0 || found.high < 0 ? .likely(isBetter: figure.difference > 0) : .chance
    }
}
