import Compression
import Frames
import Reports

extension NumberFormat {
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
