import Foundation
import Networks

/// The loss of any output that labels are of the form of: softmax cross-entropy of a class an example or a position, binary cross-entropy of yes or no, the
/// squared error of values; and distillation from teachers of the same output.
///
/// Classes along an axis are so many rows of ``SoftmaxLoss``, positions without a label left out. Yes or no is a softmax of (0, z), z the logit of the
/// probability where a Sigmoid ends the network. Values: w_s · mean (ŷ − y)² + w_d · mean (ŷ − t)², t the mean of the teachers; without teachers w_s is 1.
public struct OutputLoss: Sendable {
    public var softmax: SoftmaxLoss
    /// Nil is a class an example.
    public let reading: OutputReading?
    private let dataset: Dataset
    private let firsts: [Int]
    private let stride: Int
    /// The loss of a guess that knows how often each comes: ln(classes), or the variance of the values.
    public let guess: Double

    /// Nearer to 0 and 1 no probability is taken, for its logit is not finite there.
    private static let edge = 1e-7

    /// - Parameter classes: Logits of a class an example.
    ///
    /// Cost: O(targets).
    public init(_ reading: OutputReading?, of dataset: Dataset, classes: Int) {
        (self.reading, self.dataset, softmax) = (reading, dataset, .crossEntropy)
        (firsts, stride) = reading?.places ?? ([], 1)
        switch reading?.decision {
        case .values: guess = Self.variance(of: dataset, reading?.answers ?? 1)
        case .binary: guess = log(2)
        case .classes, nil: guess = log(Double(max(2, reading?.classes ?? classes)))
        }
    }

    private static func variance(of dataset: Dataset, _ size: Int) -> Double {
        let means = dataset.targetMeans(size)
        var (sum, count) = (0.0, 0)
        for example in 0..<dataset.count {
            for (value, mean) in zip(dataset.known(of: example), means) {
                sum += (Double(value) - mean) * (Double(value) - mean)
                count += 1
            }
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    /// The loss of a batch of outputs [examples, values]; its gradient with respect to them is written to `gradient`.
    ///
    /// NaN where an output is. Cost: O(values · (teachers + 1)) exponentials.
    public func evaluate(
        outputs: UnsafeBufferPointer<Float>, examples: ArraySlice<Int>, teachers: [UnsafeBufferPointer<Float>] = [],
        gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        let size = outputs.count / max(1, examples.count)
        guard let reading else {
            return examples.map { dataset.labels[$0] }.withUnsafeBufferPointer {
                softmax.evaluate(logits: outputs, classes: size, labels: $0, teachers: teachers, gradient: gradient).loss
            }
        }
        let known = examples.flatMap { dataset.known(of: $0) }
        return reading.decision == .values
            ? squared(outputs, known, teachers, gradient) : rows(reading, outputs, size, known, teachers, gradient)
    }

    private func squared(
        _ outputs: UnsafeBufferPointer<Float>, _ known: [Float], _ teachers: [UnsafeBufferPointer<Float>],
        _ gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        let count = Double(outputs.count)
        let (own, other) = teachers.isEmpty ? (1, 0) : (softmax.studentWeight, softmax.distillationWeight)
        var loss = 0.0
        for place in outputs.indices {
            let value = Double(outputs[place])
            let error = value - Double(known[place])
            let taught = teachers.isEmpty ? 0 : value - teachers.reduce(0) { $0 + Double($1[place]) } / Double(teachers.count)
            loss += own * error * error + other * taught * taught
            gradient[place] = Float(2 * (own * error + other * taught) / count)
        }
        return loss / count
    }

    /// Answers as rows of a softmax.
    private func rows(
        _ reading: OutputReading, _ outputs: UnsafeBufferPointer<Float>, _ size: Int, _ known: [Float],
        _ teachers: [UnsafeBufferPointer<Float>], _ gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        let classes = reading.classes
        let answers = known.indices.filter { !Targets.isIgnored(known[$0], classes: classes) && Int(known[$0]) < classes }
        gradient.update(repeating: 0)
        guard !answers.isEmpty else { return 0 }
        let starts = answers.map { $0 / firsts.count * size + firsts[$0 % firsts.count] }
        let logits = gathered(outputs, starts, reading)
        let targets = teachers.map { gathered($0, starts, reading) }
        var slopes = [Float](repeating: 0, count: logits.count)
        let value = answers.map { Int32(known[$0]) }.withUnsafeBufferPointer { labels in
            logits.withUnsafeBufferPointer { logits in
                slopes.withUnsafeMutableBufferPointer { slopes in
                    Self.lending(targets) {
                        softmax.evaluate(logits: logits, classes: classes, labels: labels, teachers: $0, gradient: slopes)
                    }
                }
            }
        }
        for (row, start) in starts.enumerated() {
            guard case .binary(let threshold) = reading.decision else {
                for index in 0..<classes { gradient[start + index * stride] = slopes[row * classes + index] }
                continue
            }
            gradient[start] = slopes[2 * row + 1]
            guard threshold > 0 else { continue }
            let share = min(1 - Self.edge, max(Self.edge, Double(outputs[start])))
            gradient[start] = Float(Double(slopes[2 * row + 1]) / (share * (1 - share)))
        }
        return value.loss
    }

    /// The logits of each answer, one after another; of yes or no 0 and z.
    private func gathered(_ outputs: UnsafeBufferPointer<Float>, _ starts: [Int], _ reading: OutputReading) -> [Float] {
        var logits: [Float] = []
        logits.reserveCapacity(starts.count * reading.classes)
        for start in starts {
            guard case .binary(let threshold) = reading.decision else {
                for index in 0..<reading.classes { logits.append(outputs[start + index * stride]) }
                continue
            }
            let share = min(1 - Self.edge, max(Self.edge, Double(outputs[start])))
            logits += [0, threshold > 0 && !outputs[start].isNaN ? Float(log(share / (1 - share))) : outputs[start]]
        }
        return logits
    }

    private static func lending<Result>(_ arrays: [[Float]], _ body: ([UnsafeBufferPointer<Float>]) -> Result) -> Result {
        func lend(_ index: Int, _ lent: [UnsafeBufferPointer<Float>]) -> Result {
            guard index < arrays.count else { return body(lent) }
            return arrays[index].withUnsafeBufferPointer { lend(index + 1, lent + [$0]) }
        }
        return lend(0, [])
    }

    /// The loss of a batch with the outputs of teachers as arrays.
    public func evaluate(
        outputs: UnsafeBufferPointer<Float>, examples: ArraySlice<Int>, teachers: [[Float]], gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        Self.lending(teachers) { evaluate(outputs: outputs, examples: examples, teachers: $0, gradient: gradient) }
    }
}
