extension OutputReading {
    /// Where the values of each answer lie in an output [values] of one example: the first one, and the stride to the next class.
    ///
    /// Of classes along an axis the answers are counted in the order of the other axes. Cost: O(answers).
    public var places: (firsts: [Int], stride: Int) {
        guard case .classes(let axis) = decision else { return (Array(0..<answers), 1) }
        let inner = shape[(axis + 1)...].reduce(1, *)
        return ((0..<answers).map { $0 / inner * shape[axis] * inner + $0 % inner }, inner)
    }
}
