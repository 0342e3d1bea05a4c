import Compression
import Engine
import Reports

/// What is known of the layers' options, the newest table of each kind, and the steps that follow from it.
package struct SensitivityBoard: Sendable {
    private struct Known: Sendable {
        var table: SensitivityTable
        /// The best next steps of all layers.
        var steps: [OptionFigure]
        /// The best one of each layer.
        var best: [String: OptionFigure]
    }

    private var known: [SensitivityKind: Known] = [:]
    /// Why nothing is measured; nil where something is, or may be.
    package private(set) var reason: String?
    package internal(set) var isPaused = false

    mutating func take(_ report: SensitivityReport) {
        reason = report.reason
        guard let table = report.table else { return }
        let ranked = table.rankedSteps
        known[table.kind] = Known(
            table: table, steps: SensitivityTable.next(among: ranked),
            best: Dictionary(ranked.map { ($0.option.weight, $0) }) { first, _ in first })
    }

    func table(_ kind: SensitivityKind) -> SensitivityTable? { known[kind]?.table }
    func steps(_ kind: SensitivityKind) -> [OptionFigure] { known[kind]?.steps ?? [] }
    func best(_ kind: SensitivityKind, of weight: String) -> OptionFigure? { known[kind]?.best[weight] }
    var isEmpty: Bool { known.isEmpty }
}
