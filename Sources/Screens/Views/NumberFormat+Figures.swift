import Compression
import Frames
import Networks
import Reports
import Sessions

extension NumberFormat {
    /// A figure of quality without its unit: `90.71`, of R² `0.9071`.
    public func quality(_ value: Double?, _ name: String) -> String {
        name == OutputMeasure.r2.name ? decimal(value, digits: 4) : percentFigure(value)
    }

    /// The same with its unit: `90.71%`, `0.9071`.
    public func qualityText(_ value: Double?, _ name: String) -> String {
        name == OutputMeasure.r2.name ? decimal(value, digits: 4) : percent(value, digits: 2)
    }

    /// A snapshot's: `90.71%`, `90.71% ±0.40` where it was not exact, `agreement 98.20%` where there were no labels.
    public func accuracy(_ snapshot: SnapshotSummary) -> String {
        let name = snapshot.figure ?? ""
        return (name.isEmpty ? "" : name + " ") + qualityText(snapshot.accuracy, name)
            + (snapshot.accuracyWidth.map { " " + qualityWidth($0, name) } ?? "")
    }

    /// Half of its interval: `±0.12`, of R² `±0.0012`.
    public func qualityWidth(_ width: Double, _ name: String) -> String {
        name == OutputMeasure.r2.name ? plusMinus + decimal(width, digits: 4) : halfWidth(width)
    }

    /// A size with `~` before an estimate: `44,120`, `~44,120`.
    public func integer(_ figure: ByteFigure?) -> String {
        guard let figure else { return missing }
        return (figure.isExact ? "" : "~") + integer(figure.count)
    }

    /// The same with its unit: `~44,120 B`.
    public func bytes(_ figure: ByteFigure?) -> String { figure.map { integer($0) + " B" } ?? missing }

    /// A layer's signal to noise as a whole in dB, `18.2`; `exact` where nothing was lost, `–` for a layer that is not known.
    public func decibels(_ layer: LayerSummary?) -> String { decibels(layer.map { $0.signalToNoise.whole ?? .infinity }) }
}
