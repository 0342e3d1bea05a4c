import Compression
import Tensors
import TestSupport
import Testing

/// Least squares of a layer on what is left of its inputs.
@Suite("Weights that are fitted again")
struct ReaderFitTests {
    private struct Sample {
        let inputs: Int
        let outputs: Int
        /// [inputs + outputs, columns].
        let rows: [Float]
        let columns: Int
        let weights: [Float]

        /// Inputs that move together, and outputs that are products with some of them plus noise.
        init(seed: UInt64, inputs: Int, outputs: Int, columns: Int) {
            var generator = SeededGenerator(seed: seed)
            func draw() -> Float { Float.random(in: -1...1, using: &generator) }
            let mix = (0..<inputs * inputs).map { _ in draw() }
            var rows = [Float](repeating: 0, count: (inputs + outputs) * columns)
            let planted = (0..<outputs * inputs).map { _ in draw() }
            for column in 0..<columns {
                let hidden = (0..<inputs).map { _ in draw() }
                let x = (0..<inputs).map { row in 0.5 + zip(hidden, mix[row * inputs..<(row + 1) * inputs]).reduce(0) { $0 + $1.0 * $1.1 } }
                for row in 0..<inputs { rows[row * columns + column] = x[row] }
                for row in 0..<outputs {
                    let y = zip(x, planted[row * inputs..<(row + 1) * inputs]).reduce(Float(0.25)) { $0 + $1.0 * $1.1 }
                    rows[(inputs + row) * columns + column] = y + 0.1 * draw()
                }
            }
            (self.inputs, self.outputs, self.rows, self.columns) = (inputs, outputs, rows, columns)
            weights = planted.map { $0 + 0.3 * draw() }
        }

        var moments: SecondMoments {
            var moments = SecondMoments(inputs: inputs, outputs: outputs)
            var start = 0
            while start < columns { start = moments.add(rows, columns: columns, from: start) }
            return moments
        }

        /// The same by Gaussian elimination on the free unknowns of each row.
        func expected(_ weights: [Float], isCentred: Bool) -> [Double] {
            let count = Double(columns)
            func mean(_ row: Int) -> Double { isCentred ? (0..<columns).reduce(0) { $0 + value(row, $1) } / count : 0 }
            let means = (0..<inputs + outputs).map(mean)
            func product(_ a: Int, _ b: Int) -> Double {
                (0..<columns).reduce(0) { $0 + (value(a, $1) - means[a]) * (value(b, $1) - means[b]) } / count
            }
            let covariance = (0..<inputs).map { a in (0..<inputs).map { product(a, $0) } }
            let ridge = ReaderFit.ridge * (0..<inputs).reduce(0) { $0 + covariance[$1][$1] } / Double(inputs)
            return (0..<outputs).flatMap { row -> [Double] in
                let own = weights[row * inputs..<(row + 1) * inputs].map(Double.init)
                let free = own.indices.filter { own[$0] != 0 }
                let sides = free.map { place in
                    product(inputs + row, place) - (0..<inputs).reduce(0) { $0 + own[$1] * covariance[$1][place] }
                }
                let matrix = free.map { a in free.map { b in covariance[a][b] + (a == b ? ridge : 0) } }
                let change = gaussianSolution(matrix, sides)
                return own.indices.map { place in own[place] + (free.firstIndex(of: place).map { change[$0] } ?? 0) }
            }
        }

        private func value(_ row: Int, _ column: Int) -> Double { Double(rows[row * columns + column]) }
    }

    private func largestDifference(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } }

    @Test("Weights are those of the normal equations, centred or not, for any number of inputs", arguments: [1, 3, 4, 7, 8, 21, 40])
    func normalEquations(inputs: Int) throws {
        let sample = Sample(seed: UInt64(inputs), inputs: inputs, outputs: 5, columns: 700)
        for isCentred in [true, false] {
            let fit = try #require(ReaderFit(sample.moments, weights: sample.weights, isCentred: isCentred))
            #expect(largestDifference(fit.weights, sample.expected(sample.weights, isCentred: isCentred)) < 1e-6)
            #expect(fit.error.after < fit.error.before && (fit.bias != nil) == isCentred)
        }
    }

    @Test("Weights that are 0 stay 0, and the others of their rows are the best without them")
    func masks() throws {
        let sample = Sample(seed: 9, inputs: 24, outputs: 6, columns: 900)
        var generator = SeededGenerator(seed: 4)
        let masked = sample.weights.enumerated().map { place, weight in
            place / 24 != 2 && Double.random(in: 0..<1, using: &generator) < 0.6 ? 0 : weight
        }
        let fit = try #require(ReaderFit(sample.moments, weights: masked, isCentred: true))
        #expect(largestDifference(fit.weights, sample.expected(masked, isCentred: true)) < 1e-6)
        #expect(zip(masked, fit.weights).allSatisfy { ($0 == 0) == ($1 == 0) })
        #expect(fit.error.after < fit.error.before)
    }

    @Test("Where nothing was lost, weights stay; where an input is dead, or all are, too")
    func nothingLost() throws {
        let sample = Sample(seed: 5, inputs: 6, outputs: 3, columns: 400)
        var rows = sample.rows
        for column in 0..<sample.columns {
            rows[2 * sample.columns + column] = 0
            for row in 0..<3 {
                rows[(6 + row) * sample.columns + column] = (0..<6).reduce(Float(row)) {
                    $0 + sample.weights[row * 6 + $1] * rows[$1 * sample.columns + column]
                }
            }
        }
        var moments = SecondMoments(inputs: 6, outputs: 3)
        var start = 0
        while start < sample.columns { start = moments.add(rows, columns: sample.columns, from: start) }
        let fit = try #require(ReaderFit(moments, weights: sample.weights, isCentred: true))
        #expect(largestDifference(fit.weights, sample.weights.map(Double.init)) < 1e-5)
        #expect(largestDifference(try #require(fit.bias), [0, 1, 2]) < 1e-5)
        var dead = SecondMoments(inputs: 6, outputs: 3)
        _ = dead.add([Float](repeating: 0, count: 9 * 8), columns: 8, from: 0)
        #expect(try #require(ReaderFit(dead, weights: sample.weights, isCentred: true)).weights == sample.weights.map(Double.init))
    }

    @Test("Outputs get mean and deviation back, and those that never move keep their weights")
    func matching() {
        let sample = Sample(seed: 6, inputs: 5, outputs: 4, columns: 500)
        var rows = sample.rows
        for column in 0..<sample.columns { rows[8 * sample.columns + column] = 2 }
        var moments = SecondMoments(inputs: 5, outputs: 4)
        var start = 0
        while start < sample.columns { start = moments.add(rows, columns: sample.columns, from: start) }
        var (weights, bias) = (sample.weights.map { Double($0) / 1.2 }, Optional([Double](repeating: 0, count: 4)))
        let before = weights
        moments.match(&weights, bias: &bias)
        func statistics(_ values: [Double]) -> (mean: Double, deviation: Double) {
            let mean = values.reduce(0, +) / Double(values.count)
            return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot())
        }
        for row in 0..<4 {
            let wanted = statistics((0..<500).map { Double(rows[(5 + row) * 500 + $0]) })
            let found = statistics(
                (0..<500).map { column in
                    (0..<5).reduce(bias?[row] ?? 0) { $0 + weights[row * 5 + $1] * Double(rows[$1 * 500 + column]) }
                })
            #expect(abs(wanted.mean - found.mean) < 1e-5)
            if row < 3 { #expect(abs(wanted.deviation - found.deviation) < 1e-5) } else { #expect(weights[15...] == before[15...]) }
        }
    }
}
