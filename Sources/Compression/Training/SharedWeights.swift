import CKernels
import Tensors

/// Shared weights: every kept weight has the value of its centroid, whose gradient is the sum over its members
/// (Han, Mao and Dally 2016, equation 3).
///
/// Fixed assignments train the centroids alone. With new assignments each epoch the float shadow weights take the plain gradient as well, for
/// k-means could not change anything otherwise: it runs on centroid + (shadow − mean shadow of its members), from the centroids as they are.
/// So a cluster whose members keep together stays where its centroid was trained to, and those that drift apart find other centroids.
struct SharedWeights: TrainedRepresentation {
    let sharing: WeightSharing
    let assignment: SharedAssignment
    let centroids: TrainableVector
    /// [n]; of no meaning where a weight is not kept.
    let assignments: ByteMemory
    private(set) var steps: Int
    /// Σ of squared gradients since the last assignment (the diagonal of the Fisher information but for a factor).
    let information: FloatMemory?

    var vectors: [TrainableVector] { [centroids] }
    var movesShadow: Bool { assignment != .fixed }

    /// Finds centroids of the kept weights by k-means.
    init(_ sharing: WeightSharing, assignment: SharedAssignment, context: TrainedContext) {
        let masked = context.masked()
        defer { withExtendedLifetime(masked) {} }
        var book: SharedCodebook?
        if let survivors = context.survivors(of: masked), survivors.count > 0 {
            book = sharing.codebook(of: survivors)
        }
        let indexes = ByteMemory(repeatElement(0, count: masked.floats.count))
        defer { withExtendedLifetime(indexes) {} }
        if let book, let source = masked.floats.baseAddress, let target = indexes.bytes.baseAddress {
            pare_assign(source, masked.floats.count, book.boundaries, book.boundaries.count, target)
        }
        self.init(
            sharing, assignment: assignment, name: context.name, values: book?.values ?? [0], indexes: indexes, steps: book?.steps ?? 0)
    }

    init(
        _ sharing: WeightSharing, assignment: SharedAssignment, name: String, values: [Float], indexes: ByteMemory, steps: Int,
        information: FloatMemory? = nil
    ) {
        self.sharing = sharing
        self.assignment = assignment
        centroids = TrainableVector(name: name + "/centroids", values: values, decays: true)
        assignments = indexes
        self.steps = steps
        self.information =
            assignment == .fisher ? information ?? FloatMemory(repeatElement(0, count: indexes.bytes.count)) : nil
        centroidGradient = FloatMemory(repeatElement(0, count: values.count))
    }

    var settings: [String: Tensor] {
        var kept = ["assignments": assignments.tensor, "steps": Tensor(shape: [1], floats: [Float(steps)])]
        if let information { kept["information"] = information.tensor }
        return kept
    }

    private let centroidGradient: FloatMemory

    func forgetCounts() { centroids.members = nil }

    mutating func renew(_ context: TrainedContext) {
        guard assignment != .fixed else { return }
        let values = FloatMemory(context.shadow)
        defer { withExtendedLifetime(values) {} }
        floats(context, into: values.floats)
        let found = assignment == .fisher ? weighted(values, context) : nearest(values, context)
        guard let found else { return }
        steps = found.steps
        for (index, value) in found.values.enumerated() where index < centroids.values.count { centroids.values[index] = value }
        // The shadow goes on from the values that were clustered, so that its deviations are those from the new centroids.
        _ = context.shadow.update(from: values.floats)
        centroids.clearMoments()
        centroids.members = nil
        information?.floats.update(repeating: 0)
    }

    func write(_ context: TrainedContext, into effective: UnsafeMutableBufferPointer<Float>) {
        guard let indexes = assignments.bytes.baseAddress, let book = centroids.values.baseAddress, let target = effective.baseAddress
        else { return }
        pare_look_up(indexes, effective.count, book, target)
        context.mask(effective)
    }

    func receive(_ gradient: UnsafeMutableBufferPointer<Float>, _ context: TrainedContext) {
        guard let slope = gradient.baseAddress, let indexes = assignments.bytes.baseAddress else { return }
        if let kept = context.kept?.baseAddress { pare_copy_kept(slope, kept, gradient.count, slope) }
        var sums = [Double](repeating: 0, count: centroids.values.count)
        pare_sum_by_index(slope, indexes, gradient.count, &sums, sums.count)
        for (index, sum) in sums.enumerated() { centroidGradient.floats[index] = Float(sum) }
        centroids.gradient = centroidGradient.floats
        if centroids.members == nil { centroids.members = members(context) }
        if let information { pare_add_squares(slope, gradient.count, information.floats.baseAddress) }
    }

    /// |c| counts once for each member, as its gradient is the sum over them.
    func addLasso(_ strength: Double) -> Double? {
        var sum = 0.0
        for (index, count) in (centroids.members ?? []).enumerated() {
            let value = centroids.values[index]
            sum += Double(count) * Double(value.magnitude)
            let sign: Float = value > 0 ? 1 : value < 0 ? -1 : 0
            centroidGradient.floats[index] += Float(strength) * sign * count
        }
        return sum
    }

    /// Kept weights of each centroid.
    private func members(_ context: TrainedContext) -> [Float] {
        var counts = [Float](repeating: 0, count: centroids.values.count)
        for index in assignments.bytes.indices where context.isKept(index) { counts[Int(assignments.bytes[index])] += 1 }
        return counts
    }

    /// Each kept weight moves with its centroid: shadow + (centroid − mean shadow of its members).
    func floats(_ context: TrainedContext, into values: UnsafeMutableBufferPointer<Float>) {
        let count = centroids.values.count
        var (sums, members) = ([Double](repeating: 0, count: count), [Int](repeating: 0, count: count))
        for index in context.shadow.indices where context.isKept(index) {
            let cluster = Int(assignments.bytes[index])
            sums[cluster] += Double(context.shadow[index])
            members[cluster] += 1
        }
        let shifts = (0..<count).map { members[$0] == 0 ? 0 : Double(centroids.values[$0]) - sums[$0] / Double(members[$0]) }
        for index in context.shadow.indices {
            let shadow = context.shadow[index]
            values[index] = context.isKept(index) ? Float(Double(shadow) + shifts[Int(assignments.bytes[index])]) : shadow
        }
    }

    func coded(_ effective: CodeBuffers, _ context: TrainedContext) -> CodedValues {
        let values = FloatMemory(context.shadow)
        defer { withExtendedLifetime(values) {} }
        floats(context, into: values.floats)
        var tally = CodeTally(codes: centroids.values.count)
        for index in effective.values.indices where context.isKept(index) {
            let code = Int(assignments.bytes[index])
            tally.add(code: code, weight: values.floats[index], value: effective.values[index])
            effective.levels[index] = Int32(code + 1)
        }
        let codebook = tally.centroids(values: Array(centroids.values))
        let counts = zip(centroids.values, tally.counts).map { $0 == 0 ? 0 : $1 }
        var coded = CodedValues(
            codebook: codebook,
            coding: ValueCoding.codes(bits: sharing.bits, counts: counts, overheadBits: 32 * codebook.count))
        coded.squaredError = tally.squaredError
        coded.steps = steps
        coded.table = effective.codebook(of: Array(centroids.values))
        return coded
    }
}
