/// How far a distribution over classes is from another.
public enum Divergence {
    /// KL(p ‖ q) = Σ pᵢ · (ln pᵢ − ln qᵢ), in nats (Kullback and Leibler 1951); 0 · ln 0 is 0, and rounding takes it below 0 nowhere.
    ///
    /// - Parameters:
    ///   - share: pᵢ.
    ///   - logarithm: ln pᵢ, asked where pᵢ is not 0.
    ///   - other: ln qᵢ.
    /// Cost: O(classes).
    @inlinable
    public static func kullbackLeibler(
        classes: Int, share: (Int) -> Double, logarithm: (Int) -> Double, from other: (Int) -> Double
    ) -> Double {
        var sum = 0.0
        for index in 0..<classes {
            let share = share(index)
            if share != 0 { sum += share * (logarithm(index) - other(index)) }
        }
        return sum < 0 ? 0 : sum
    }
}
