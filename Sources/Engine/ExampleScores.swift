import Foundation

/// What one network said about each example of a split.
package struct ExampleScores {
    package let classCount: Int
    /// [N, classes] by index into the split; of an output without classes only the rows of the examples that are measured, in their order.
    package private(set) var logits: [Float]
    /// Where the row of each example lies; nil where that is its index.
    private let rows: [Int32]?
    /// The class with the largest logit, ties to the lowest index; −1 where a logit is NaN.
    package private(set) var predictions: [Int32]
    /// −ln softmax(label); NaN where a logit is.
    package private(set) var crossEntropies: [Double]
    /// Whether the label is among the five largest logits.
    package private(set) var isInTopFive: [Bool]

    package init(count: Int, classCount: Int) {
        self.classCount = classCount
        rows = nil
        logits = Array(repeating: 0, count: count * classCount)
        predictions = Array(repeating: -1, count: count)
        crossEntropies = Array(repeating: 0, count: count)
        isInTopFive = Array(repeating: false, count: count)
    }

    /// Of an output of `size` values that is no list of classes: its values are kept for the examples of an order, and nothing is counted.
    package init(count: Int, size: Int, order: [Int]) {
        classCount = size
        var rows = [Int32](repeating: 0, count: count)
        for (row, example) in order.enumerated() { rows[example] = Int32(row) }
        self.rows = rows
        logits = Array(repeating: 0, count: order.count * size)
        (predictions, crossEntropies, isInTopFive) = ([], [], [])
    }

    /// Scores of the form of others, with room for the values of one batch at a time: those of a new one take the place of the old.
    ///
    /// - Parameter order: All examples, in batches of `batchSize`.
    package init(like other: ExampleScores, classCount: Int, order: [Int], batchSize: Int) {
        self.classCount = classCount
        var rows = [Int32](repeating: 0, count: (order.max() ?? -1) + 1)
        for (place, example) in order.enumerated() { rows[example] = Int32(place % batchSize) }
        self.rows = rows
        logits = Array(repeating: 0, count: min(batchSize, order.count) * classCount)
        (predictions, crossEntropies, isInTopFive) = (other.predictions, other.crossEntropies, other.isInTopFive)
    }

    /// Scores the first `examples.count` rows of `batch` [batch, classes]; without labels against the answers themselves.
    package mutating func record(_ batch: UnsafeBufferPointer<Float>, of examples: ArraySlice<Int>, labels: [Int32]?) {
        for (row, example) in examples.enumerated() {
            let values = UnsafeBufferPointer(rebasing: batch[row * classCount..<(row + 1) * classCount])
            if let rows, predictions.isEmpty {
                let start = Int(rows[example]) * classCount
                for index in 0..<classCount { logits[start + index] = values[index] }
            } else {
                score(values, example: example, label: labels.map { Int($0[example]) })
            }
        }
    }

    /// The logits of one example.
    package func row(_ example: Int) -> ArraySlice<Float> {
        let row = rows.map { Int($0[example]) } ?? example
        return logits[row * classCount..<(row + 1) * classCount]
    }

    private mutating func score(_ row: UnsafeBufferPointer<Float>, example: Int, label: Int?) {
        let offset = (rows.map { Int($0[example]) } ?? example) * classCount
        var best = 0
        var isNotANumber = false
        for index in 0..<classCount {
            let value = row[index]
            logits[offset + index] = value
            isNotANumber = isNotANumber || value.isNaN
            if value > row[best] { best = index }
        }
        guard !isNotANumber else {
            predictions[example] = -1
            crossEntropies[example] = .nan
            isInTopFive[example] = false
            return
        }
        predictions[example] = Int32(best)
        let label = label ?? best
        crossEntropies[example] = Self.crossEntropy(row, largest: row[best], label: label)
        if classCount > 20 { isInTopFive[example] = Self.rank(of: label, in: row) < 5 }
    }

    private static func crossEntropy(_ row: UnsafeBufferPointer<Float>, largest: Float, label: Int) -> Double {
        guard row.indices.contains(label) else { return .nan }
        var sum = 0.0
        for value in row { sum += exp(Double(value - largest)) }
        return log(sum) - Double(row[label] - largest)
    }

    /// How many classes stand before the label: a larger logit, or an equal one of a lower index.
    private static func rank(of label: Int, in row: UnsafeBufferPointer<Float>) -> Int {
        guard row.indices.contains(label) else { return row.count }
        return row.indices.count { row[$0] > row[label] || (row[$0] == row[label] && $0 < label) }
    }
}
