extension FilterThinning {
    /// How far a removal is.
    public struct Progress: Hashable, Sendable {
        public enum Activity: String, Sendable {
            case measuring = "measuring importance"
            case searching = "finding what goes"
            case repairing
        }

        /// From 1 on.
        public var step: Int
        public var steps: Int
        /// Nil between two.
        public var activity: Activity?
        /// Of what is done now, in 0…1; nil where that is not known.
        public var share: Double?
    }

    /// What is under way. Cost: O(1).
    public var progress: Progress {
        var progress = Progress(step: place.step, steps: options.steps)
        switch work {
        case .measure, .cut, .repair, .done: break
        case .measuring(let measurement):
            progress.activity = .measuring
            progress.share = measurement.counts.map { Double($0.done) / Double(max(1, $0.total)) }
        case .search: progress.activity = .searching
        case .repairing(let repair, _):
            progress.activity = .repairing
            progress.share = repair.progress
        }
        return progress
    }
}
