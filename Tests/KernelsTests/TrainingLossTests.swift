import Foundation
import Kernels
import Tensors
import Testing

/// The loss against PyTorch and against central differences.
@Suite struct TrainingLossTests {
    private struct Fixture: Decodable {
        var temperature, studentWeight, distillationWeight, loss, crossEntropy: Double
        var divergence: Double?
        var classes: Int
        var labels: [Int32]
        var logits, gradient: [Float]
        var teachers: [[Float]]
    }

    private func evaluate(
        _ loss: SoftmaxLoss, _ logits: [Float], _ labels: [Int32], _ teachers: [[Float]] = []
    ) -> (value: SoftmaxLoss.Value, gradient: [Float]) {
        var gradient = [Float](repeating: 7, count: logits.count)
        let lent = teachers.map { teacher in
            let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: teacher.count)
            _ = memory.initialize(from: teacher)
            return UnsafeBufferPointer(memory)
        }
        defer { for memory in lent { memory.deallocate() } }
        let value = logits.withUnsafeBufferPointer { logits in
            labels.withUnsafeBufferPointer { labels in
                gradient.withUnsafeMutableBufferPointer {
                    loss.evaluate(logits: logits, classes: logits.count / labels.count, labels: labels, teachers: lent, gradient: $0)
                }
            }
        }
        return (value, gradient)
    }

    @Test func agreesWithPyTorch() throws {
        let fixtures: [Fixture] = try TrainingFixture.read("training-loss")
        for fixture in fixtures {
            let loss = SoftmaxLoss(
                studentWeight: fixture.studentWeight, distillationWeight: fixture.distillationWeight, temperature: fixture.temperature)
            let (value, gradient) = evaluate(loss, fixture.logits, fixture.labels, fixture.teachers)
            #expect(abs(value.loss - fixture.loss) < 1e-9)
            #expect(abs(value.crossEntropy - fixture.crossEntropy) < 1e-9)
            #expect((value.divergence == nil) == (fixture.divergence == nil))
            #expect(abs((value.divergence ?? 0) - (fixture.divergence ?? 0)) < 1e-9)
            #expect(relativeDifference(gradient, fixture.gradient) < 1e-7)
            #expect(value.nanRows == 0)
        }
    }

    /// Steps of 2⁻¹⁰ are exact in float32; the difference is off by h² / 6 times the third derivative, at most 1e-6 here.
    @Test(arguments: 0..<20) func gradientIsTheSlope(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let classes = Int.random(in: 2...6, using: &generator)
        let labels = (0..<3).map { _ in Int32.random(in: 0..<Int32(classes), using: &generator) }
        func rows() -> [Float] { (0..<3 * classes).map { _ in Float((generator.normal() * 64).rounded()) / 32 } }
        var logits = rows()
        let teachers = (0..<Int(seed % 3)).map { _ in rows() }
        let loss = SoftmaxLoss(studentWeight: 0.3, distillationWeight: 0.7, temperature: 1 + generator.uniform() * 4)
        let gradient = evaluate(loss, logits, labels, teachers).gradient
        let step: Float = 0x1p-10
        for index in logits.indices {
            logits[index] += step
            let above = evaluate(loss, logits, labels, teachers).value.loss
            logits[index] -= 2 * step
            let below = evaluate(loss, logits, labels, teachers).value.loss
            logits[index] += step
            #expect(abs((above - below) / Double(2 * step) - Double(gradient[index])) < 1e-6)
        }
    }

    @Test func countsRowsWithoutASoftmax() {
        let rows: [Float] = [1, 2, 3, .nan, 0, 0, .infinity, 0, 0, -.infinity, 0, 0]
        let (value, gradient) = evaluate(.crossEntropy, rows, [2, 0, 0, 1])
        #expect(value.nanRows == 2)
        #expect(value.loss.isNaN && value.crossEntropy.isNaN)
        #expect(value.correct == 3)
        #expect(gradient[..<3].allSatisfy(\.isFinite) && gradient[3..<9].allSatisfy(\.isNaN) && gradient[9...].allSatisfy(\.isFinite))
    }

    /// Logits far apart overflow nothing: CE of the unlikely class is their distance.
    @Test func staysFiniteForLargeLogits() {
        let (value, gradient) = evaluate(.crossEntropy, [5_000, -5_000], [1])
        #expect(value.loss == 10_000)
        #expect(gradient == [1, -1])
    }
}
