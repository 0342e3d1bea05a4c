import Foundation
import Networks

/// Softmax cross-entropy with labels and, where there are teachers, distillation (Hinton, Vinyals and Dean, 2015).
///
/// loss = w_s · mean CE(labels) + w_d · T² · mean KL(teacher ‖ student), both softened by T in the second term; the means are over the batch.
/// T² keeps the gradient of the second term as large as that of the first whatever T is. Sums are in Double.
public struct SoftmaxLoss: Hashable, Sendable {
    /// w_s.
    public var studentWeight: Double
    /// w_d.
    public var distillationWeight: Double
    /// T.
    public var temperature: Double

    public init(studentWeight: Double = 1, distillationWeight: Double = 0, temperature: Double = 1) {
        self.studentWeight = studentWeight
        self.distillationWeight = distillationWeight
        self.temperature = temperature
    }

    /// Cross-entropy with the labels alone.
    public static let crossEntropy = SoftmaxLoss()

    /// What a batch costs.
    public struct Value: Hashable, Sendable {
        /// The loss that is optimized.
        public var loss: Double
        /// Mean cross-entropy with the labels at T = 1, unweighted.
        public var crossEntropy: Double
        /// Mean KL(teacher ‖ student) at T, without T² and unweighted; nil without teachers.
        public var divergence: Double?
        /// Examples whose largest logit is at the label, the first of equal ones.
        public var correct: Int
        /// Examples without a softmax: a logit is NaN or +∞, or all are −∞. They make `loss` and `crossEntropy` NaN.
        public var nanRows: Int
    }

    /// The loss of a batch of logits [labels.count, classes], row-major; its gradient with respect to them is written to `gradient` where given.
    ///
    /// Each of `teachers` holds the logits of one teacher for the same examples; of several the target is the mean of their softened outputs.
    /// Without teachers the loss is plain cross-entropy with weight 1. Rows without a softmax get a gradient of NaN.
    /// Precondition: labels lie in 0 ..< classes. Cost: O(batch · classes · (teachers + 1)) exponentials.
    public func evaluate(
        logits: UnsafeBufferPointer<Float>, classes: Int, labels: UnsafeBufferPointer<Int32>,
        teachers: [UnsafeBufferPointer<Float>] = [], gradient: UnsafeMutableBufferPointer<Float>? = nil
    ) -> Value {
        let batch = labels.count
        var sums = RowSums()
        for row in 0..<batch {
            let part = row * classes..<(row + 1) * classes
            let target = teachers.isEmpty ? nil : meanTarget(teachers, part)
            let slopes = add(UnsafeBufferPointer(rebasing: logits[part]), Int(labels[row]), target, to: &sums)
            guard let gradient else { continue }
            for (index, slope) in zip(part, slopes) { gradient[index] = Float(slope / Double(batch)) }
        }
        return sums.value(of: batch, self, hasTeachers: !teachers.isEmpty)
    }

    /// The mean of the teachers' outputs at T for one example.
    private func meanTarget(_ teachers: [UnsafeBufferPointer<Float>], _ part: Range<Int>) -> [Double] {
        var mean = [Double](repeating: 0, count: part.count)
        for teacher in teachers {
            let logarithms = Self.logSoftmax(UnsafeBufferPointer(rebasing: teacher[part]), temperature)
            for index in mean.indices { mean[index] += exp(logarithms[index]) / Double(teachers.count) }
        }
        return mean
    }

    /// Adds one example and gives ∂(its loss)/∂logits.
    private func add(_ logits: UnsafeBufferPointer<Float>, _ label: Int, _ target: [Double]?, to sums: inout RowSums) -> [Double] {
        let plain = Self.logSoftmax(logits, 1)
        if plain.contains(where: \.isNaN) { sums.nanRows += 1 }
        if logits.indices.allSatisfy({ $0 < label ? logits[$0] < logits[label] : logits[$0] <= logits[label] }) { sums.correct += 1 }
        sums.crossEntropy -= plain[label]
        let weight = target == nil ? 1 : studentWeight
        var slopes = plain.indices.map { weight * (exp(plain[$0]) - ($0 == label ? 1 : 0)) }
        guard let target else { return slopes }
        let soft = Self.logSoftmax(logits, temperature)
        sums.divergence += Divergence.kullbackLeibler(
            classes: target.count, share: { target[$0] }, logarithm: { log(target[$0]) }, from: { soft[$0] })
        for (index, share) in target.enumerated() {
            slopes[index] += distillationWeight * temperature * (exp(soft[index]) - share)
        }
        return slopes
    }

    /// log softmax(z / T), shifted by the maximum so that nothing overflows.
    private static func logSoftmax(_ logits: UnsafeBufferPointer<Float>, _ temperature: Double) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let scaled = logits.map { (Double($0) - largest) / temperature }
        let total = log(scaled.reduce(0) { $0 + exp($1) })
        return scaled.map { $0 - total }
    }
}

/// Sums over the examples of a batch.
private struct RowSums {
    var crossEntropy = 0.0
    var divergence = 0.0
    var correct = 0
    var nanRows = 0

    func value(of batch: Int, _ loss: SoftmaxLoss, hasTeachers: Bool) -> SoftmaxLoss.Value {
        let (entropy, divergence) = (crossEntropy / Double(batch), divergence / Double(batch))
        let distilled = loss.studentWeight * entropy + loss.distillationWeight * loss.temperature * loss.temperature * divergence
        return SoftmaxLoss.Value(
            loss: hasTeachers ? distilled : entropy, crossEntropy: entropy, divergence: hasTeachers ? divergence : nil, correct: correct,
            nanRows: nanRows)
    }
}
