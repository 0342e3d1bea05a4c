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
}
