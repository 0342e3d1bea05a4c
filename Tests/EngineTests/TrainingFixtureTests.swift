import Compression
import Engine
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Optimizers and schedules against PyTorch: `Scripts/make-optimizer-fixtures.py` made the numbers.
@Suite("Optimizers and schedules as PyTorch has them")
struct TrainingFixtureTests {
    private struct Fixtures: Decodable {
        struct Steps: Decodable {
            var start: [Float]
            var gradients: [[Float]]
            var after: [[Float]]
        }
        var optimizers: [String: Steps]
        var rates: [String: [Double]]
    }

    private func fixtures() throws -> Fixtures {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try JSONDecoder().decode(Fixtures.self, from: Data(contentsOf: tests.appendingPathComponent("Fixtures/optimizers.json")))
    }

    private static let optimizers: [(name: String, optimizer: Optimizer, rate: Double, decay: Double)] = [
        ("sgd", .sgd(momentum: 0.9), 0.1, 0.01), ("nesterov", .sgd(momentum: 0.8, isNesterov: true), 0.1, 0.02),
        ("plain", .sgd(momentum: 0), 0.1, 0), ("adamw", .adamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8), 0.05, 0.1),
    ]

    /// One layer of one output, so that the vector that is stepped is a layer's own.
    private func layer(_ weights: [Float], mask: [UInt8]? = nil) -> TrainedLayer {
        let layer = Layer(
            name: "fc", weight: "fc.weight", bias: nil, shape: [1, weights.count], node: 0, isConvolution: false, isTransposed: false)
        return TrainedLayer(
            layer: layer, weights: Tensor(shape: layer.shape, floats: weights), plan: .unchanged, mask: mask, threshold: 0, deviation: 1,
            options: TrainedOptions())
    }

    private func step(_ layer: TrainedLayer, _ gradient: [Float], _ step: OptimizerStep) {
        var gradient = gradient
        gradient.withUnsafeMutableBufferPointer { buffer in
            layer.receive(buffer)
            for vector in layer.vectors { vector.step(step) }
        }
    }

    @Test("Twenty steps of each optimizer")
    func optimizers() throws {
        let fixtures = try fixtures()
        for (name, optimizer, rate, decay) in Self.optimizers {
            let expected = try #require(fixtures.optimizers[name])
            let layer = layer(expected.start)
            for (index, gradient) in expected.gradients.enumerated() {
                step(layer, gradient, OptimizerStep(optimizer: optimizer, rate: rate, weightDecay: decay, number: index + 1))
                for (value, wanted) in zip(layer.floats.floats, expected.after[index]) {
                    #expect(abs(value - wanted) <= 2e-6 * max(1, abs(wanted)), "\(name), step \(index + 1)")
                }
            }
        }
    }

    @Test("Masked elements keep value and momentum through every optimizer; the others are as without a mask")
    func masked() throws {
        let fixtures = try fixtures()
        let mask: [UInt8] = [1, 0, 1, 1, 0, 1, 0, 1]
        for (name, optimizer, rate, decay) in Self.optimizers {
            let sample = try #require(fixtures.optimizers[name])
            let (masked, free) = (layer(sample.start, mask: mask), layer(sample.start))
            for (index, gradient) in sample.gradients.enumerated() {
                let settings = OptimizerStep(optimizer: optimizer, rate: rate, weightDecay: decay, number: index + 1)
                step(masked, gradient, settings)
                step(free, gradient, settings)
            }
            for index in mask.indices {
                #expect(masked.floats.floats[index] == (mask[index] == 0 ? sample.start[index] : free.floats.floats[index]))
                for moment in masked.shadow.moments where mask[index] == 0 { #expect(moment.floats[index] == 0) }
            }
        }
    }

    @Test("The rate of every batch")
    func rates() throws {
        let fixtures = try fixtures()
        let courses: [(String, LearningRate.Course)] = [
            ("steps", .steps(factor: 0.1, epochs: [2, 4])), ("exponential", .exponential(factor: 0.7)), ("cosine", .cosine(final: 0.1)),
            ("oneCycle", .oneCycle()),
        ]
        for (name, course) in courses {
            let expected = try #require(fixtures.rates[name])
            let rate = LearningRate(rate: 0.2, course: course)
            for (step, wanted) in expected.enumerated() {
                #expect(abs(rate.rate(step: step, stepsPerEpoch: 5, epochs: 6) - wanted) < 1e-9, "\(name), step \(step)")
            }
        }
    }

    @Test("Warm-up rises evenly to the rate, fractions of epochs too")
    func warmUp() {
        let rate = LearningRate(rate: 0.4, course: .constant, warmUp: 1.5)
        let rates = (0..<20).map { rate.rate(step: $0, stepsPerEpoch: 8, epochs: 4) }
        for step in 0..<12 { #expect(abs(rates[step] - 0.4 * Double(step + 1) / 12) < 1e-12) }
        #expect(rates[12...].allSatisfy { $0 == 0.4 })
    }

    @Test("The gradient of distillation from two teachers against finite differences")
    func distillationGradient() {
        var generator = SeededGenerator(seed: 14)
        let (rows, classes) = (3, 4)
        func logits() -> [Float] { (0..<rows * classes).map { _ in Float(2 * generator.normal()) } }
        let (student, first, second): ([Float], [Float], [Float]) = (logits(), logits(), logits())
        let labels: [Int32] = [0, 3, 1]
        let loss = SoftmaxLoss(studentWeight: 0.3, distillationWeight: 0.7, temperature: 4)
        func value(_ logits: [Float], _ gradient: UnsafeMutableBufferPointer<Float>? = nil) -> Double {
            logits.withUnsafeBufferPointer { logits in
                labels.withUnsafeBufferPointer { labels in
                    first.withUnsafeBufferPointer { first in
                        second.withUnsafeBufferPointer { second in
                            loss.evaluate(
                                logits: logits, classes: classes, labels: labels, teachers: [first, second], gradient: gradient
                            ).loss
                        }
                    }
                }
            }
        }
        var gradient = [Float](repeating: 0, count: student.count)
        gradient.withUnsafeMutableBufferPointer { _ = value(student, $0) }
        for index in student.indices {
            var (up, down) = (student, student)
            up[index] += 1 / 256
            down[index] -= 1 / 256
            #expect(abs((value(up) - value(down)) * 128 - Double(gradient[index])) < 1e-4)
        }
    }
}
