/// Counts, values and squared errors of each code, while the weights are replaced.
struct CodeTally {
    private(set) var counts: [Int]
    private(set) var squaredErrors: [Double]
    private var sums: [Double]

    init(codes: Int) {
        counts = Array(repeating: 0, count: codes)
        squaredErrors = Array(repeating: 0, count: codes)
        sums = squaredErrors
    }

    var squaredError: Double { squaredErrors.reduce(0, +) }

    @inline(__always)
    mutating func add(code: Int, weight: Float, value: Float) {
        let error = Double(weight) - Double(value)
        counts[code] += 1
        squaredErrors[code] += error * error
        sums[code] += Double(value)
    }

    /// The codes in use, ascending by value; a code whose value differs between channels has the mean over its weights.
    var centroids: [Centroid] {
        let used = counts.indices.filter { counts[$0] > 0 }
        return used.map {
            Centroid(value: sums[$0] / Double(counts[$0]), count: counts[$0], squaredError: squaredErrors[$0])
        }.sorted { $0.value < $1.value }
    }

    /// With the exact value of each code, where all channels share it.
    func centroids(values: [Float]) -> [Centroid] {
        counts.indices.filter { counts[$0] > 0 }.map {
            Centroid(value: Double(values[$0]), count: counts[$0], squaredError: squaredErrors[$0])
        }.sorted { $0.value < $1.value }
    }
}
