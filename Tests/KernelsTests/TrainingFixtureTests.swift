import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Every training executor against PyTorch in float64, which `Scripts/make-training-fixtures.py` has run.
@Suite struct TrainingFixtureTests {
    @Test(arguments: trainingFactories) func operatorsAgreeWithPyTorch(factory: TrainingFactory) throws {
        let cases: [OperatorFixture] = try TrainingFixture.read("training-operators")
        for fixture in cases {
            let executor = try factory.make(fixture.network(), fixture.batch)
            executor.withInput { _ = $0.update(fromContentsOf: fixture.input) }
            try executor.forward(seed: TrainingFixture.dropoutSeed)
            let logits = try executor.withLogits { Array($0) }
            executor.withLogitsGradient { _ = $0.update(fromContentsOf: fixture.logitsGradient) }
            try executor.backward()
            #expect(relativeDifference(logits, fixture.logits) <= factory.tolerance, "\(fixture.name): logits")
            #expect(Set(executor.trainedParameters) == Set(fixture.gradients.keys), "\(fixture.name)")
            #expect(Set(executor.statistics) == Set(fixture.statistics.keys), "\(fixture.name)")
            for (name, expected) in fixture.gradients {
                let difference = relativeDifference(Array(executor.gradient(of: name)), expected)
                #expect(difference <= factory.tolerance, "\(fixture.name): gradient of \(name)")
            }
            for (name, expected) in fixture.statistics {
                #expect(relativeDifference(Array(executor.values(of: name)), expected) <= factory.tolerance, "\(fixture.name): \(name)")
            }
        }
    }

    /// Loss and gradients of the first step, then ten steps of SGD with rate 0.01 and momentum 0.9 on one batch.
    @Test(arguments: trainingFactories, ["lenet-300-100", "lenet-5"])
    func bundledNetworksAgreeWithPyTorch(factory: TrainingFactory, name: String) throws {
        let fixture: NetworkFixture = try TrainingFixture.read("training-\(name)")
        let network = try NetworkReader.read(TrainingFixture.root.appendingPathComponent("Models/\(name).onnx").path)
        let executor = try factory.make(network, fixture.labels.count)
        #expect(Set(executor.trainedParameters) == Set(fixture.gradients.keys))
        executor.withInput { _ = $0.update(fromContentsOf: fixture.images) }
        var momenta = executor.trainedParameters.map { [Float](repeating: 0, count: executor.values(of: $0).count) }
        for (step, expected) in fixture.losses.enumerated() {
            let loss = try gradients(executor, fixture.labels)
            #expect(abs(loss - expected) <= Double(factory.tolerance) * max(1, expected), "step \(step)")
            if step == 0 { check(fixture.gradients, factory, executor.gradient) }
            descend(executor, &momenta)
        }
        check(fixture.weights, factory, executor.values)
    }

    /// Runs a step and gives its loss.
    private func gradients(_ executor: any TrainingExecutor, _ labels: [Int32]) throws -> Double {
        try executor.forward()
        var loss = 0.0
        try executor.withLogits { logits in
            executor.withLogitsGradient { gradient in
                loss =
                    labels.withUnsafeBufferPointer {
                        SoftmaxLoss.crossEntropy.evaluate(
                            logits: logits, classes: executor.classCount, labels: $0, gradient: gradient)
                    }.loss
            }
        }
        try executor.backward()
        return loss
    }

    private func descend(_ executor: any TrainingExecutor, _ momenta: inout [[Float]]) {
        for (position, name) in executor.trainedParameters.enumerated() {
            let (values, gradient) = (executor.values(of: name), executor.gradient(of: name))
            for index in values.indices {
                momenta[position][index] = 0.9 * momenta[position][index] + gradient[index]
                values[index] -= 0.01 * momenta[position][index]
            }
        }
    }

    private func check(
        _ expected: [String: NetworkFixture.Summary], _ factory: TrainingFactory,
        _ found: (String) -> UnsafeMutableBufferPointer<Float>
    ) {
        for (name, summary) in expected {
            let values = found(name)
            let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let sum = values.reduce(0) { $0 + Double($1) }
            #expect(abs(norm - summary.norm) <= Double(factory.tolerance) * summary.norm, "norm of \(name)")
            // Each of n terms is off by at most the tolerance of the norm; random signs leave √n of them.
            let spread = Double(values.count).squareRoot() * summary.norm
            #expect(abs(sum - summary.sum) <= Double(factory.tolerance) * spread, "sum of \(name)")
            for (index, value) in zip(summary.indices, summary.values) {
                #expect(abs(values[index] - value) <= factory.tolerance * Float(summary.norm), "\(name)[\(index)]")
            }
        }
    }
}
