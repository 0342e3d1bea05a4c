import CKernels
import Compression
import Tensors
import TestSupport
import Testing

/// Rounding and removing weights while the others make good what that loses: small identities, and plain references of the C loops.
@Suite("Weights that make good what others lose: identities")
struct CompensationKernelTests {
    /// H = [[4, 1, 0], [1, 3, 1], [0, 1, 2]].
    private let small: [Double] = [4, 1, 0, 1, 3, 1, 0, 1, 2]

    private func error(_ change: [Double], _ matrix: [Double]) -> Double {
        let count = change.count
        return (0..<count).reduce(0) { sum, i in sum + (0..<count).reduce(0) { $0 + change[i] * matrix[i * count + $1] * change[$1] } } / 2
    }

    private func inverse(_ matrix: [Double], _ count: Int) -> [Double] {
        let rows = (0..<count).map { Array(matrix[$0 * count..<($0 + 1) * count]) }
        let columns = (0..<count).map { place in gaussianSolution(rows, (0..<count).map { $0 == place ? 1 : 0 }) }
        return (0..<count).flatMap { row in (0..<count).map { columns[$0][row] } }
    }

    @Test("removal: losses 1.8, 4.5 and 9/44, what is left, and pairs by least squares")
    func removal() {
        var inverse = inverse(small, 3)
        let expected: [Double] = [5, -2, 1, -2, 8, -4, 1, -4, 11].map { $0 / 18 }
        #expect(zip(inverse, expected).allSatisfy { abs($0 - $1) < 1e-12 })
        var weights = [1, -2, 0.5]
        let losses = (0..<3).map { weights[$0] * weights[$0] / (2 * inverse[$0 * 4]) }
        #expect(zip(losses, [1.8, 4.5, 9.0 / 44]).allSatisfy { abs($0 - $1) < 1e-12 })
        var (places, removed, lost): ([Int32], [Int32], [Double]) = ([0, 1, 2], [0], [0])
        pare_remove_weights(&inverse, 3, 3, 1, &weights, &places, &removed, &lost)
        #expect(removed == [2] && abs(lost[0] - 9.0 / 44) < 1e-12 && places == [0, 1, 2])
        #expect(zip(weights, [21.0 / 22, -20.0 / 11, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
        for (pair, loss) in [([Int32(2)], 5.0), ([1], 1.875), ([0], 4.75)] {
            let system = RowSystem(small, size: 3, places: pair, isFactored: true)
            let side = (0..<3).map { row in (0..<3).reduce(0) { $0 + small[row * 3 + $1] * [1, -2, 0.5][$1] } }
            let solved = system.solution(of: side)?.first ?? .nan
            var left = [0.0, 0, 0]
            left[Int(pair[0])] = solved
            #expect(abs(error(zip(left, [1, -2, 0.5]).map { $0 - $1 }, small) - loss) < 1e-12)
            if pair == [1] { #expect(abs(solved + 1.5) < 1e-12) }
        }
    }

    @Test("the inverse that removal leaves is that of the others", arguments: [5, 17])
    func downdated(count: Int) {
        let matrix = Self.matrix(seed: 3, count: count)
        var inverse = inverse(matrix, count)
        var generator = SeededGenerator(seed: 4)
        var weights = (0..<count).map { _ in generator.uniform() - 0.5 }
        let start = weights
        var (places, removed, losses) = (
            (0..<Int32(count)).map { $0 }, [Int32](repeating: 0, count: count), [Double](repeating: 0, count: count)
        )
        for alive in stride(from: count, to: 1, by: -1) {
            pare_remove_weights(&inverse, count, alive, 1, &weights, &places, &removed, &losses)
            let left = places[..<(alive - 1)].map(Int.init)
            let expected = self.inverse(left.flatMap { row in left.map { matrix[row * count + $0] } }, left.count)
            for row in left.indices {
                for column in 0...row { #expect(abs(inverse[row * count + column] - expected[row * left.count + column]) < 1e-12 * 1e3) }
            }
            // What is left is the least squares of the mask.
            let system = RowSystem(matrix, size: count, places: left.map { Int32($0) }, isFactored: true)
            let side = (0..<count).map { row in (0..<count).reduce(0) { $0 + matrix[row * count + $1] * start[$1] } }
            let solved = system.solution(of: side) ?? []
            #expect(zip(solved, weights).allSatisfy { abs($0 - $1) < 1e-9 })
        }
    }

    @Test("GPTQ on an integer grid: 0.44 and 0.68, then 0.9, so (1, 0, 1) with 0.54 where the nearest has 1.04")
    func rounding() throws {
        let weights = [0.6, 0.6, 0.6]
        // By e · U_jk, U the upper factor of the inverse.
        let upper = upperFactor(inverse(small, 3), 3)
        var (left, plain, steps) = (weights, [Double](), [[Double]]())
        for column in 0..<3 {
            plain.append(left[column].rounded())
            let error = (left[column] - plain[column]) / upper[column * 3 + column]
            for other in column..<3 { left[other] -= error * upper[column * 3 + other] }
            steps.append(Array(left[(column + 1)...]))
        }
        #expect(zip(steps[0], [0.44, 0.68]).allSatisfy { abs($0 - $1) < 1e-12 } && abs(steps[1][0] - 0.9) < 1e-12)
        let system = RowSystem(small, size: 3, places: [0, 1, 2], isFactored: true)
        var values = RowValues()
        values.append((-2...2).map { (Int32($0), Float($0)) })
        values.lists = [0, 0, 0]
        let feedback = try #require(system.feedback())
        let (errors, chosen) = feedback.rounded(weights, values)
        let rounded = chosen.map { Double(values.values[Int($0)]) }
        #expect(rounded == plain && rounded == [1, 0, 1])
        #expect(abs(weights[1] + errors[0] * feedback.feedback[3] - 0.44) < 1e-12)
        #expect(abs(system.error(of: errors) - 0.54) < 1e-12)
        #expect(abs(error([0.4, 0.4, 0.4], small) - 1.04) < 1e-12)
        for q in 0..<8 {
            let change = (0..<3).map { Double(q >> $0 & 1) - 0.6 }
            #expect(error(change, small) > 0.54 - 1e-12)
        }
    }

    /// U with Uᵀ U = A.
    private func upperFactor(_ matrix: [Double], _ count: Int) -> [Double] {
        var factor = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in row..<count {
                let sum = (0..<row).reduce(matrix[row * count + column]) { $0 - factor[$1 * count + row] * factor[$1 * count + column] }
                factor[row * count + column] = column == row ? sum.squareRoot() : sum / factor[row * count + row]
            }
        }
        return factor
    }

    @Test("the C loops are their references, with and without prices", arguments: 0..<12)
    func references(seed: Int) throws {
        let count = [1, 3, 8, 33][seed % 4]
        let matrix = Self.matrix(seed: UInt64(seed), count: count)
        var generator = SeededGenerator(seed: UInt64(100 + seed))
        let targets = (0..<count).map { _ in 2 * generator.uniform() - 1 }
        var values = RowValues()
        values.append([(-2, -0.7), (-1, -0.3), (0, 0), (1, 0.25), (2, 0.8)])
        values.append([(-1, -0.5), (1, 0.5)])
        values.lists = (0..<count).map { _ in generator.uniform() < 0.8 ? 0 : 1 }
        if seed % 2 == 1 {
            values.prices = values.levels.map { 0.05 * Float($0.magnitude) }
            values.others = (0..<count).map { _ in Float(0.1 * generator.uniform()) }
        }
        let system = RowSystem(matrix, size: count, places: (0..<Int32(count)).map { $0 }, isFactored: true)
        let feedback = try #require(system.feedback())
        let (errors, chosen) = feedback.rounded(targets, values)
        var plain: [Int32] = []
        for j in 0..<count {
            let target = (0..<j).reduce(targets[j]) { $0 + errors[$1] * feedback.feedback[j * count + $1] }
            plain.append(best(values, j, target, feedback.curvature[j]))
        }
        #expect(chosen == plain)
        // The best that the weights behind can do is in the feedback: targets of what is left solve its normal equations.
        if count > 1 {
            let tail = Array(1..<count)
            let side = tail.map { -matrix[$0 * count] * errors[0] }
            let moved = gaussianSolution(tail.map { row in tail.map { matrix[row * count + $0] } }, side)
            #expect(abs(-moved[0] - errors[0] * feedback.feedback[count]) < 1e-9)
        }
        var (now, last) = (chosen, cost(values, chosen, targets, matrix))
        for _ in 0..<6 {
            let next = system.descended(targets, now, values, passes: 1)
            #expect(next == descended(values, now, targets, matrix))
            let cost = cost(values, next, targets, matrix)
            #expect(cost <= last + 1e-12)
            (now, last) = (next, cost)
        }
        labels(matrix, count, targets, now)
    }

    private func labels(_ matrix: [Double], _ count: Int, _ targets: [Double], _ chosen: [Int32]) {
        var (scratch, gram, sides) = (
            [Double](repeating: 0, count: 7 * count), [Double](repeating: 0, count: 49), [Double](repeating: 0, count: 7)
        )
        pare_add_labels(matrix, count, chosen, 7, targets, &scratch, &gram, &sides)
        for a in 0..<7 {
            let side = (0..<count).reduce(0.0) { sum, i in
                chosen[i] == Int32(a) ? (0..<count).reduce(sum) { $0 + matrix[i * count + $1] * targets[$1] } : sum
            }
            #expect(abs(sides[a] - side) < 1e-9)
            for b in 0..<7 {
                let value = (0..<count).reduce(0.0) { sum, i in
                    (0..<count).reduce(sum) { $0 + (chosen[i] == Int32(a) && chosen[$1] == Int32(b) ? matrix[i * count + $1] : 0) }
                }
                #expect(abs(gram[a * 7 + b] - value) < 1e-9)
            }
        }
    }

    private func price(_ values: RowValues, _ weight: Int, _ index: Int) -> Double {
        guard !values.prices.isEmpty else { return 0 }
        return Double(values.prices[index]) + (values.values[index] != 0 ? Double(values.others[weight]) : 0)
    }

    private func list(_ values: RowValues, _ weight: Int) -> Range<Int> { values.lists[weight] == 0 ? 0..<5 : 5..<7 }

    private func best(_ values: RowValues, _ weight: Int, _ target: Double, _ curvature: Double) -> Int32 {
        func cost(_ index: Int) -> Double {
            let error = target - Double(values.values[index])
            return 0.5 * curvature * error * error + price(values, weight, index)
        }
        // With prices the loop looks at the nearest four and 0: here that is all that can be least.
        return Int32(list(values, weight).min { cost($0) < cost($1) } ?? 0)
    }

    private func cost(_ values: RowValues, _ chosen: [Int32], _ targets: [Double], _ matrix: [Double]) -> Double {
        let change = zip(chosen, targets).map { Double(values.values[Int($0)]) - $1 }
        return error(change, matrix) + chosen.indices.reduce(0) { $0 + price(values, $1, Int(chosen[$1])) }
    }

    /// One pass, each weight by the cost of the whole.
    private func descended(_ values: RowValues, _ chosen: [Int32], _ targets: [Double], _ matrix: [Double]) -> [Int32] {
        var chosen = chosen
        for weight in chosen.indices {
            let now = cost(values, chosen, targets, matrix)
            var (least, place) = (now, chosen[weight])
            for index in list(values, weight) {
                var tried = chosen
                tried[weight] = Int32(index)
                let cost = cost(values, tried, targets, matrix)
                if cost < least - 1e-10 { (least, place) = (cost, Int32(index)) }
            }
            chosen[weight] = place
        }
        return chosen
    }

    /// Symmetric and positive, of inputs that move together.
    static func matrix(seed: UInt64, count: Int) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        let columns = (0..<2 * count + 2).map { _ in (0..<count).map { _ in generator.uniform() - 0.3 } }
        return (0..<count).flatMap { a in
            (0..<count).map { b in columns.reduce(a == b ? 0.05 : 0) { $0 + $1[a] * $1[b] } }
        }
    }
}
