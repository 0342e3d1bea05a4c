import CKernels

/// The least squares of values that weights share: A c = b with A_ab = Σ 1_aᵀ H 1_b and b_a = Σ 1_aᵀ H w over the rows, [k, k].
struct LabelSystem {
    private var gram: [Double]
    private var sides: [Double]
    private let count: Int

    init(count: Int) {
        self.count = count
        gram = Array(repeating: 0, count: count * count)
        sides = Array(repeating: 0, count: count)
    }

    /// Adds a row: what its weights should be, and the value that each has. Cost: s² + k · s.
    mutating func add(_ system: RowSystem, _ targets: [Double], _ labels: [Int32]) {
        var scratch = [Double](repeating: 0, count: count * labels.count)
        pare_add_labels(system.matrix, labels.count, labels, count, targets, &scratch, &gram, &sides)
    }

    /// The same where each weight counts by itself.
    mutating func add(_ targets: [Double], _ labels: [Int32]) {
        for (target, label) in zip(targets, labels) {
            gram[Int(label) * count + Int(label)] += 1
            sides[Int(label)] += target
        }
    }

    /// c, with the values as they are where nothing has them or the system has no solution; one that would become 0 stays too. Cost: k³.
    func solution(from values: [Float]) -> [Float] {
        var (matrix, solved) = (gram, sides)
        let unused = (0..<count).filter { gram[$0 * count + $0] <= 0 }
        for place in unused {
            matrix[place * count + place] = 1
            solved[place] = Double(values[place])
        }
        guard RowSystem.factored(&matrix, count: count) else { return values }
        pare_cholesky_solve(matrix, count, &solved, 1)
        return zip(values, solved).map { value, solved in
            let fitted = Float(solved)
            return fitted.isFinite && fitted != 0 ? fitted : value
        }
    }
}
