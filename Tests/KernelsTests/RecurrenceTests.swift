import Formats
import Foundation
import Kernels
import Networks
import Tensors
import Testing

/// Recurrent layers by the fast kernel, by their definition, and beside ONNX Runtime.
@Suite struct RecurrenceTests {
    static let cells: [Recurrence.Cell] = [.lstm, .gru(resetsAfter: false), .gru(resetsAfter: true), .rnn(.tanh), .rnn(.relu)]
    /// Allowed beside ONNX Runtime, as a part of the largest value.
    private static let tolerance: Float = 1e-4

    static func recorded(_ kind: String, _ file: String = "recurrent") throws -> [OperatorCase] {
        try OperatorCase.all(in: TrainingFixture.root.appendingPathComponent("Tests/Fixtures/\(file).safetensors").path)
            .filter { $0.about.kind == kind }
    }

    /// Both executors, on drawn sizes, settings and lengths.
    @Test(arguments: cells.indices) func kernelsFollowTheDefinition(index: Int) throws {
        for seed in UInt64(0)..<24 {
            let drawn = DrawnRecurrence(Self.cells[index], seed: seed)
            let difference = try difference(drawn.network, batch: drawn.batch, seed: seed + 2_000)
            #expect(difference <= kernelTolerance, "seed \(seed): \(drawn.recurrence)")
        }
    }

    /// An example gives the same whatever stands beside it.
    @Test func examplesAreIndependent() throws {
        for cell in Self.cells {
            var builder = NetworkBuilder(input: [7, 5], seed: 9)
            let network = builder.recurrent(Recurrence(cell, direction: .bidirectional, hidden: 11, steps: 7), inputs: 5)
            let input = normals(3 * 35, seed: 4)
            let together = try logits(OneDNNExecutor(network: network, batchSize: 3), input)
            for example in 0..<3 {
                let alone = try logits(OneDNNExecutor(network: network, batchSize: 1), Array(input[example * 35..<(example + 1) * 35]))
                let part = Array(together[example * alone.count..<(example + 1) * alone.count])
                #expect(relativeDifference(part, alone) <= kernelTolerance)
            }
        }
    }

    @Test func notANumberStaysOne() throws {
        for cell in Self.cells {
            var builder = NetworkBuilder(input: [3, 2], seed: 3)
            let network = builder.recurrent(Recurrence(cell, hidden: 4, steps: 3), inputs: 2)
            var input = normals(2 * 6, seed: 5)
            input[1] = .nan
            let made = try logits(OneDNNExecutor(network: network, batchSize: 2), input)
            let (first, second) = (made.prefix(made.count / 2).count { $0.isNaN }, made.suffix(made.count / 2).count { $0.isFinite })
            #expect(first == made.count / 2 && second == made.count / 2)
        }
    }

    /// All results of a node on their own, with states and lengths as constants.
    @Test func layersGiveWhatONNXRuntimeGives() throws {
        let cases = try Self.recorded("layer") + Self.recorded("layer", "recurrent-forms")
        #expect(cases.count >= 64)
        for example in cases {
            let values = Dictionary(uniqueKeysWithValues: example.inputs.map { ($0.name, $0.value) })
            let graph = try NetworkReader.whole(Data(example.model.bytes), file: example.name, values: values, input: "x")
            #expect(graph.refusal == nil, "\(example.name): \(graph.refusal ?? "")")
            guard var network = graph.network, let input = example.inputs.first?.value else { continue }
            for output in example.outputs {
                network.output = output.name
                for executor in try Self.executors(network, batch: input.shape[0]) {
                    let difference = relativeDifference(try logits(executor, input.floats), output.value.floats)
                    #expect(difference <= Self.tolerance, "\(example.name) \(output.name): \(type(of: executor))")
                }
            }
        }
    }

    /// What PyTorch's exporters write, opened as networks, and written again.
    @Test func exportedNetworksGiveWhatONNXRuntimeGives() throws {
        let cases = try Self.recorded("network")
        #expect(cases.count >= 6)
        for example in cases {
            let network = try NetworkReader.read(Data(example.model.bytes), path: "\(example.name).onnx")
            let again = try NetworkReader.read(NetworkWriter.data(of: network), path: "\(example.name).onnx")
            let skeleton = try NetworkWriter.skeleton(of: network, file: example.name)
            let values = network.parameters.values.map(\.values)
            let kept = try NetworkReader.read(skeleton: skeleton, parameters: values, file: example.name).network
            for (place, network) in [network, again, kept].enumerated() {
                #expect(network.refusal == nil, "\(example.name) \(place): \(network.nodes.filter { !$0.isSupported })")
                guard network.refusal == nil, let input = example.inputs.first?.value,
                    let output = example.outputs.first?.value
                else { continue }
                for executor in try Self.executors(network, batch: input.shape[0]) {
                    let difference = relativeDifference(try logits(executor, input.floats), output.floats)
                    #expect(difference <= Self.tolerance, "\(example.name) \(place): \(type(of: executor))")
                }
            }
            for other in [again, kept] {
                #expect(other.nodes == network.nodes)
                #expect(other.parameters.values.map(\.shape) == network.parameters.values.map(\.shape))
            }
        }
    }

    /// Clips, peepholes, joined gates and other functions: written, read again the same, and without a gradient by name.
    @Test func otherFormsAreWritten() throws {
        typealias Function = RecurrentForm.Function
        let forms: [(Recurrence.Cell, RecurrentForm)] = [
            (
                .lstm,
                RecurrentForm(functions: [.sigmoid, .tanh, .tanh].map { Function($0) }, clip: 0.4, joinsForget: true, hasPeepholes: true)
            ),
            (.gru(resetsAfter: true), RecurrentForm(functions: [Function(.hardSigmoid, alpha: 0.3, beta: 0.4), Function(.softsign)])),
            (.rnn(.tanh), RecurrentForm(functions: [Function(.affine, alpha: 0.5, beta: 0.1)])),
            (.rnn(.relu), RecurrentForm(functions: [Function(.relu)], clip: 0.5)),
        ]
        for (cell, form) in forms {
            var recurrence = Recurrence(cell, hidden: 4, steps: 3, hasBias: true, hasFirstHidden: true)
            recurrence.form = form
            var builder = NetworkBuilder(input: [3, 2], seed: 5)
            let network = builder.recurrent(recurrence, inputs: 2)
            let back = try NetworkReader.read(NetworkWriter.data(of: network), path: "form.onnx")
            let found = back.nodes.compactMap { node in if case .recurrence(let found) = node.operation { found } else { nil } }
            #expect(found == [recurrence])
            let input = normals(2 * 6, seed: 6)
            let values = try [network, back].map { try logits(OneDNNExecutor(network: $0, batchSize: 2), input) }
            #expect(values[0] == values[1] && !(values[0].allSatisfy { $0 == 0 }))
            let refusal = back.trainingRefusal.map { "\($0)".replacing("\\'", with: "'") } ?? ""
            #expect(refusal.contains(form.words(cell)), "\(refusal)")
        }
    }

    private static func executors(_ network: Network, batch: Int) throws -> [any NetworkExecutor] {
        [try ReferenceExecutor(network: network, batchSize: batch), try OneDNNExecutor(network: network, batchSize: batch)]
    }
}

extension Network {
    /// The first node that can't be run.
    fileprivate var refusal: Node? { blockingNodes.first }
}

/// A recurrent layer of drawn form behind a product, with all that may belong to it.
struct DrawnRecurrence {
    let recurrence: Recurrence
    let network: Network
    let batch: Int

    init(_ cell: Recurrence.Cell, seed: UInt64, forTraining: Bool = false) {
        var draw = NetworkBuilder(input: [], seed: seed)
        let (steps, inputs, hidden) = (draw.draw(1...6), draw.draw(1...5), draw.draw(1...(forTraining ? 5 : 20)))
        batch = draw.draw(forTraining ? 2...3 : 1...9)
        var recurrence = Recurrence(
            cell, direction: draw.draw(of: Recurrence.Direction.allCases), hidden: hidden, steps: steps,
            result: draw.draw(of: [.sequence, .hidden, .all, cell == .lstm ? .cells : .hidden]), hasBias: draw.toss())
        if draw.toss() { recurrence.lengths = draw.toss() ? [draw.draw(0...steps)] : (0..<batch).map { _ in draw.draw(0...steps) } }
        (recurrence.hasFirstHidden, recurrence.hasFirstCells) = (draw.toss(), cell == .lstm && draw.toss())
        self.recurrence = recurrence
        var builder = NetworkBuilder(input: [steps, inputs], seed: seed + 1_000)
        network = builder.recurrent(recurrence, inputs: inputs)
    }
}

extension NetworkBuilder {
    /// Examples [steps, inputs] through the layer, its results side by side; first states are made of the examples.
    mutating func recurrent(_ recurrence: Recurrence, inputs: Int) -> Network {
        let (hidden, directions) = (recurrence.hidden, recurrence.directions)
        let width = directions * recurrence.gates * hidden
        let times = add(.transpose(permutation: [1, 0, 2]), "input")
        let rows = add(.reshape(dimensions: [-1, inputs], allowZero: false), times)
        var reads = [add(.gemm(Gemm(transposeB: true)), rows, parameter([width, inputs])), parameter([width, hidden])]
        if recurrence.hasBias { reads.append(parameter([directions, 2 * recurrence.gates * hidden], role: .bias)) }
        for isThere in [recurrence.hasFirstHidden, recurrence.hasFirstCells] where isThere {
            let flat = add(.flatten(axis: 1), "input")
            let state = add(.gemm(Gemm()), flat, parameter([recurrence.steps * inputs, directions * hidden]))
            let split = add(.reshape(dimensions: [-1, directions, hidden], allowZero: false), state)
            reads.append(add(.transpose(permutation: [1, 0, 2]), split))
        }
        if recurrence.peepholePlace != nil { reads.append(parameter([directions, 3 * hidden], role: .other)) }
        let made = add(.recurrence(recurrence), reads)
        guard recurrence.result == .all else {
            let output = examplesFirst(made, recurrence.result == .sequence)
            return network(output: output)
        }
        let results: [Recurrence.Result] = [.sequence, .hidden] + (recurrence.hasCells ? [.cells] : [])
        let parts = results.map { examplesFirst(add(.recurrencePart(RecurrencePart($0, steps: recurrence.steps)), made), $0 == .sequence) }
        let output = add(.concatenation(axis: 1), parts)
        return network(output: output)
    }

    private mutating func examplesFirst(_ value: String, _ isSequence: Bool) -> String {
        add(.flatten(axis: 1), add(.transpose(permutation: isSequence ? [2, 0, 1, 3] : [1, 0, 2]), value))
    }
}
