import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// The loss of outputs of any form, held against its definition and against finite differences.
struct OutputLossTests {
    static let readings: [OutputReading] = [
        OutputReading(.accuracy, .classes(axis: 0), shape: [3, 2, 2]), OutputReading(.accuracy, .classes(axis: 1), shape: [2, 4]),
        OutputReading(.accuracy, .binary(threshold: 0), shape: [3]), OutputReading(.accuracy, .binary(threshold: 0.5), shape: [2]),
        OutputReading(.r2, .values, shape: [3]),
    ]

    private func dataset(_ reading: OutputReading, _ generator: inout SeededGenerator) -> Dataset {
        let known = (0..<4 * reading.answers).map { _ -> Float in
            if reading.decision == .values { return Float(generator.normal()) }
            let isNone = reading.classes > 2 && generator.uniform() < 0.15
            return isNone ? 255 : Float(generator.next() % UInt64(reading.classes))
        }
        var data = Dataset(
            name: "sample", split: .train, inputs: Tensor(shape: [4, 1], floats: [0, 0, 0, 0]), labels: [], classNames: [])
        data.targets = Targets(Tensor(shape: [4, reading.answers], floats: known))
        return data
    }

    private func outputs(_ reading: OutputReading, _ generator: inout SeededGenerator) -> [Float] {
        (0..<3 * reading.shape.reduce(1, *)).map { _ in
            reading.decision == .binary(threshold: 0.5) ? Float(0.2 + 0.6 * generator.uniform()) : Float(generator.normal())
        }
    }

    private func value(_ loss: OutputLoss, _ outputs: [Float], _ teachers: [[Float]]) -> (Double, [Float]) {
        var gradient = [Float](repeating: 7, count: outputs.count)
        let value = outputs.withUnsafeBufferPointer { outputs in
            gradient.withUnsafeMutableBufferPointer {
                loss.evaluate(outputs: outputs, examples: [3, 0, 2], teachers: teachers, gradient: $0)
            }
        }
        return (value, gradient)
    }

    @Test("The gradient is that of finite differences, with teachers and without", arguments: readings, 0..<6)
    func finiteDifferences(reading: OutputReading, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var loss = OutputLoss(reading, of: dataset(reading, &generator), classes: 0)
        loss.softmax = SoftmaxLoss(studentWeight: 0.4, distillationWeight: 0.6, temperature: 2)
        var values = outputs(reading, &generator)
        let teachers = (0..<Int(seed % 3)).map { _ in outputs(reading, &generator) }
        let gradient = value(loss, values, teachers).1
        let step: Float = 0x1p-9
        for index in values.indices {
            let kept = values[index]
            values[index] = kept + step
            let above = value(loss, values, teachers).0
            values[index] = kept - step
            let below = value(loss, values, teachers).0
            values[index] = kept
            #expect(abs((above - below) / Double(2 * step) - Double(gradient[index])) < 2e-4)
        }
    }

    @Test("Without teachers it is the mean of the field's own losses", arguments: readings)
    func definitions(reading: OutputReading) {
        var generator = SeededGenerator(seed: 5)
        let data = dataset(reading, &generator)
        let values = outputs(reading, &generator)
        let size = reading.shape.reduce(1, *)
        var terms: [Double] = []
        for (row, example) in [3, 0, 2].enumerated() {
            for (answer, label) in data.known(of: example).enumerated() where label != 255 {
                let first = row * size + reading.places.firsts[answer]
                switch reading.decision {
                case .values: terms.append(pow(Double(values[first] - label), 2))
                case .binary(let threshold):
                    let share = threshold > 0 ? Double(values[first]) : 1 / (1 + exp(-Double(values[first])))
                    terms.append(-log(label > 0 ? share : 1 - share))
                case .classes:
                    let logits = (0..<reading.classes).map { Double(values[first + $0 * reading.places.stride]) }
                    terms.append(log(logits.reduce(0) { $0 + exp($1) }) - logits[Int(label)])
                }
            }
        }
        let mean = terms.reduce(0, +) / Double(terms.count)
        #expect(abs(value(OutputLoss(reading, of: data, classes: 0), values, []).0 - mean) < 1e-6)
    }
}
