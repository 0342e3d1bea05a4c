import Networks
import Tensors

/// What one network says of one example, held against what is known of it.
package struct FigureScore {
    /// The class of each answer, yes being 1; −1 where a value is NaN. Empty of values.
    package var answers: [Int32] = []
    /// Σ (ŷ − y)², Σ |ŷ − y| and Σ (y − ȳ)² of values; nil where one is not finite.
    package var errors: (squared: Double, absolute: Double, spread: Double)?
}

/// Reads outputs as answers, and targets as what they should be.
package struct FigureScorer {
    package let reading: OutputReading
    private let dataset: Dataset?
    /// ȳ of each value over all examples.
    private let means: [Double]
    private let firsts: [Int]
    private let stride: Int

    /// Cost: O(values of the targets).
    package init(_ reading: OutputReading, _ dataset: Dataset) {
        (self.reading, self.dataset) = (reading, dataset)
        (firsts, stride) = reading.places
        means = reading.decision == .values ? dataset.targetMeans(reading.answers) : []
    }

    /// Of answers alone, without anything known.
    init(_ reading: OutputReading) {
        (self.reading, dataset, means) = (reading, nil, [])
        (firsts, stride) = reading.places
    }

    /// What is known of one example: a number an answer or value. Cost: O(answers).
    package func known(_ example: Int) -> [Float] { dataset?.known(of: example) ?? [] }

    /// Cost: O(values).
    package func score(_ row: ArraySlice<Float>, known: [Float]) -> FigureScore {
        switch reading.decision {
        case .classes: FigureScore(answers: classes(row))
        case .binary(let threshold): FigureScore(answers: row.map { $0.isNaN ? -1 : $0 > threshold ? 1 : 0 })
        case .values: FigureScore(errors: errors(row, known))
        }
    }

    /// The class with the largest value at each position, ties to the lowest index.
    private func classes(_ row: ArraySlice<Float>) -> [Int32] {
        row.withUnsafeBufferPointer { values in
            firsts.map { first in
                var (best, isNumber) = (0, true)
                for index in 0..<reading.classes {
                    let value = values[first + index * stride]
                    isNumber = isNumber && !value.isNaN
                    if value > values[first + best * stride] { best = index }
                }
                return isNumber ? Int32(best) : -1
            }
        }
    }

    private func errors(_ row: ArraySlice<Float>, _ known: [Float]) -> (Double, Double, Double)? {
        guard row.count == known.count, row.allSatisfy(\.isFinite) else { return nil }
        var (squared, absolute, spread) = (0.0, 0.0, 0.0)
        for (place, pair) in zip(row, known).enumerated() {
            let (error, distance) = (Double(pair.0) - Double(pair.1), Double(pair.1) - means[place])
            squared += error * error
            absolute += abs(error)
            spread += distance * distance
        }
        return (squared, absolute, spread)
    }
}
