import Networks

extension LayerPlan {
    static let keepSetting = PlanSetting<LayerPlan>(
        "keep", \.floor, .whole(0...1_000_000_000, big: 100),
        help: "So many weights of the layer stay whatever prunes it, the largest magnitudes; 0 sets no floor. "
            + "What a representation rounds to 0 is not held. Of blocks the largest stay; a pattern N:M says itself how many."
    ).knob("keep") { $0.pruning.amount > 0 && $0.hasAmount }.idle { plan, _ in
        guard plan.hasAmount else { return IdleReason("its pattern says itself how many weights stay", cure: "leave one of both out") }
        return plan.prunes ? nil : .nothingPruned
    }

    /// ``keep`` as files and knobs have it.
    private var floor: Int {
        get { keep ?? 0 }
        set { keep = newValue > 0 ? newValue : nil }
    }
}

extension PrunedLayer {
    /// The zeros at which the plan's floor is reached, where a threshold would make more; nil where it makes no more. Cost: O(log n).
    ///
    /// Of layers that are ranked together by a level the others make the zeros that one at its floor does not, so that the share asked for is
    /// reached unless all are at theirs. A ratio has one threshold for all, which floors do not move.
    func mostZeros(at threshold: Double) -> Int? {
        guard let keep = plan.keep else { return nil }
        let most = max(0, distribution.count - keep)
        return distribution.zeros(threshold: threshold) > most ? most : nil
    }
}
