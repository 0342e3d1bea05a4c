extension Float {
    /// The largest float ≤ `value`; NaN stays NaN.
    ///
    /// For a weight w and a threshold t in double, w ≤ t exactly when w ≤ Float(notAbove: t), so that loops over float32
    /// decide as the searches do.
    public init(notAbove value: Double) {
        let nearest = Float(value)
        self = Double(nearest) > value ? nearest.nextDown : nearest
    }

    /// The largest float < `value`.
    init(below value: Double) {
        let nearest = Float(value)
        self = Double(nearest) >= value ? nearest.nextDown : nearest
    }
}
