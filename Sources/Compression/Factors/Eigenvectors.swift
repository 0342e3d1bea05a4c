import CKernels

/// The eigenvectors of W · Wᵀ, or of another symmetric matrix: Householder's reduction to a tridiagonal matrix, then implicit QL, in double.
///
/// The vectors lie in panels of ``PARE_PANEL`` components each, [n][PARE_PANEL], so that rotations of many sweeps find a panel in the cache.
struct Eigenvectors {
    let count: Int
    /// The eigenvalues, in no order.
    private(set) var values: [Double] = []
    private var panels: [[Double]]

    private static let width = Int(PARE_PANEL)
    /// Multiply-adds of one piece of work, and rotations that are applied together: some milliseconds.
    private static let work = 1 << 24
    private static let rotations = 1 << 15
    /// Sweeps towards one eigenvalue; two are the rule.
    private static let mostSweeps = 100

    /// Nil when cancelled.
    init?(ofRowsOf matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, blocks: WeightBlocks) {
        self.init(unitOf: rows)
        do throws(CancellationError) {
            var gram = try Self.gram(matrix, rows: rows, columns: columns, blocks)
            try reduce(&gram, blocks)
        } catch { return nil }
    }

    /// Those of a symmetric matrix [count, count], of which the lower triangle is read. Nil when cancelled. Cost: O(count³).
    init?(of matrix: [Double], count: Int, blocks: WeightBlocks) {
        self.init(unitOf: count)
        var matrix = matrix
        do throws(CancellationError) { try reduce(&matrix, blocks) } catch { return nil }
    }

    /// The unit vectors.
    private init(unitOf count: Int) {
        self.count = count
        panels = stride(from: 0, to: count, by: Self.width).map { start in
            var values = [Double](repeating: 0, count: count * Self.width)
            for place in start..<min(count, start + Self.width) { values[place * Self.width + place - start] = 1 }
            return values
        }
    }

    private mutating func reduce(_ matrix: inout [Double], _ blocks: WeightBlocks) throws(CancellationError) {
        var tridiagonal = try Tridiagonal(&matrix, count: count, blocks)
        for panel in panels.indices { try reflect(panel, matrix, tridiagonal.scales, blocks) }
        try rotate(&tridiagonal, blocks)
        values = tridiagonal.diagonal
    }

    /// The components of a vector, by the rows of the matrix.
    func vector(_ place: Int) -> [Double] {
        var components: [Double] = []
        components.reserveCapacity(count)
        for panel in panels { components += panel[place * Self.width..<(place + 1) * Self.width] }
        return Array(components.prefix(count))
    }

    /// The lower triangle of W · Wᵀ.
    private static func gram(
        _ matrix: UnsafeBufferPointer<Float>, rows: Int, columns: Int, _ blocks: WeightBlocks
    ) throws(CancellationError) -> [Double] {
        var gram = [Double](repeating: 0, count: rows * rows)
        let size = max(1, Self.work / max(1, 4 * rows * columns)) * 4
        for start in stride(from: 0, to: rows, by: size) {
            try blocks.pause()
            pare_gram(matrix.baseAddress, rows, columns, start, min(rows, start + size), &gram)
        }
        return gram
    }

    private mutating func reflect(
        _ panel: Int, _ matrix: [Double], _ scales: [Double], _ blocks: WeightBlocks
    ) throws(CancellationError) {
        let size = max(1, Self.work / max(1, 2 * count * Self.width))
        for start in stride(from: 0, to: count, by: size) {
            try blocks.pause()
            pare_reflect(&panels[panel], matrix, scales, count, start, min(count, start + size))
        }
    }

    private mutating func rotate(_ tridiagonal: inout Tridiagonal, _ blocks: WeightBlocks) throws(CancellationError) {
        var sweeps = Sweeps(count: count, atMost: Self.rotations)
        for place in 0..<count {
            for _ in 0..<Self.mostSweeps {
                guard sweeps.take(&tridiagonal, place) else { break }
                if sweeps.isFull { try apply(&sweeps, blocks) }
            }
        }
        try apply(&sweeps, blocks)
    }

    private mutating func apply(_ sweeps: inout Sweeps, _ blocks: WeightBlocks) throws(CancellationError) {
        for panel in panels.indices {
            try blocks.pause()
            sweeps.rotate(&panels[panel])
        }
        sweeps.removeAll()
    }
}

/// A symmetric matrix that was reduced: what is left of it, and the factors of its reflectors.
private struct Tridiagonal {
    var diagonal: [Double]
    var off: [Double]
    let scales: [Double]
    /// From what size down an element off the diagonal counts as 0: the rounding of the whole.
    let negligible: Double

    /// Leaves the reflectors in the upper triangle.
    init(_ matrix: inout [Double], count: Int, _ blocks: WeightBlocks) throws(CancellationError) {
        var (diagonal, off, scales) = ([Double](repeating: 0, count: count), [Double](), [Double]())
        (off, scales) = (diagonal, diagonal)
        var work = [Double](repeating: 0, count: 3 * count)
        for step in 0..<count {
            try blocks.pause()
            pare_tridiagonal_step(&matrix, count, step, &work, &diagonal, &off, &scales)
        }
        negligible = 0x1p-53 * zip(diagonal, off).reduce(0) { max($0, $1.0.magnitude + $1.1.magnitude) }
        (self.diagonal, self.off, self.scales) = (diagonal, off, scales)
    }
}

/// Sweeps of rotations that wait to be applied.
private struct Sweeps {
    private var list: [(top: Int, count: Int)] = []
    private var rotations: [Double]
    private var used = 0
    private let limit: Int
    private let count: Int

    init(count: Int, atMost limit: Int) {
        (self.count, self.limit) = (count, limit)
        rotations = Array(repeating: 0, count: 2 * (limit + count))
    }

    var isFull: Bool { used >= limit }

    /// One sweep more towards the eigenvalue at a place; false when it is found.
    mutating func take(_ tridiagonal: inout Tridiagonal, _ place: Int) -> Bool {
        var top = 0
        let start = 2 * used
        let made = rotations.withUnsafeMutableBufferPointer { rotations in
            pare_ql_sweep(
                &tridiagonal.diagonal, &tridiagonal.off, count, place, tridiagonal.negligible,
                rotations.baseAddress.map { $0 + start }, &top)
        }
        guard made > 0 else { return false }
        list.append((top, made))
        used += made
        return true
    }

    func rotate(_ panel: inout [Double]) {
        rotations.withUnsafeBufferPointer { rotations in
            var start = 0
            for sweep in list {
                pare_rotate(&panel, sweep.top, rotations.baseAddress.map { $0 + 2 * start }, sweep.count)
                start += sweep.count
            }
        }
    }

    mutating func removeAll() {
        list.removeAll(keepingCapacity: true)
        used = 0
    }
}
