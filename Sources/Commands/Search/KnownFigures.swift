import Compression
import Reports
import Synchronization

/// Figures of options that a session has, and those that were measured since, for the lane to ask for.
final class KnownFigures: Sendable {
    private let kept: (@Sendable (SensitivityContext) -> [OptionFigure])?
    private let found = Mutex<[String: [OptionFigure]]>([:])
    /// Whether figures without the share of weights that stay are of no use.
    private let needsKept: Bool

    init(_ kept: (@Sendable (SensitivityContext) -> [OptionFigure])? = nil, needsKept: Bool = false) {
        (self.kept, self.needsKept) = (kept, needsKept)
    }

    func add(_ figures: [OptionFigure], of context: SensitivityContext) {
        found.withLock { $0[context.name, default: []] += figures }
    }

    func figures(of context: SensitivityContext) -> [OptionFigure] {
        let new = found.withLock { $0[context.name] ?? [] }
        return ((kept?(context) ?? []) + new).filter { !needsKept || $0.kept != nil }
    }
}
