import Networks
import OrderedCollections
import Tensors
import Testing

/// Which form labels have of an output, and what is refused.
struct OutputReadingTests {
    /// A network that hands on [N, shape…], and ends in an operation.
    private func network(_ shape: Shape, _ last: Networks.Operation = .identity) -> Network {
        Network(
            name: "net", input: "x", inputShape: shape, output: "y",
            nodes: [Node(name: "last", operation: last, inputs: ["x"], outputs: ["y"])], parameters: [:])
    }

    private func data(_ shape: Shape, targets: ([Int], [Float])? = nil, labels: [Int32] = [], measure: OutputMeasure? = nil) -> Dataset {
        let count = targets?.0[0] ?? max(1, labels.count)
        var data = Dataset(
            name: "data", split: .test,
            inputs: Tensor(shape: Shape([count] + shape.dimensions), floats: Array(repeating: 0, count: count * shape.count)),
            labels: labels, classNames: [])
        data.targets = targets.map { Targets(Tensor(shape: Shape($0.0), floats: $0.1)) }
        data.measure = measure
        return data
    }

    @Test func classesAlongAnAxis() throws {
        let map = try network([3, 2, 2]).reading(of: data([3, 2, 2], targets: ([1, 2, 2], [0, 2, 255, 1])))
        #expect(map?.decision == .classes(axis: 0) && map?.measure == .accuracy && map?.assumed == nil)
        let list = try network([5, 4]).reading(of: data([5, 4], targets: ([2, 5], [0, 1, 2, 3, 0, 0, 0, 0, 1, 2])))
        #expect(list?.decision == .classes(axis: 1))
        // Both axes fit: the Softmax says which, without it the guess is said.
        let square: ([Int], [Float]) = ([1, 4], [0, 1, 2, 3])
        #expect(try network([4, 4], .softmax(axis: 1)).reading(of: data([4, 4], targets: square))?.decision == .classes(axis: 0))
        let guessed = try network([4, 4]).reading(of: data([4, 4], targets: square))
        #expect(guessed?.decision == .classes(axis: 1) && guessed?.assumed?.contains("axis 2") == true)
    }

    @Test func yesAndNo() throws {
        let one = try network([1], .unary(.sigmoid)).reading(of: data([1], labels: [0, 1, 1]))
        #expect(one?.decision == .binary(threshold: 0.5) && one?.assumed == nil)
        let logit = try network([1]).reading(of: data([1], labels: [0, 1, 1]))
        #expect(logit?.decision == .binary(threshold: 0) && logit?.assumed?.contains("logits") == true)
        let several = try network([3], .unary(.sigmoid)).reading(of: data([3], targets: ([2, 3], [0, 1, 1, 0, 0, 0])))
        #expect(several?.decision == .binary(threshold: 0.5) && several?.answerName == "label")
        #expect(try network([1]).reading(of: data([1], labels: [0, 1], measure: .r2))?.decision == .values)
    }

    @Test func values() throws {
        #expect(try network([1]).reading(of: data([1], labels: [3, 70]))?.measure == .r2)
        #expect(try network([1]).reading(of: data([1], targets: ([2], [0.5, -2])))?.decision == .values)
        #expect(try network([2]).reading(of: data([2], targets: ([2, 2], [0.5, 1, 2, 3])))?.decision == .values)
    }

    @Test func classesOfExamplesAreCountedAsBefore() throws {
        #expect(try network([4]).reading(of: data([4], labels: [0, 3])) == nil)
        #expect(try network([4]).reading(of: data([4], labels: [0, 3], measure: .accuracy)) == nil)
        #expect(try network([4]).reading(of: data([4], labels: [0, 3], measure: .classAccuracy))?.decision == .classes(axis: 0))
        #expect(try network([4]).reading(of: data([4], measure: .fidelity))?.measure == .fidelity)
        #expect(try network([4, 4]).reading(of: data([4, 4], labels: [0, 3])) == nil)
    }

    @Test func refusals() throws {
        let fit = #expect(throws: DatasetMismatch.self) {
            try network([3, 2]).reading(of: data([3, 2], targets: ([1, 5], [0, 1, 1, 1, 0])))
        }
        #expect(fit?.message.contains("labels [N×5], but the output of net is [N×3×2]") == true, "\(fit?.message ?? "")")
        for (measure, labels) in [(OutputMeasure.r2, [Int32(0), 3]), (.iou, [])] {
            let error = #expect(throws: DatasetMismatch.self) { try network([4]).reading(of: data([4], labels: labels, measure: measure)) }
            #expect(error?.reason == .measure(measure))
        }
        // R² of what a Softmax reads would be no figure of the file's output.
        #expect(throws: DatasetMismatch.self) {
            try network([2, 2], .softmax(axis: 1)).reading(of: data([2, 2], targets: ([1, 2, 2], [0.5, 0.5, 0.1, 0.9])))
        }
    }
}
