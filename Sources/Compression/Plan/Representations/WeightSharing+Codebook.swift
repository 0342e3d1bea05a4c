extension WeightSharing {
    /// The largest number of values: 2^bits.
    var size: Int { 1 << bits }

    /// The values that survivors share, by the method asked for. Lloyd's algorithm begins at `warmStart` where that has 2^bits values.
    ///
    /// `pause` is called between bursts of a few milliseconds and may end the search by throwing.
    func codebook<Failure: Error>(
        of survivors: Survivors, warmStart: [Double]? = nil, pause: () throws(Failure) -> Void
    ) throws(Failure) -> SharedCodebook {
        switch method {
        case .lloyd: try Centroids.lloyd(survivors, k: size, start: start, seed: seed, warmStart: warmStart, pause: pause)
        case .optimal: try Centroids.optimal(survivors, k: size, pause: pause)
        }
    }

    func codebook(of survivors: Survivors) -> SharedCodebook { codebook(of: survivors) {} }

    /// How far values are from the optimum over the same survivors; nothing where none survive.
    ///
    /// Cost: that of ``Centroids/optimal(_:k:exactValues:)``, unless the values were found by it.
    func distanceFromOptimum<Failure: Error>(
        of book: SharedCodebook, _ survivors: Survivors, pause: () throws(Failure) -> Void
    ) throws(Failure) -> OptimumDistance {
        guard survivors.count > 0 else { return OptimumDistance() }
        let optimum = method == .optimal ? book : try Centroids.optimal(survivors, k: size, pause: pause)
        return OptimumDistance(of: book, from: optimum)
    }
}
