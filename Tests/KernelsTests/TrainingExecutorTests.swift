import Kernels
import Networks
import Tensors
import Testing

/// What a training executor promises beyond right gradients.
@Suite struct TrainingExecutorTests {
    @Test(arguments: trainingFactories) func dropsWithoutBiasAndByTheSeed(factory: TrainingFactory) throws {
        var builder = NetworkBuilder(input: [20_000], seed: 1)
        let output = builder.add(.dropout(ratio: 0.25), "input")
        let executor = try factory.make(builder.network(output: output), 2)
        executor.withInput { $0.update(repeating: 1) }
        func run(_ seed: UInt64) throws -> [Float] {
            try executor.forward(seed: seed)
            return try executor.withLogits { Array($0) }
        }
        let first = try run(3)
        #expect(Set(first) == [0, 1 / 0.75])
        // 40,000 draws: a standard error of 0.0029 for the mean of 0 and 4/3.
        #expect(abs(first.reduce(0, +) / 40_000 - 1) < 0.0115)
        #expect(try run(4) != first)
        #expect(try run(3) == first)
        #expect(Array(first[..<20_000]) != Array(first[20_000...]))
    }

    @Test(arguments: trainingFactories) func nodesDropDifferentElements(factory: TrainingFactory) throws {
        var builder = NetworkBuilder(input: [1_000], seed: 1)
        let once = builder.add(.dropout(ratio: 0.5), "input")
        let output = builder.add(.dropout(ratio: 0.5), once)
        let executor = try factory.make(builder.network(output: output), 10)
        executor.withInput { $0.update(repeating: 1) }
        try executor.forward(seed: 3)
        let kept = try executor.withLogits { $0.count { $0 == 4 } }
        // A quarter of 10,000 with a standard error of 43.
        #expect((2_330...2_670).contains(kept))
    }

    /// softmax(log softmax(z)) = softmax(z): logits and gradients are those without the last node.
    @Test(arguments: trainingFactories, [Networks.Operation.softmax(axis: 1), .logSoftmax(axis: 1)])
    func aFinalSoftmaxIsLeftOut(factory: TrainingFactory, softmax: Networks.Operation) throws {
        var builder = NetworkBuilder(input: [6], seed: 5)
        let logits = builder.add(.gemm(Gemm(transposeB: true)), "input", builder.parameter([3, 6]), builder.parameter([3], role: .bias))
        let plain = builder.network(output: logits)
        let probabilities = builder.add(softmax, logits)
        let ended = builder.network(output: probabilities)
        #expect(ended.trainingRefusal == nil)
        func run(_ network: Network) throws -> [[Float]] {
            let executor = try factory.make(network, 4)
            executor.withInput { _ = $0.update(fromContentsOf: normals(24, seed: 2)) }
            try executor.forward()
            let found = try executor.withLogits { Array($0) }
            executor.withLogitsGradient { _ = $0.update(fromContentsOf: normals(12, seed: 3)) }
            try executor.backward()
            return [found] + executor.trainedParameters.map { Array(executor.gradient(of: $0)) }
        }
        let (wanted, found) = (try run(plain), try run(ended))
        #expect(found == wanted && wanted.count == 3 && wanted[1].contains { $0 != 0 })
    }

    @Test func aSoftmaxInTheMiddleIsTrained() {
        var builder = NetworkBuilder(input: [6], seed: 5)
        let middle = builder.add(.logSoftmax(axis: 1), "input")
        let output = builder.add(.gemm(Gemm(transposeB: true)), middle, builder.parameter([3, 6]))
        #expect(builder.network(output: output).trainingRefusal == nil)
        let places = builder.add(.extremePlace(ExtremePlace(isMaximum: true, axis: 1, keepsAxis: true, takesLast: false)), output)
        #expect(builder.network(output: places).trainingRefusal != nil)
    }

    @Test func maskInCIsTheMaskInSwift() {
        for (ratio, seed) in [(Float(0), UInt64(1)), (0.1, 2), (0.5, 3), (0.9, 4), (1, 5)] {
            let mask = DropoutMask(seed: seed, node: 7, ratio: ratio)
            let values = normals(1_003, seed: seed)
            var found = [Float](repeating: .nan, count: values.count)
            mask.apply(values, to: &found, count: values.count, first: 11)
            #expect(found == values.indices.map { mask.keeps($0 + 11) ? values[$0] * mask.scale : 0 })
            if ratio == 0 { #expect(found == values) }
            if ratio == 1 { #expect(found.allSatisfy { $0 == 0 }) }
        }
    }

    @Test(arguments: trainingFactories) func weightsWrittenBetweenRunsAreUsed(factory: TrainingFactory) throws {
        let network = lenet(filters: (2, 3), units: 8)
        let other = lenet(seed: 2, filters: (2, 3), units: 8)
        let (changed, fresh) = (try factory.make(network, 2), try factory.make(other, 2))
        let input = normals(2 * 784, seed: 3)
        func run(_ executor: any TrainingExecutor) throws -> [Float] {
            executor.withInput { _ = $0.update(fromContentsOf: input) }
            try executor.forward()
            let logits = try executor.withLogits { Array($0) }
            executor.withLogitsGradient { _ = $0.update(fromContentsOf: logits) }
            try executor.backward()
            return logits + executor.trainedParameters.flatMap { Array(executor.gradient(of: $0)) }
        }
        let before = try run(changed)
        for name in changed.trainedParameters { _ = changed.values(of: name).update(fromContentsOf: fresh.values(of: name)) }
        let after = try run(changed)
        #expect(after != before)
        #expect(try after == run(fresh))
    }

    @Test(arguments: trainingFactories) func aSingleValueHasNoVariance(factory: TrainingFactory) throws {
        var builder = NetworkBuilder(input: [3], seed: 1)
        let parameters = (0..<4).map { builder.parameter([3], role: .normalization, positive: $0 == 3) }
        let output = builder.add(.batchNormalization(epsilon: 1e-5), ["input"] + parameters)
        let network = builder.network(output: output)
        #expect(throws: KernelError.shape(node: "n0", expected: "more than one value a channel", actual: "[1×3]")) {
            _ = try factory.make(network, 1)
        }
        #expect(try factory.make(network, 2).statistics == ["p2", "p3"])
    }

    @Test(arguments: trainingFactories) func unknownOperatorIsNamed(factory: TrainingFactory) throws {
        var builder = NetworkBuilder(input: [4], seed: 1)
        let name = builder.add(.unsupported(UnsupportedOperator(name: "Gelu", reason: "not known")), "input")
        let network = builder.network(output: name)
        #expect(throws: KernelError.unsupported(node: "n0", operation: "Gelu", reason: "not known")) {
            _ = try factory.make(network, 1)
        }
    }
}
